"""Each payload alone, wherever a document has text: what is left of it can't act."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from tests.attacks.corpus import EVERY
from tracker.sop.cleaning import sanitise
from tracker.sop.model import Document
from tracker.sop.parse import read

PLACES = {
    "in a step": "1. Do {payload} now\n2. Then go on {{#after}}\n",
    "after a step": "1. Do this\n\n    {payload}\n\n2. Then go on {{#after}}\n",
    "alone": "{payload}\n\n1. Do this\n2. Then go on {{#after}}\n",
    "in a recovery": '1. Do this\n\n    !!! recovery "No {payload}"\n        Do {payload}\n\n'
    "2. Then go on {{#after}}\n",
    "in a heading": "## A {payload}\n\n1. Do this\n2. Then go on {{#after}}\n",
    "in a table": "1. Do this\n\n    | A | B |\n    | - | - |\n    | {payload} | x |\n\n"
    "2. Then go on {{#after}}\n",
    "as a name": "```{payload}\nx\n```\n\n!!! {payload}\n    x\n\n1. Do this\n2. Then go on {{#after}}\n",
    "in an address": "[x]({payload}) ![{payload}]({payload} '{payload}')\n\n1. Do this\n"
    "2. Then go on {{#after}}\n",
    "in a note": "1. Do HTML[^1]\n2. Then go on {{#after}}\n\n[^1]: A {payload}\n\n*[HTML]: {payload}\n",
    "in attributes": "1. Do this {{#key .critical input=text unit=\"{payload}\" pattern='{payload}'}}\n"
    "2. Then go on {{#after}}\n",
}
ATTRIBUTES = re.compile(
    "id|class|title|lang|dir|align|href|hreflang|rel|span|datetime|open|alt|height|src|width|type|checked|disabled|"
    "value|data-number|start|reversed|colspan|rowspan|scope"
)
LOOKS = re.compile(r"hf-badge(--[a-z-]+)?|hf-badges|hf-hint")
TAKEN = re.compile(
    r"md-|hf-|mermaid|annotate|glightbox|modal|show|position|fixed|btn|stretched|htmx|tabbed|arith|offcanvas"
)


class _Reader(HTMLParser):
    """What is wrong with the elements of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("input", "label") and given.get("type", "checkbox") == "checkbox":
            given.pop("name", None) and self.wrong.append("name")
        elif re.fullmatch(
            "script|style|link|meta|base|i?frame|frameset|object|embed|form|input|button|select|textarea|svg|math|"
            "template|noscript|title|body|head|html|dialog|slot|portal|video|audio|source|area|map|nav|main|header|hx.*",
            tag,
        ):
            self.wrong.append(tag)
        for name, value in given.items():
            self._attribute(tag, name, value)

    def _attribute(self, tag: str, name: str, value: str) -> None:
        bad = not ATTRIBUTES.fullmatch(name)
        if name == "id":
            bad = not value.startswith("sop:")
        elif name == "href":
            address = re.sub(r"^[\0-\x20]+|[\t\n\r]", "", value).lower()  # as a browser reads it
            bad = re.match(r"[a-z][a-z0-9+.-]*:", address) is not None
            bad = bad and not address.startswith(("http:", "https:", "mailto:", "tel:"))
        elif name == "src":
            bad = value.startswith("//") or not re.fullmatch(
                r"(?:(?!:|\\).)+\.(png|jpe?g|gif|webp|svg|avif)", value
            )
        elif name == "class":
            bad = any(TAKEN.match(part) and not LOOKS.fullmatch(part) for part in value.split())
        if bad:
            self.wrong.append(f"{tag} {name}={value}")


def parts(html: str) -> list[list[str]]:
    """The tags and texts of a piece of HTML, whatever the order of their attributes."""
    return [sorted(part.split()) for part in re.split("[<>]", html)]


def wrong(document: Document) -> list[str]:
    reader = _Reader()
    for html in (document.html, *(part for step in document.steps for part in (step.html, step.recovery))):
        assert parts(sanitise(html)) == parts(html), "cleaning twice is cleaning once"
        reader.feed(html)
    reader.close()
    return reader.wrong


def test_there_are_enough_of_them() -> None:
    assert len(set(EVERY)) >= 500


@pytest.mark.filterwarnings("ignore:Possible nested set:FutureWarning")  # in a pattern of an author
@pytest.mark.parametrize("place", PLACES)
def test_nothing_of_a_payload_acts(place: str) -> None:
    found = {}
    for payload in EVERY:
        document = read(PLACES[place].format(payload=payload), "area/attack.md")
        if left := wrong(document):
            found[payload] = left
        assert "after" in [step.key for step in document.steps], f"it swallows the steps after it: {payload}"
    assert found == {}
