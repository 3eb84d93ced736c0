"""What a step says, taken out of the finished tree of its page."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as etree  # noqa: N813

from tracker.sop import tables
from tracker.sop.blocks import TITLE


def content(element: etree.Element, places: Mapping[etree.Element, etree.Element]) -> etree.Element:
    """What a step says: an item, a row of a table, or a title with what follows it."""
    if element.tag == "li":
        return copy.deepcopy(element)
    if element.tag == "tr":
        return _row(element, places[places[element]])
    parent = places[element]
    if parent.tag == "summary":
        return _section(element, list(places[parent])[1:])
    siblings = list(parent)
    return _section(element, siblings[siblings.index(element) + 1 :])


def _section(heading: etree.Element, after: Sequence[etree.Element]) -> etree.Element:
    """A step that is a title, with what comes `after` it up to the next title of its level or above."""
    content = etree.Element("div")
    title = copy.deepcopy(heading)
    title.tag, title.attrib, title.tail = "p", {"class": "step-heading"}, None
    for link in [child for child in title if "headerlink" in (child.get("class") or "")]:
        title.remove(link)
    content.append(title)
    for element in after:
        if _ends(element, heading):
            break
        content.append(copy.deepcopy(element))
    return content


def _ends(element: etree.Element, heading: etree.Element) -> bool:
    """Whether the section under a heading ends at an element: a title that is its equal, or another step."""
    opened = element.find("summary") if element.tag == "details" else None
    titles = [element] if opened is None else list(opened)
    return any(_is_title(title) and (_rank(title) <= _rank(heading) or _is_step(title)) for title in titles)


def _rank(element: etree.Element) -> int:
    """The level of a heading; that of a paragraph that is a step is below all of them."""
    return int(element.tag[1]) if re.fullmatch("h[1-6]", element.tag) else TITLE


def _is_title(element: etree.Element) -> bool:
    return (element.tag == "p" and _is_step(element)) or re.fullmatch("h[1-6]", element.tag) is not None


def _is_step(element: etree.Element) -> bool:
    return "step" in (element.get("class") or "").split()


def _row(row: etree.Element, table: etree.Element) -> etree.Element:
    """A step that is a row: its first cell with words, and below it the other cells under their titles."""
    content = etree.Element("div")
    titles = table.findall("thead/tr/th")
    for n, cell in enumerate(row):
        shown = copy.deepcopy(cell)
        shown.tag, shown.attrib, shown.tail = "p", {}, None
        shown.text = tables.boxless(shown.text or "")
        text = "".join(shown.itertext()).strip()
        if not (text or shown.find("img") is not None) or (
            not len(content) and not re.search(r"[^\W\d_]", text)
        ):
            continue
        title = "".join(titles[n].itertext()).strip() if n < len(titles) else ""
        if len(content) and title:
            shown.text = f"{title}: {shown.text}"
        content.append(shown)
    return content


def unbox(item: etree.Element) -> None:
    """Remove a task's box from the copy of its item: a checklist has its own way to tick."""
    for holder in [item, *item[:1]]:
        if len(holder) and holder[0].get("class") == "task-list-control":
            holder.text = (holder[0].tail or "").lstrip()
            del holder[0]


def take_apart(element: etree.Element, recovery: etree.Element) -> None:
    """Remove nested steps; move recovery blocks to `recovery`; drop lists that are left empty."""
    for child in list(element):
        classes = (child.get("class") or "").split()
        if (child.tag == "li" and "step" in classes) or (
            child.tag == "table" and any(_is_step(row) for row in child.iter("tr"))
        ):
            element.remove(child)
        elif child.tag in ("div", "details") and "recovery" in classes:
            element.remove(child)
            recovery.append(child)
        else:
            listed = child.tag in ("ol", "ul") and len(child)
            take_apart(child, recovery)
            if listed and not len(child):
                element.remove(child)
