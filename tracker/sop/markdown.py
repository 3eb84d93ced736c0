"""The one Markdown extension: site, checklist, linter and importer all see a document through it."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from typing import Any
from xml.etree import ElementTree as etree  # noqa: N813

import markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.extensions.abbr import AbbrTreeprocessor
from markdown.inlinepatterns import HTML_RE, HtmlInlineProcessor, InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from tracker.sop import attributes, outline, rewrite, step_html
from tracker.sop.blocks import Block
from tracker.sop.html import SWALLOWS, code, contain
from tracker.sop.model import Meta, Step
from tracker.sop.numbering import numbers
from tracker.sop.outline import Keys
from tracker.sop.text import heading_id

EXTENSIONS: list[str] = [
    "tables",
    "attr_list",
    "footnotes",
    "abbr",
    "toc",
    "pymdownx.highlight",
]
EXTENSION_CONFIGS: dict[str, dict[str, Any]] = {
    "tables": {"use_align_attribute": True},  # no inline style: the content security policy refuses it
    "toc": {"permalink": True, "slugify": heading_id},
    "pymdownx.highlight": {"anchor_linenums": False, "guess_lang": False},
}
_OWN = ("olist", "ulist", "indent", "quote", "hashheader", "setextheader")
_MARK_OF = {
    "escape": "\\",
    "footnote": "[^",
    "reference": "[",
    "link": "[",
    "image_link": "![",
    "image_reference": "![",
    "short_reference": "[",
    "short_image_ref": "![",
    "autolink": "<",
    "automail": "<",
    "linebreak": "  \n",
    "html": "<",
    "entity": "&",
}
"""What must stand in a text for an inline pattern to find anything."""

_BLANK = r"(_{4,}|(?<![\w_])_{2,3}(?=[/:.,–-]_{2,3}))"
_MARK = "\ue0f1"  # no author can write it: see `rewrite.clean`


class StepsExtension(Extension):
    """Finds the steps of a page and anchors each by its key.

    `meta` is the front matter, where it is known; `keys`, if given, are the published keys in the order of
    the steps, or say what they are for the steps as read. Set both before a conversion; after it `steps`
    holds the steps that the page shows. `alone` says that there are no extensions but these and EXTENSIONS.
    """

    def __init__(
        self, meta: Meta | None = None, keys: Keys = None, first_line: int = 1, *, alone: bool = False
    ) -> None:
        super().__init__()
        self.alone = alone
        self.meta = meta
        self.keys = keys
        self.first_line = first_line
        self.steps: tuple[Step, ...] = ()
        self.numbers: dict[str, str] = {}
        self.faults: list[tuple[int, str, str, str]] = []
        self.nodes: list[Block] = []
        self.blocks: list[Block] = []

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802
        md.registerExtension(self)
        for name in _OWN:
            if name in md.parser.blockprocessors:
                md.parser.blockprocessors.deregister(name)
        if "html_block" in md.preprocessors:  # its blocks are found with the others, and end where they must
            md.preprocessors.deregister("html_block")
        md.preprocessors.register(_Scan(md, self), "holdfast-scan", 28)
        md.parser.blockprocessors.register(_Structure(md.parser, self), "holdfast-structure", 200)
        md.inlinePatterns.register(_Tag(HTML_RE, md), "html", 90)
        md.inlinePatterns.register(_Blank(_BLANK, md), "holdfast-blank", 65)  # before emphasis
        md.treeprocessors.register(_PlainText(md, self.alone), "holdfast-plain", 25)
        md.treeprocessors.register(_Collect(md, self), "holdfast-collect", 1)

    def reset(self) -> None:
        self.steps, self.faults, self.nodes, self.blocks = (), [], [], []


class _Scan(Preprocessor):
    """Reads the whole page, decides on the steps, and writes the page out again with marks."""

    def __init__(self, md: markdown.Markdown, extension: StepsExtension) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, source: list[str]) -> list[str]:
        own = self.extension
        meta = own.meta or Meta()
        own.blocks, own.steps, own.faults = outline.of(
            "\n".join(source), own.first_line, meta.steps, own.keys
        )
        own.numbers = numbers(own.steps)
        own.nodes = []
        return rewrite.write(own.blocks, own.nodes).split("\n")


class _Structure(BlockProcessor):
    """Builds the elements between a pair of marks."""

    def __init__(self, parser: Any, extension: StepsExtension) -> None:
        super().__init__(parser)
        self.extension = extension

    def test(self, parent: etree.Element, block: str) -> bool:
        return block.startswith((rewrite.OPEN, rewrite.CLOSE))

    def run(self, parent: etree.Element, blocks: list[str]) -> bool | None:
        mark = blocks.pop(0).strip()
        if mark.startswith(rewrite.CLOSE):
            return None
        closing = rewrite.CLOSE + mark[1:]
        end = blocks.index(closing) if closing in blocks else len(blocks)
        inner = blocks[:end]
        del blocks[: end + 1]
        node = self.extension.nodes[int(mark[1:-1])]
        self._build(parent, node, inner)
        return None

    def _build(self, parent: etree.Element, node: Block, inner: list[str]) -> None:
        if node.kind == "table":
            self._table(parent, node, inner)
            return
        element = _element(parent, node, self.parser.md)
        if node.step is not None:
            self._anchor(element, node.step)
        if node.kind == "heading" or (node.kind == "paragraph" and node.step is not None):
            element.text = "\n".join(inner)
            return
        if node.kind == "list" or node.kind not in ("html", "fence", "paragraph"):
            self.parser.parseBlocks(element, inner)
        if node.kind == "list" and not node.loose:
            for item in element:
                _tighten(item)
        if node.kind == "list":
            for item, block in zip(element, node.children, strict=False):
                if block.checkbox is not None:
                    _checkbox(item, block.checkbox)

    def _anchor(self, element: etree.Element, number: int) -> None:
        step = self.extension.steps[number]
        element.set("id", step.key)
        element.set(_MARK, str(number))
        element.set("data-number", self.extension.numbers[step.key])
        _classes(element, *_step_classes(step))

    def _table(self, parent: etree.Element, node: Block, inner: list[str]) -> None:
        """A table whose rows are steps: Python-Markdown builds it, and its rows are anchored."""
        self.parser.parseBlocks(parent, inner)
        rows = parent.findall("table/tbody")[-1:]
        for row in node.children:
            if rows and row.step is not None and row.number < len(rows[0]):
                self._anchor(rows[0][row.number], row.step)


def _step_classes(step: Step) -> list[str]:
    return ["step", *(name for name in attributes.FLAGS if step.attributes.get(name))]


def _classes(element: etree.Element, *names: str) -> None:
    element.set("class", " ".join([*filter(None, [element.get("class")]), *names]))


def _element(parent: etree.Element, node: Block, md: markdown.Markdown) -> etree.Element:
    if node.kind in ("html", "fence"):
        element = etree.SubElement(parent, "p")
        raw = contain(node.text) if node.kind == "html" else code(node.text, node.name)
        element.text = md.htmlStash.store(raw)
    elif node.kind == "paragraph":
        element = etree.SubElement(parent, "p")
        element.text = AtomicString(node.text)
    elif node.kind == "heading":
        element = etree.SubElement(parent, f"h{node.level}", node.attributes)
    elif node.kind == "list":
        element = etree.SubElement(parent, "ol" if node.ordered else "ul")
        first = node.children[0].number if node.ordered else 1
        if first != 1:
            element.set("start", str(first))
    elif node.kind == "item":
        element = etree.SubElement(parent, "li")
    elif node.kind == "quote":
        element = etree.SubElement(parent, "blockquote")
    elif node.kind == "element":
        element = etree.SubElement(parent, node.name, node.attributes)
    else:
        element = _admonition(parent, node)
    return element


def _admonition(parent: etree.Element, node: Block) -> etree.Element:
    folded = node.level == 1
    element = etree.SubElement(parent, "details" if folded else "div", node.attributes)
    element.set("class", node.name if folded else f"admonition {node.name}".strip())
    if node.title:
        title = etree.SubElement(element, "summary" if folded else "p")
        title.text = node.title
        if not folded:
            title.set("class", "admonition-title")
    return element


def _tighten(item: etree.Element) -> None:
    """In a tight list the text stands in the item itself, not in a paragraph."""
    if len(item) and item[0].tag == "p" and sum(child.tag == "p" for child in item) == 1 and not item.text:
        item.text = item[0].text
        item.remove(item[0])


def _checkbox(item: etree.Element, ticked: bool) -> None:
    """A box that shows and can't be changed, in the markup that the theme styles."""
    _classes(item, "task-list-item")
    label = etree.Element("label", {"class": "task-list-control"})
    box = etree.SubElement(label, "input", {"type": "checkbox", "disabled": "disabled"})
    if ticked:
        box.set("checked", "checked")
    etree.SubElement(label, "span", {"class": "task-list-indicator"})
    holder = item[0] if not item.text and len(item) and item[0].tag == "p" else item
    label.tail = " " + (holder.text or "")
    holder.text = None
    holder.insert(0, label)


class _Tag(HtmlInlineProcessor):
    """A tag within a text; one that would swallow the rest of the page is shown as it is written."""

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> Any:
        if SWALLOWS.match(m[0]):
            return self.md.htmlStash.store(escape(m[0], quote=False)), m.start(0), m.end(0)
        return super().handleMatch(m, data)


class _Blank(InlineProcessor):
    """A blank to fill in by hand: no emphasis, whatever stands between two of them."""

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[str, int, int]:
        return m[1], m.start(0), m.end(0)


class _PlainText(Treeprocessor):
    """Spares a text without any mark the inline patterns, and a page those whose marks it does not have.

    Where a site has other extensions too, their marks are not known: little is plain then.
    """

    _MARKED = re.compile(r"[`\\\[<&*_]|  \n")
    _MAYBE_MARKED = re.compile(r"[^\w\s.,;?%+/()–-]|_|://|www|--|\+\+|  \n|\.\.\.")

    def __init__(self, md: markdown.Markdown, alone: bool) -> None:
        super().__init__(md)
        self.alone = alone
        self.marked = self._MARKED if alone else self._MAYBE_MARKED

    def run(self, root: etree.Element) -> None:
        if self.alone:
            self._choose_patterns("\n".join(root.itertext()))
        if any(isinstance(other, AbbrTreeprocessor) and other.abbrs for other in self.md.treeprocessors):
            return  # abbreviations are looked for in all texts but those set aside
        for element in root.iter():
            if element.text and not self.marked.search(element.text):
                element.text = AtomicString(element.text)
            if self.alone and element.tail and not self.marked.search(element.tail):
                element.tail = AtomicString(element.tail)

    def _choose_patterns(self, page: str) -> None:
        """As a plain list: each text asks for every one of them, and a registry takes its time."""
        known = self.md.inlinePatterns
        unneeded = [known[name] for name, mark in _MARK_OF.items() if mark not in page]
        inline: Any = self.md.treeprocessors["inline"]
        inline.inlinePatterns = [pattern for pattern in known if pattern not in unneeded]


class _Collect(Treeprocessor):
    """Takes each step's HTML from the finished tree."""

    def __init__(self, md: markdown.Markdown, extension: StepsExtension) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, root: etree.Element) -> None:
        own = self.extension
        places = {child: parent for parent in root.iter() for child in parent}
        steps = list(own.steps)
        for element in [e for e in root.iter() if e.get(_MARK) is not None]:
            number = int(element.attrib.pop(_MARK))
            content = step_html.content(element, places)
            recovery = etree.Element("div")
            step_html.unbox(content)
            step_html.take_apart(content, recovery)
            steps[number] = replace(steps[number], html=self._html(content), recovery=self._html(recovery))
        own.steps = tuple(steps)

    def _html(self, element: etree.Element) -> str:
        """The inside of `element`, with what was set aside put back."""
        if not len(element) and not (element.text or "").strip():
            return ""
        element.tag, element.attrib = "div", {}
        html = str(self.md.serializer(element))
        for processor in self.md.postprocessors:
            html = processor.run(html)
        return html.strip().removeprefix("<div>").removesuffix("</div>").strip()
