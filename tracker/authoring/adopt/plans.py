"""Which files are adopted, and where each goes below `sops/`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tracker.sop import parse
from tracker.sop.split import Piece
from tracker.sop.text import clean, slug
from tracker.sop.told import told

SUFFIXES = (".md", ".markdown", ".md.erb")
_SUFFIX = re.compile(r"(\.html?)?\.(md|markdown)(\.erb)?$", re.I)
_PASSED_OVER = ("node_modules",)

Refusal = tuple[Path, str]  # the file, and why


@dataclass(frozen=True, slots=True)
class Plan:
    """One original, the folder that was given around it, and the places of both below `sops/`.

    `piece` is what of the original is adopted at that place, where it is not the whole.
    """

    original: Path
    base: Path
    top: str
    target: str
    piece: Piece | None = None

    @property
    def content(self) -> bytes:
        """What is adopted: at most a little more than a document may have. Raises OSError."""
        if self.piece is not None:
            return self.piece.text.encode("utf-8")
        with self.original.open("rb") as opened:
            return opened.read(parse.MAX_BYTES + 1)

    def line(self, number: int) -> int:
        """The line of the original that a line of its content is."""
        lines = self.piece.lines if self.piece else ()
        return lines[number - 1] if 0 < number <= len(lines) else number


def text_of(raw: bytes) -> str:
    """The text of a document in UTF-8 with its line endings; a carriage return alone becomes a newline."""
    return re.sub("\r(?!\n)", "\n", raw.decode("utf-8").removeprefix("\ufeff"))


def plans(paths: Sequence[Path], sops: Path, area: str | None) -> tuple[list[Plan], list[Refusal]]:
    """The documents at or below `paths` with their places, and what can't be adopted with the reason."""
    plan_list: list[Plan] = []
    refused: list[Refusal] = []
    taken: dict[str, Path] = {}
    for path in paths:
        real = path.resolve()
        if not path.exists():
            refused.append((path, told("there is no such file or folder. Check the path.")))
            continue
        if real.is_relative_to(sops.resolve()):
            refused.append((path, told("it is below sops/ already. “holdfast lint” says what it lacks.")))
            continue
        base = real if real.is_dir() else real.parent
        top = slug(area) if area else safe(real.name) if real.is_dir() else ""
        for file in _files(path, sops.resolve(), refused):
            target = _place(top, file.relative_to(path) if real.is_dir() else Path(real.name))
            if taken.get(target.casefold(), base).resolve() == file.resolve():
                continue  # the same file was named twice on the command line
            why = _why_not(file, base, target, taken)
            if why:
                refused.append((file, why))
            else:
                taken[target.casefold()] = file
                plan_list.append(Plan(file, base, top, target))
    return plan_list, refused


def _files(path: Path, sops: Path, refused: list[Refusal]) -> Iterator[Path]:
    """The documents at or below a path. Hidden folders are passed over, as is the folder of SOPs itself."""
    if not path.is_dir():
        yield path
        return
    for folder, names, files in os.walk(path, followlinks=False):
        place = Path(folder)
        for name in sorted(names):
            if (place / name).is_symlink():
                refused.append((place / name, told("it is a link to a folder. Name the folder itself.")))
        names[:] = sorted(n for n in names if not n.startswith(".") and n not in _PASSED_OVER)
        names[:] = [name for name in names if (place / name).resolve() != sops]
        yield from (place / name for name in sorted(files) if is_document(name))


def is_document(name: str) -> bool:
    """Whether a file of that name is adopted: its ending may be in capitals, its copy's is not."""
    return name.lower().endswith(SUFFIXES) and not name.startswith(".")


def _place(top: str, inside: Path) -> str:
    """The place below `sops/`: safe names, and the ending that a site of Markdown expects."""
    folders = [safe(part) for part in inside.parts[:-1]]
    name = inside.name
    name = f"{safe(_SUFFIX.sub('', name))}.md" if _SUFFIX.search(name) else safe(name)
    return "/".join(part for part in (top, *folders, name) if part)


def safe(name: str) -> str:
    """A name without what nobody sees and without dots before it, which would hide it.

    Letters and their accents are put together, as in links: files from a Mac have them apart.
    """
    name = clean("".join(c if parse.has_plain_name(c) else "-" for c in name))
    plain = "".join("-" if c in '\\/:*?"<>|' else c for c in name)
    return plain.strip().lstrip(".") or "document"


def _why_not(file: Path, base: Path, target: str, taken: Mapping[str, Path]) -> str:
    """Why a file can't be adopted, or ""."""
    if not file.resolve().is_relative_to(base):
        return told("this link leads out of the folder. Name the document itself.")
    if not file.is_file():
        return told("this is no file with text in it.")
    if not is_document(file.name):
        return told("this is no Markdown document: its name does not end in .md or .markdown.")
    if target.partition("/")[0] == "guide":
        return told("pages below sops/guide/ are never run. Give another folder with --area.")
    if target.casefold() in taken:
        return told(
            "%(taken)s goes to the same place, sops/%(target)s. Rename one of them.",
            taken=taken[target.casefold()],
            target=target,
        )
    return ""
