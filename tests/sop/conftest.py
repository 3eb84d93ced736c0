"""What the tests of reading share: documents written here, and the corpus beside the repository."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest

from tracker.sop.cleaning import PREFIX
from tracker.sop.model import Document
from tracker.sop.parse import read

ROOT = Path(__file__).resolve().parents[2]


def document(text: str, path: str = "returns/inspect.md") -> Document:
    """`text`, without its common indentation, as read."""
    return read(dedent(text).lstrip("\n"), path)


@cache
def whole(file: Path, path: str) -> Document:
    """A real document with its HTML, read once for all tests that look at it."""
    return read(file.read_bytes(), path)


def outline(doc: Document) -> list[tuple[int, str]]:
    """Depth and text of every step."""
    return [(step.depth, step.text) for step in doc.steps]


@pytest.fixture(scope="session")
def corpus(material: Callable[[str], Path]) -> Path:
    return material("corpus")


@pytest.fixture(scope="session")
def reading() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reading", ROOT / "benchmarks" / "reading.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["reading"] = module
    spec.loader.exec_module(module)
    return module


class Page(HTMLParser):
    """The step elements of a page, in order: (id, depth). A step heading opens a depth up to the next."""

    VOID = frozenset({"br", "img", "hr", "input", "wbr", "col"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.headings: list[int] = []
        self.steps: list[tuple[str, int]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        step = "step" in (given.get("class") or "").split()
        title = step and tag == "p"  # a paragraph that is read as a numbered heading
        heading = re.fullmatch(r"h[1-6]", tag) or title
        level = 7 if title else int(tag[1]) if heading else 0
        if heading and not any(is_step for _, is_step in self.open):
            self.headings = [other for other in self.headings if other < level]
        if step:
            depth = 1 + len(self.headings) + sum(is_step for _, is_step in self.open)
            self.steps.append(((given.get("id") or "").removeprefix(PREFIX), depth))
        if step and heading:
            self.headings.append(level)
        if tag not in self.VOID:
            self.open.append((tag, step and not heading))

    def handle_endtag(self, tag: str) -> None:
        for i in range(len(self.open) - 1, -1, -1):
            if self.open[i][0] == tag:
                del self.open[i:]
                return
