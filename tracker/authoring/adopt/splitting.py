"""A document of several procedures is planned as several: what is left of it, and each for itself."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

from tracker.authoring.adopt.ledger import Ledger
from tracker.authoring.adopt.plans import Plan, text_of
from tracker.sop import parse, split


def apart(plan: Plan, taken: Collection[str]) -> Iterator[Plan]:
    """The plans for the parts of a document; its own alone where it holds one procedure, or can't be read.

    `taken` are the places that others have, folded.
    """
    stem = plan.target.removesuffix(".md")
    folder = stem.rpartition("/")[2]
    text = _text(plan.original)
    pieces = split.pieces(text, plan.original.name, folder) if text else []
    places = {f"{stem}/{piece.name}.md" if piece.name else plan.target: piece for piece in pieces}
    if not pieces or any(place.casefold() in taken for place in places if place != plan.target):
        yield plan
        return
    for place, piece in places.items():
        yield replace(plan, target=place, piece=piece)


def was(plan: Plan, ledger: Ledger) -> bool:
    """Whether the document was taken apart before: it stays so when it is adopted again."""
    original = str(plan.original.resolve())
    return any(row["original"] == original and place != plan.target for place, row in ledger.items())


def place_in_links(plan: Plan) -> Path:
    """The path that a link of the document means which leads to a part, though there is no such file."""
    piece = plan.piece
    if piece is None or not piece.name:
        return plan.original.resolve()
    folder = plan.target.split("/")[-2]
    return Path(os.path.normpath(plan.original.resolve().parent / folder / f"{piece.name}.md"))


def _text(file: Path) -> str:
    """The text of a file with its line endings; "" where it can't be read, which adopting it tells."""
    try:
        raw = file.read_bytes() if file.stat().st_size <= parse.MAX_BYTES else b""
    except OSError:
        return ""
    return text_of(raw) if isinstance(parse.decode(raw, file.name), str) else ""
