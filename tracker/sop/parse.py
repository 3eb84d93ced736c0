"""Reading a document: from bytes to a Document, whatever the bytes are."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import markdown

from tracker.sop import attributes, frontmatter, notices, outline
from tracker.sop.blocks import Block
from tracker.sop.cleaning import sanitise
from tracker.sop.limits import TooMuchError
from tracker.sop.markdown import EXTENSION_CONFIGS, EXTENSIONS, StepsExtension
from tracker.sop.model import Document, Meta, Problem, Step
from tracker.sop.outline import Keys
from tracker.sop.text import visible
from tracker.sop.told import told

MAX_BYTES = 2_000_000
CONTENTS = "[TOC]"

_LINK = re.compile(
    r"(!?)\[[^\[\]\n]{0,500}\]\(\s*(?:<([^<>\n]*)>|([^()\s]*(?:\([^()\s]*\)[^()\s]*)*))[^()\n]{0,500}\)"
)
_DEFINITION = re.compile(r"\[[^\[\]\n]{1,200}\]:\s*(?:<([^<>\n]*)>|(\S+))")
_TAG = re.compile(r"<(?:(img)|a)\b[^<>]{0,1000}?\b(?:src|href)\s*=\s*[\"']([^\"'<>]*)[\"']", re.I)
_CODE = re.compile(r"(?<!`)(`++)[^`]*+\1(?!`)")
_SUFFIX = re.compile(r"(?:\.html)?\.(?:md|markdown)(?:\.erb)?$|\.html?$", re.I)
_local = threading.local()


def read(source: bytes | str, path: str, keys: Keys = None, *, html: bool = True) -> Document:
    """The document at `path` (relative, forward slashes). Never raises for bad content: see `problems`.

    `keys` are the published keys in the order of the steps, where they are known, or a function that
    says them for the steps as read. Without `html` it takes a quarter of the time, and a step's `recovery`
    only says whether there is one.
    """
    if len(source) > MAX_BYTES:
        message = told("The file is larger than %(what)s MB.", what=MAX_BYTES // 1_000_000)
        hint = told("Split it, or move images and data into files of their own.")
        return failure(path, Problem(path, 1, "size", message, hint, True))
    text = decode(source, path)
    if isinstance(text, Problem):
        return failure(path, text)
    try:
        return _read(text, path, keys, html)
    except TooMuchError as error:
        return failure(path, Problem(path, error.line, "limits", error.message, error.hint, True))


def written_id(source: str, path: str) -> str | None:
    """The id that a document gives in its front matter, if any."""
    matter, height = frontmatter.split(source)
    return frontmatter.read(matter, path)[0].id if height else None


def decode(source: bytes | str, path: str) -> str | Problem:
    """The text of `source` without a byte order mark, or what is wrong with its encoding."""
    if isinstance(source, bytes):
        try:
            text = source.decode("utf-8")
        except UnicodeDecodeError as error:
            line = source.count(b"\n", 0, error.start) + 1
            return Problem(
                path, line, "encoding", told("The file is not UTF-8 text."), told("Save it as UTF-8."), True
            )
    else:
        text = source.encode("utf-8", "replace").decode("utf-8")
    at = text.find("\0")
    if at >= 0:
        hint = told("Put a Markdown text in its place, saved as UTF-8.")
        return Problem(path, text.count("\n", 0, at) + 1, "encoding", told("The file is binary."), hint, True)
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def has_plain_name(path: str) -> bool:
    """Whether a path can be written down: UTF-8 without control characters."""
    return not re.search("[\x00-\x1f\x7f\ud800-\udfff]", path)


def as_json(document: Document, path: str) -> dict[str, Any]:
    """The document as `holdfast steps --json` prints it, under the `path` that was asked for."""
    return {
        "path": path,
        "id": document.id,
        "title": document.title,
        "steps": [_step_json(step) for step in document.steps],
        "errors": [str(replace(problem, path=path)) for problem in document.errors],
    }


def _step_json(step: Step) -> dict[str, Any]:
    return {
        "key": step.key,
        "text": step.text,
        "line": step.line,
        "depth": step.depth,
        "checkbox": step.checkbox,
        "attributes": attributes.plain(step.attributes),
    }


def id_of(path: str) -> str:
    """The id that a document has by its path: no suffix, `/` and other characters as `-`."""
    name = _SUFFIX.sub("", path)
    parts = [re.sub(r"[^\w.-]+", "-", part).strip("-._") for part in name.split("/")]
    return "-".join(part for part in parts if part)[:128] or "document"


def area_of(path: str) -> str:
    """The area that a document has by its path: the name of its first folder, as people write it."""
    folders = PurePosixPath(path).parts[:-1]
    return folders[0].replace("-", " ").replace("_", " ").capitalize() if folders else ""


def _title(path: str) -> str:
    name = _SUFFIX.sub("", PurePosixPath(path).name)
    return re.sub(r"[-_]+", " ", name).strip().capitalize() or path


def failure(path: str, problem: Problem) -> Document:
    """What is known of a document that was not read, for one reason."""
    return Document(path, id_of(path), _title(path), area_of(path), Meta(), (), "", "", (problem,))


def _read(text: str, path: str, keys: Keys, whole: bool) -> Document:
    matter, height = frontmatter.split(text)
    meta, problems = frontmatter.read(matter, path) if height else (Meta(), [])
    if not height and frontmatter.unclosed(text):
        hint = told("Put a line of %(text)s after the last line of names and values.", text=text[:3])
        problems.append(Problem(path, 1, "front-matter", told("The front matter never ends."), hint, True))
    body = (
        text.split("\n", height)[height] if height and text.count("\n") >= height else "" if height else text
    )
    steps, html, blocks, faults = (_render if whole else _skim)(body, meta, keys, height + 1)
    problems += [Problem(path, line, rule, message, hint, True) for line, rule, message, hint in faults]
    problems += _no_such_heading(meta, blocks, path, matter)
    links = list(_links(blocks))
    title = meta.title or _first_heading(blocks) or _title(path)
    return Document(
        path=path,
        id=meta.id or id_of(path),
        title=title,
        area=meta.area or area_of(path),
        meta=meta,
        steps=steps,
        html=html,
        source=text,
        problems=tuple(problems),
        links=tuple((line, target) for line, image, target in links if not image),
        images=tuple((line, target) for line, image, target in links if image),
        takes=meta.takes or sum(step.attributes.get("takes", 0) for step in steps) or None,
        notices=notices.of(blocks, title, steps, meta),
    )


def _converter() -> tuple[markdown.Markdown, StepsExtension]:
    """One converter a thread: making one costs more than reading a document."""
    if not hasattr(_local, "converter"):
        steps = StepsExtension(alone=True)
        converter = markdown.Markdown(extensions=[*EXTENSIONS, steps], extension_configs=EXTENSION_CONFIGS)
        _local.converter = converter, steps
    pair: tuple[markdown.Markdown, StepsExtension] = _local.converter
    return pair


Rendered = tuple[tuple[Step, ...], str, list[Block], list[tuple[int, str, str, str]]]


def _skim(body: str, meta: Meta, keys: Keys, first_line: int) -> Rendered:
    headings = outline.of(body, first_line, meta.steps, keys)
    return outline.with_recovery(headings), "", headings.blocks, headings.faults


def _render(body: str, meta: Meta, keys: Keys, first_line: int) -> Rendered:
    converter, own = _converter()
    converter.reset()
    own.meta, own.keys, own.first_line = meta, keys, first_line
    contents: Any = converter.treeprocessors["toc"]
    contents.marker = CONTENTS if CONTENTS in body else ""  # or every text of the page is looked at for it
    html = sanitise(converter.convert(body))
    steps = tuple(_sanitised(step) for step in own.steps)
    return steps, html, own.blocks, own.faults


def _sanitised(step: Step) -> Step:
    return replace(step, html=sanitise(step.html), recovery=sanitise(step.recovery) if step.recovery else "")


def _first_heading(blocks: list[Block]) -> str:
    """What the first heading says, without its attribute list: of “Send it {#send}” that is “Send it”."""
    headings = (block.text for block in blocks if block.kind == "heading")
    return next((visible(attributes.split(text)[0]) for text in headings), "")


def _no_such_heading(meta: Meta, blocks: list[Block], path: str, matter: str) -> list[Problem]:
    wanted = (meta.steps or "none").casefold().strip(" :.")
    if wanted == "none":
        return []
    headings = [visible(attributes.split(block.text)[0]) for block in blocks if block.kind == "heading"]
    if any(heading.casefold().strip(" :.") == wanted for heading in headings):
        return []
    hint = (
        told("Headings here: %(names)s.", names=", ".join(f"“{heading}”" for heading in headings[:8]))
        if headings
        else ""
    )
    message = told("There is no heading “%(steps)s”.", steps=meta.steps)
    return [Problem(path, frontmatter.line_of(matter, "steps"), "steps", message, hint, True)]


def _links(blocks: list[Block]) -> Iterator[tuple[int, bool, str]]:
    for block in blocks:
        if block.kind in ("paragraph", "heading", "html", "table"):
            yield from _links_in(block)
        yield from _links(block.children)


def _links_in(block: Block) -> Iterator[tuple[int, bool, str]]:
    if not any(mark in block.text for mark in ("](", "]:", "<")):
        return
    for line, text in enumerate(block.text[:200_000].split("\n"), block.line):
        text = _CODE.sub("", text) if "`" in text else text
        if "](" in text:
            yield from ((line, bool(m[1]), m[2] or m[3]) for m in _LINK.finditer(text) if m[2] or m[3])
        if text.startswith("[") and (match := _DEFINITION.match(text)) and not text.startswith("[^"):
            yield line, False, match[1] or match[2]
        if "<" in text:
            yield from ((line, bool(m[1]), m[2]) for m in _TAG.finditer(text) if m[2])
