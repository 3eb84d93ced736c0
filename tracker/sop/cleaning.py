"""What of a document reaches a browser: an allow list of elements, attributes, classes and addresses.

The same rule holds on the site and in the tracker, for what authors write in HTML or attribute lists and
for what the Markdown extensions make. It leaves nothing that a script of the page could take for its own:
no `data-` or `hx-` attribute, no name, no class with behaviour, no id that the page could have. Cleaning
what is clean changes nothing, so what an older version has stored is simply cleaned again when it is shown.
"""

from __future__ import annotations

import re
from functools import lru_cache
from posixpath import splitext
from urllib.parse import urlsplit

import nh3
from pygments.token import STANDARD_TYPES  # type: ignore[import-untyped]

from tracker.sop.attributes import FLAGS

PREFIX = "sop:"
"""What every id of a document begins with. No other id of a page has a colon there."""

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif")

_TAGS = """
    a abbr article aside b bdi bdo blockquote br caption center cite code col colgroup dd del details
    dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd label li mark ol p pre q
    rp rt ruby s samp section small span strike strong sub summary sup table tbody td tfoot th thead
    time tr tt u ul var wbr
"""
_ATTRIBUTES = {
    "*": {"id", "class", "title", "lang", "dir", "align"},
    "a": {"href", "hreflang"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"datetime"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "input": {"type", "checked", "disabled"},
    "ins": {"datetime"},
    "li": {"value", "data-number"},
    "ol": {"start", "reversed"},
    "p": {"data-number"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "tr": {"data-number"},
    **{f"h{level}": {"data-number"} for level in range(1, 7)},
}
_LOOKS = """
    step step-heading task-list task-list-item task-list-control task-list-indicator footnote
    footnote-ref footnote-backref headerlink hf-badges hf-badge hf-hint highlight admonition
    admonition-title recovery inline end note abstract summary tldr info todo tip hint important success
    check done question help faq warning caution attention failure fail missing danger error bug example
    quote cite
"""
_CLASSES = {*FLAGS, *_LOOKS.split(), *filter(None, STANDARD_TYPES.values())}
"""Classes that only look like something, those for the colours of code among them. No script asks for one."""

_MORE_CLASSES = re.compile(r"language-[\w#.+-]{1,40}|hf-badge--[a-z-]{1,20}|own-[\w-]{1,60}")
_NUMBER = re.compile(r"\w{1,9}(\.\w{1,9}){0,40}")
_PAGES = ("", ".md", ".markdown", ".html")
_SPACES = re.compile(r"[\0-\x20\\]")


def anchor(name: str) -> str:
    """The id in a page of what a document calls `name`: a step's key, a heading, a footnote.

    >>> anchor("weigh"), anchor(anchor("weigh"))
    ('sop:weigh', 'sop:weigh')
    """
    return name if name.startswith(PREFIX) else PREFIX + name


def _classes(value: str) -> str | None:
    classes = [name for name in value.split() if name in _CLASSES or _MORE_CLASSES.fullmatch(name)]
    return " ".join(classes) or None


def _href(value: str) -> str:
    """A place within a document is found under its id, also from another document."""
    path, _, fragment = value.partition("#")
    if not fragment or _SPACES.search(path) or fragment.startswith(":~:"):
        return value
    parts = urlsplit(path)
    ours = not parts.scheme and not parts.netloc and (path[:1] != "/" or path.startswith("/docs/"))
    return f"{path}#{anchor(fragment)}" if ours and splitext(parts.path)[1].lower() in _PAGES else value


def _src(value: str) -> str | None:
    """A picture lies beside the documents. Any other address would make each reader's browser ask for it."""
    parts = urlsplit(value)
    ours = not parts.scheme and not parts.netloc and not parts.query and "\\" not in value
    ours = ours and (value[:1] != "/" or value.startswith(("/docs/", "/media/")))
    return value if ours and splitext(parts.path)[1].lower() in PICTURES else None


@lru_cache(maxsize=4096)
def _attribute(tag: str, name: str, value: str) -> str | None:
    """The value that an attribute of the list may keep; None where it may not stay."""
    if name == "class":
        return _classes(value)
    if name == "id":
        return anchor(value) if value.strip() else None
    try:
        if name == "href":
            return _href(value)
        if name == "src":
            return _src(value)
    except ValueError:  # no address at all
        return None
    if name == "data-number":
        return value if _NUMBER.fullmatch(value) else None
    return value


_CLEANER = nh3.Cleaner(
    tags=set(_TAGS.split()),
    attributes=_ATTRIBUTES,
    attribute_filter=_attribute,
    generic_attribute_prefixes=set(),
    set_tag_attribute_values={"input": {"disabled": "", "type": "checkbox"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener noreferrer",
)


def sanitise(html: str) -> str:
    """The `html` of a document; nothing in it acts or can be taken for a part of the page around it."""
    return _CLEANER.clean(html)


_LONGEST_KEPT = 4_000  # characters: most steps are shorter
_kept = lru_cache(maxsize=4096)(sanitise)


def sanitised(html: str) -> str:
    """The same as `sanitise`, remembered, for what is shown again and again."""
    return _kept(html) if len(html) <= _LONGEST_KEPT else sanitise(html)
