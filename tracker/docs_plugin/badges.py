"""What a step asks for, in words beside it on its page."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

import markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from tracker.sop.badges import N_, Say, badges, english
from tracker.sop.markdown import StepsExtension

_BLOCKS = {"p", "ol", "ul", "dl", "div", "details", "blockquote", "pre", "table", "section", "figure", "hr"}
_TITLES = {"h1", "h2", "h3", "h4", "h5", "h6", "p"}


class BadgesExtension(Extension):
    """Writes the badges of the steps that `steps` has found on the page."""

    def __init__(self, steps: StepsExtension, say: Say = english) -> None:
        super().__init__()
        self.steps, self.say = steps, say

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802
        # After the steps are collected (priority 1), so that a checklist gets them without badges.
        md.treeprocessors.register(_Badges(md, self.steps, self.say), "holdfast-badges", 0.5)


class _Badges(Treeprocessor):
    def __init__(self, md: markdown.Markdown, steps: StepsExtension, say: Say) -> None:
        super().__init__(md)
        self.steps, self.say = steps, say

    def run(self, root: Element) -> None:
        for title in root.iterfind(".//*[@class='admonition recovery']/p[@class='admonition-title']"):
            SubElement(title, "span", {"class": "hf-hint"}).text = self.say(N_(" – if this step fails"))
        steps = self.steps.steps
        titles = {step.key: step.text for step in steps}
        wanted = {step.key: row for step in steps if (row := list(badges(step.attributes, titles, self.say)))}
        if not wanted:
            return
        for parent in list(root.iter()):
            for place, element in reversed(list(enumerate(parent))):
                if "step" in (element.get("class") or "").split() and element.get("id") in wanted:
                    _insert(parent, place, element, _row(wanted[element.get("id") or ""]))


def _insert(parent: Element, place: int, element: Element, row: Element) -> None:
    """Put `row` after the step's own words: a title, a paragraph, a cell, the text of an item."""
    if element.tag in _TITLES:
        parent.insert(place + 1, row)
        return
    if element.tag == "tr":
        cell = next((cell for cell in element if any(map(str.isalpha, "".join(cell.itertext())))), element[0])
        cell.append(row)
        return
    at = next((i for i, child in enumerate(element) if child.tag in _BLOCKS), len(element))
    if at < len(element) and element[at].tag == "p" and not (element.text or "").strip():
        at += 1
    element.insert(at, row)


def _row(badges_of_step: list[tuple[str, str]]) -> Element:
    row = Element("p", {"class": "hf-badges"})
    for kind, words in badges_of_step:
        badge = SubElement(row, "span", {"class": f"hf-badge hf-badge--{kind}"})
        badge.text, badge.tail = words, " "
    return row
