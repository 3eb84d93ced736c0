"""What a step asks for, in words beside it: critical, optional, the input and its limits, who signs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement

import markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from tracker.sop.markdown import StepsExtension
from tracker.sop.model import Step

_BLOCKS = {"p", "ol", "ul", "dl", "div", "details", "blockquote", "pre", "table", "section", "figure", "hr"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_INPUTS = {
    "number": "Number",
    "text": "Text",
    "choice": "Choose",
    "photo": "Photo",
    "file": "File",
    "scan": "Scan",
    "signature": "Signature",
    "date": "Date",
}


class BadgesExtension(Extension):
    """Writes the badges of the steps that `steps` has found on the page."""

    def __init__(self, steps: StepsExtension) -> None:
        super().__init__()
        self.steps = steps

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802
        # After the steps are collected (priority 1), so that a checklist gets them without badges.
        md.treeprocessors.register(_Badges(md, self.steps), "holdfast-badges", 0.5)


class _Badges(Treeprocessor):
    def __init__(self, md: markdown.Markdown, steps: StepsExtension) -> None:
        super().__init__(md)
        self.steps = steps

    def run(self, root: Element) -> None:
        wanted = {step.key: found for step in self.steps.steps if (found := list(badges(step)))}
        if not wanted:
            return
        for parent in list(root.iter()):
            for place, element in reversed(list(enumerate(parent))):
                if "step" in (element.get("class") or "").split() and element.get("id") in wanted:
                    _insert(parent, place, element, _row(wanted[element.get("id") or ""]))


def _insert(parent: Element, place: int, element: Element, row: Element) -> None:
    """Put `row` after the step's own words: a heading, a first paragraph, or the text of a tight item."""
    if element.tag in _HEADINGS:
        parent.insert(place + 1, row)
        return
    at = next((i for i, child in enumerate(element) if child.tag in _BLOCKS), len(element))
    if at < len(element) and element[at].tag == "p" and not (element.text or "").strip():
        at += 1
    element.insert(at, row)


def _row(found: list[tuple[str, str]]) -> Element:
    row = Element("p", {"class": "hf-badges"})
    for kind, words in found:
        badge = SubElement(row, "span", {"class": f"hf-badge hf-badge--{kind}"})
        badge.text, badge.tail = words, " "
    return row


def badges(step: Step) -> Iterator[tuple[str, str]]:
    """(kind, words) for everything that the step asks beyond a tick."""
    given = step.attributes
    if given.get("critical"):
        yield "critical", "Critical"
    if given.get("optional"):
        yield "optional", "Optional"
    if given.get("when"):
        yield "when", f"Only if {given['when']}"
    if given.get("input") in _INPUTS:
        yield given["input"], " ".join(filter(None, [_INPUTS[given["input"]], limits(given)]))
    if given.get("verify"):
        yield (
            "verify",
            f"A second person signs ({given['role']})" if given.get("role") else "A second person signs",
        )
    elif given.get("role"):
        yield "role", f"By {given['role']}"
    if given.get("takes"):
        yield "takes", duration(given["takes"])


def limits(given: Mapping[str, Any]) -> str:
    """`20 – 30 000 g`, `at most 5 °C`, `yes / no`, or ""."""
    if given.get("options"):
        return " / ".join(given["options"])
    low, high, unit = given.get("min"), given.get("max"), given.get("unit", "")
    if low is not None and high is not None:
        span = f"{number(low)} – {number(high)}"
    elif low is not None:
        span = f"at least {number(low)}"
    elif high is not None:
        span = f"at most {number(high)}"
    else:
        return f"in {unit}" if unit else ""
    return f"{span} {unit}".strip()


def number(value: float) -> str:
    """`30000.0` as `30 000`, with a narrow space that does not break."""
    return f"{value:,.10g}".replace(",", "\u202f")


def duration(seconds: int) -> str:
    """`20 s`, `6 min`, `1 h 30 min`, `2 days`: rounded to what a person plans with."""
    if seconds < 60:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    if minutes >= 2880:
        return f"{round(minutes / 1440)} days"
    return " ".join(filter(None, [f"{hours} h" if hours else "", f"{rest} min" if rest else ""]))
