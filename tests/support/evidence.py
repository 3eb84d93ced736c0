"""An SOP that asks for evidence, and pictures, drawings and files to give it, made as they are needed."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from pathlib import Path

from PIL import Image, ImageDraw

DELIVERY = """\
---
id: delivery
title: Take in a delivery
owner: olga
---
1. Photograph the damaged carton {#photo .critical input=photo}
2. Keep the delivery note {#note input=file}
3. The driver signs {#sign input=signature}
4. Tell the buyer {#tell when="photo answered"}
"""

MAKER, PLACE = "Camera of Sam", (52.0, 31.0, 12.0)


def photo(size: tuple[int, int] = (400, 300), form: str = "JPEG") -> bytes:
    """A picture as a phone makes it: lying on its side, left half red, with its maker and place in EXIF."""
    image = Image.new("RGB", size, "white")
    image.paste((200, 20, 20), (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = MAKER
    exif.get_ifd(0x8825).update({1: "N", 2: PLACE})
    out = io.BytesIO()
    image.save(out, form, exif=exif)
    return out.getvalue()


def shot(bytes_wanted: int = 700_000) -> bytes:
    """A picture about as large as one that a phone has made smaller: no two are the same."""
    side = int((bytes_wanted * 1.6) ** 0.5)
    out = io.BytesIO()
    noise = Image.frombytes("L", (side, side), random.randbytes(side * side))
    noise.save(out, "JPEG", quality=75)
    return out.getvalue()


def drawing(ink: bool = True, ground: tuple[int, ...] = (0, 0, 0, 0)) -> bytes:
    """What a signature box sends: one line, in the ink of a dark page, on a transparent ground."""
    image = Image.new("RGBA", (500, 170), ground)
    if ink:
        ImageDraw.Draw(image).line((100, 50, 300, 120), fill=(229, 235, 239, 255), width=6)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def office(*names: str, mimetype: str = "") -> bytes:
    """A packed document with parts of these names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        if mimetype:
            parts.writestr("mimetype", mimetype)
        for name in names:
            parts.writestr(name, "x")
    return out.getvalue()


def many_pixels(side: int) -> bytes:
    """A PNG of few bytes that needs `side`² pixels when it is opened."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def encoded(image: Image.Image, form: str, **how: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **how)
    return out.getvalue()


def many_scans(count: int) -> bytes:
    """A JPEG that is read anew for each of its scans."""
    whole = encoded(Image.new("L", (64, 64), 128), "JPEG", progressive=True)
    start = whole.rindex(b"\xff\xda")
    return whole[:-2] + whole[start:-2] * count + whole[-2:]


def swelling(size: int) -> bytes:
    """A spreadsheet of few bytes that is `size` when it is unpacked."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as parts:
        parts.writestr("[Content_Types].xml", "x")
        with parts.open("xl/workbook.xml", "w") as part:
            for _ in range(size // 1_000_000):
                part.write(bytes(1_000_000))
    return out.getvalue()


def kept(workspace: Path) -> list[Path]:
    """The files of evidence that a workspace holds."""
    return sorted(file for file in (workspace / "instance/evidence").rglob("*") if file.is_file())


def scene(seed: int, noise: int = 0, **exif: object) -> bytes:
    """A photo of something: always another for another `seed`, nearly the same for some `noise`."""
    spots = random.Random(seed).choices(range(30, 226), k=64)
    image = Image.frombytes("L", (8, 8), bytes(spots)).resize((640, 480), Image.Resampling.BICUBIC)
    if noise:
        image = Image.blend(image, Image.effect_noise(image.size, noise), 0.05)
    return encoded(image.convert("RGB"), "JPEG", **exif)


def located(latitude: object = (52, 31, 12), longitude: object = (13, 24, 18), south: str = "N",
            west: str = "E", taken: str = "2026:03:31 10:58:02", zone: str = "+02:00") -> bytes:  # fmt: skip
    """A photo with its place and moment in EXIF."""
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: south, 2: latitude, 3: west, 4: longitude})
    exif.get_ifd(0x8769).update({0x9003: taken, 0x9011: zone})
    return scene(1, exif=exif)
