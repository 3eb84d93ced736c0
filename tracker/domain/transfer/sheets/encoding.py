"""Which encoding a file of text is in: UTF-8 or UTF-16 with or without a mark, or Windows-1252."""

from __future__ import annotations

import codecs
import re
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import BinaryIO

from tracker.errors import N_, InvalidError

WINDOWS = "cp1252"

_PIECE = 1 << 20
_NO_WORDS = re.compile(r"[À-ÖØ-öø-ÿŒœŠšŽžŸƒ]{3}|[^\W\d_][‚„†‡ˆ‰‹›“”•˜™¡-©«-¹»-¿×÷][^\W\d_]")
"""Three accented letters in a row, or a sign within a word: letters of another encoding, read as this one."""

_NO_TEXT = N_("This file can’t be read as text. Save the list as CSV (UTF-8) and choose that.")
_UNKNOWN = N_(
    "The letters of this file can’t be told for sure (line %(line)s). Save it as CSV UTF-8 and choose that."
)


def decode(data: bytes) -> str:
    """The text of a file. Raises InvalidError for one that is no text, saying what to do."""
    with opened(BytesIO(data)) as file:
        text = file.read()
    if "\0" in text:
        raise InvalidError(_NO_TEXT)
    return text


def open_text(path: Path) -> TextIOWrapper:
    """A file as text, its lines ending in a newline however it ends them. Raises InvalidError, OSError."""
    file = path.open("rb")
    try:
        return opened(file)
    except BaseException:
        file.close()
        raise


def opened(file: BinaryIO) -> TextIOWrapper:
    """The same for a file that is open: read through once to tell its encoding, and held in pieces only."""
    encoding = _encoding_of(file)
    file.seek(0)
    return TextIOWrapper(file, encoding=encoding, newline=None)


def _encoding_of(file: BinaryIO) -> str:
    head = file.read(1000)
    file.seek(0)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise InvalidError(
            N_("This is a workbook, not a list. Save it as CSV in your spreadsheet and choose that.")
        )
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):  # of these, one begins as UTF-16 does
        raise InvalidError(_NO_TEXT)
    if wide := _wide(head):
        if not _fits(file, wide):
            raise InvalidError(_NO_TEXT)
        return wide
    if _fits(file, "utf-8"):
        return "utf-8-sig"
    _must_be_western(file)
    return WINDOWS


def _wide(head: bytes) -> str:
    """The encoding of two bytes for a letter that a file begins in, or ""."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.count(0) > len(head) // 5:  # fewer are no UTF-16, but rubbish
        return "utf-16-be" if head[:1] == b"\0" else "utf-16-le"
    return ""


def _fits(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while piece := file.read(_PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _must_be_western(file: BinaryIO) -> None:
    """Raise InvalidError, with the line, where Windows-1252 makes no sense of what stands in a file."""
    file.seek(0)
    line = 1
    while piece := file.readline(_PIECE):
        try:
            if not piece.isascii() and _NO_WORDS.search(piece.decode(WINDOWS)):
                raise InvalidError(_UNKNOWN, line=line)
        except UnicodeDecodeError:
            raise InvalidError(_UNKNOWN, line=line) from None
        line += piece.endswith(b"\n")
