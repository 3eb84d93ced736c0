"""What was sent as evidence, judged by its bytes and never by its name.

Images are drawn anew, which leaves nothing of the file that came but its picture. Pillow may need tens of
milliseconds for that, so it happens before anybody takes the write lock.
"""

from __future__ import annotations

import hashlib
import io
import math
import re
import threading
import unicodedata
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PIL import Image, ImageOps

from tracker.errors import N_, InvalidError

LARGEST = 10_000_000
"""Bytes of one photo or file as it is sent."""

MOST_PIXELS = 50_000_000
"""Most pixels of a JPEG, which is opened at a fraction of its size; other images may have half as many."""

MOST_SCANS = 60
"""Most scans of a progressive JPEG, which is decoded once for each; cameras and programs make about ten."""

MOST_PARTS, MOST_UNPACKED = 5_000, 200_000_000
"""Files in an Office document, and their bytes once they are unpacked: whoever opens it would have to."""

LONG_SIDE, SMALL_SIDE = 2560, 320
LONGEST_NAME = 100

IMAGE, PDF, TEXT, CSV = "image/jpeg", "application/pdf", "text/plain", "text/csv"
_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_OFFICE = {
    "word/": _OOXML + "wordprocessingml.document",
    "xl/": _OOXML + "spreadsheetml.sheet",
    "ppt/": _OOXML + "presentationml.presentation",
}
SUFFIXES = {
    IMAGE: ".jpg",
    "image/png": ".png",
    PDF: ".pdf",
    TEXT: ".txt",
    CSV: ".csv",
    _OFFICE["word/"]: ".docx",
    _OFFICE["xl/"]: ".xlsx",
    _OFFICE["ppt/"]: ".pptx",
    _ODF + "text": ".odt",
    _ODF + "spreadsheet": ".ods",
    _ODF + "presentation": ".odp",
}

_FORMATS = ("JPEG", "PNG", "WEBP")
_IMAGE_STARTS = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|RIFF....WEBP", re.DOTALL)
_GPS, _CAMERA = 0x8825, 0x8769
_ZONE = re.compile(r"[+-](0\d|1[0-4]):[0-5]\d")
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<")
_one_at_a_time = threading.Lock()  # a large picture needs 200 MB while it is opened

_NO_IMAGE = N_("This is no photo that can be read. Send a JPEG, PNG or WebP.")
_BROKEN = N_("This image is broken or cut off, so it was not kept. Take or send it again.")
_NO_FILE = N_(
    "This kind of file is not accepted. Send a PDF, an image (JPEG, PNG, WebP), plain text, CSV, "
    "or an Office document without macros (docx, xlsx, pptx, odt, ods, odp)."
)
_EMPTY = N_("This file is empty. Choose another.")
_TOO_LARGE = N_("This file is too large. At most %(n)s MB can be kept as evidence.")
_TOO_MANY = N_("This image has too many pixels. At most %(n)s megapixels can be read.")
_BOMB = N_("This document becomes far too large once it is opened. Save it with less in it, or as a PDF.")
_NO_INK = N_("Sign in the box, or type your name.")


@dataclass(frozen=True, slots=True)
class CameraNote:
    """What a camera wrote into its photo: degrees, and a moment in ISO 8601 by its own clock."""

    latitude: float | None = None
    longitude: float | None = None
    taken: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence, ready to be kept.

    `input`: the input of a step that it answers. `sent`: digest of what came, the same whenever it is sent
    again. `digest`: of `content`, which is what is kept. `name`: as given, cleaned; "" for a drawing.
    Of a photo: `small`, the same at SMALL_SIDE; `likeness`; what its camera `noted`, for steps that ask for
    it; `like`, the id of earlier evidence that looks the same (`pieces.near`).
    """

    input: str
    sent: str
    content: bytes
    media_type: str
    name: str
    small: bytes = b""
    likeness: str | None = None
    noted: CameraNote = CameraNote()
    like: int | None = None

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def piece(input: str, content: bytes, name: str = "") -> Piece:
    """What was sent for a step with that input (photo, file, signature), checked and drawn anew.

    Raises InvalidError for what is empty, too large, of another kind than it should be, or broken.
    """
    if not content:
        raise InvalidError(_EMPTY)
    if len(content) > LARGEST:
        raise InvalidError(_TOO_LARGE, n=LARGEST // 1_000_000)
    name = clean(name)
    if input == "signature":
        kept, kind, name = drawing(content), "image/png", ""
    elif _IMAGE_STARTS.match(content):
        return _photo(input, content, name)
    elif input == "photo":
        raise InvalidError(_NO_IMAGE)
    else:
        kept, kind = content, _kind(content, name)
    return Piece(input, hashlib.sha256(content).hexdigest(), kept, kind, name)


def small(content: bytes) -> bytes:
    """A stored photo, scaled down to SMALL_SIDE pixels, as JPEG."""
    return _small(_open(content))


def likeness(image: Image.Image) -> str | None:
    """64 bits as hex, of which few differ between two versions of one photo; None for a plain surface.

    A bit says whether a spot is lighter than the one to its right.
    """
    spots = image.convert("L").resize((9, 8), Image.Resampling.LANCZOS).tobytes()
    bits = "".join(str(int(spots[i] > spots[i + 1])) for i in range(71) if i % 9 < 8)
    return f"{int(bits, 2):016x}" if 4 < bits.count("1") < 60 else None


def camera_note(content: bytes) -> CameraNote:
    """What the camera wrote into an image. What is absent, broken or senseless is None."""
    try:
        exif = Image.Exif()
        exif.load(Image.open(io.BytesIO(content), formats=_FORMATS).info.get("exif", b""))
        return CameraNote(*_place(exif.get_ifd(_GPS)), _moment(exif.get_ifd(_CAMERA)))
    except Exception:  # a hostile block makes Pillow raise nearly anything
        return CameraNote()


def _place(written: dict[int, Any]) -> tuple[float | None, float | None]:
    try:
        latitude = _degrees(written[2], {"N": 1, "S": -1}[written[1]])
        longitude = _degrees(written[4], {"E": 1, "W": -1}[written[3]])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None, None
    sense = abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude or longitude)
    return (latitude, longitude) if sense else (None, None)


def _degrees(parts: Any, sign: int) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = sign * (degrees + minutes / 60 + seconds / 3600)
    if not math.isfinite(value) or min(degrees, minutes, seconds) < 0:
        raise ValueError(parts)
    return round(value, 6)


def _moment(written: dict[int, Any]) -> str | None:
    try:
        taken = datetime.strptime(str(written[0x9003])[:19], "%Y:%m:%d %H:%M:%S")
    except (KeyError, ValueError):
        return None
    zone = str(written.get(0x9011, ""))
    return taken.isoformat() + (zone if _ZONE.fullmatch(zone) else "") if taken.year >= 2000 else None


def _photo(input: str, content: bytes, name: str) -> Piece:
    image = _plain(content)
    sent = hashlib.sha256(content).hexdigest()
    picture = _saved(image, "JPEG", quality=82)
    return Piece(input, sent, picture, IMAGE, name, _small(image), likeness(image), camera_note(content))


def _small(image: Image.Image) -> bytes:
    copy = image.copy()
    copy.thumbnail((SMALL_SIDE, SMALL_SIDE))
    return _saved(copy, "JPEG", quality=75)


def _plain(content: bytes) -> Image.Image:
    """An image upright, at most LONG_SIDE pixels long, without anything but its picture."""
    image = _open(content)
    if image.mode.startswith("I"):  # 16 bits of grey, which Pillow would cut off and not scale
        image = image.convert("I").point(lambda level: level * (1 / 256)).convert("L")
    plain = Image.new("RGB", image.size, "white")
    drawn = image.convert("RGBA" if image.has_transparency_data else "RGB")
    plain.paste(drawn, mask=drawn.getchannel("A") if drawn.mode == "RGBA" else None)
    return plain


def drawing(content: bytes) -> bytes:
    """What was drawn, as black ink on white, whatever the colours of the screen; cut to the ink.

    Raises InvalidError where the ground is not transparent or there is no ink.
    """
    image = _open(content)
    alpha = image.convert("RGBA").getchannel("A")
    box = alpha.getbbox()
    if box is None or alpha.getextrema()[0] != 0:
        raise InvalidError(_NO_INK)
    return _saved(ImageOps.expand(ImageOps.invert(alpha.crop(box)), border=8, fill=255), "PNG")


def clean(name: str) -> str:
    """A file's name as it is shown: no folders, no control or direction marks, one line.

    >>> clean("C:\\\\shop\\\\..\\\\delivery  note.pdf"), clean("../../etc/passwd"), clean("..")
    ('delivery note.pdf', 'passwd', '')
    """
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in last)
    shown = " ".join(shown.split()).strip(". ")
    if len(shown) <= LONGEST_NAME:
        return shown
    stem, dot, suffix = shown.rpartition(".")
    return stem[: LONGEST_NAME - 10] + "…." + suffix if dot and len(suffix) < 8 else shown[:LONGEST_NAME]


def _open(content: bytes) -> Image.Image:
    """The image, upright, no larger than it is kept. Raises InvalidError, whatever is wrong with it."""
    most = MOST_PIXELS if content.startswith(b"\xff\xd8") else MOST_PIXELS // 2
    with _one_at_a_time:
        try:
            image = Image.open(io.BytesIO(content), formats=_FORMATS)
            if image.info.get("progressive") and content.count(b"\xff\xda") > MOST_SCANS:
                raise InvalidError(_BROKEN)
            if image.width * image.height <= most:
                image.draft(None, (LONG_SIDE, LONG_SIDE))
                image.load()
                image.thumbnail((LONG_SIDE, LONG_SIDE))
                return ImageOps.exif_transpose(image)
        except Image.DecompressionBombError:
            pass  # above Pillow's own limit, which is answered like ours
        except Exception as error:  # a hostile image makes Pillow raise nearly anything
            raise InvalidError(_BROKEN) from error
    raise InvalidError(_TOO_MANY, n=most // 1_000_000)


def _saved(image: Image.Image, form: str, **how: int) -> bytes:
    out = io.BytesIO()
    image.save(out, form, optimize=True, **how)
    return out.getvalue()


def _kind(content: bytes, name: str) -> str:
    """The media type of what is no image. The name decides between text and CSV only: both are text."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    if _NOT_TEXT.search(content) or _MARKUP.match(content):
        raise InvalidError(_NO_FILE)
    return CSV if name.lower().endswith(".csv") else TEXT


def _office(content: bytes) -> str:
    """The media type of an Office document, told from the list of its parts; nothing is unpacked."""
    if content.count(b"PK\x01\x02") > MOST_PARTS:  # each is an object once the list is read
        raise InvalidError(_BOMB)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = parts.namelist()
            unpacked = sum(part.file_size for part in parts.infolist())
    except Exception as error:  # a hostile list makes zipfile raise nearly anything
        raise InvalidError(_NO_FILE) from error
    if unpacked > MOST_UNPACKED:
        raise InvalidError(_BOMB)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise InvalidError(_NO_FILE)
    if "[Content_Types].xml" in names:
        for folder, kind in _OFFICE.items():
            if any(name.startswith(folder) for name in names):
                return kind
    if content[30:38] == b"mimetype":  # OpenDocument: the first part, not packed
        for kind in (_ODF + "text", _ODF + "spreadsheet", _ODF + "presentation"):
            if content[38:].startswith(kind.encode() + b"PK"):
                return kind
    raise InvalidError(_NO_FILE)
