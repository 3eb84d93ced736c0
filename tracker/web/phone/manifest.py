"""What makes Holdfast an application that can be put on a phone's home screen: its name and its pictures."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Any

from flask import Blueprint, abort, make_response, request, url_for
from flask_babel import gettext
from PIL import Image, ImageDraw

from tracker.web import interface, reader
from tracker.web.actions import needs

bp = Blueprint("manifest", __name__)

ICONS = {"192": (192, False), "512": (512, False), "512-maskable": (512, True), "180-touch": (180, True)}
"""Of each its size in pixels, and whether its ground fills the square, for phones that cut out a shape."""

GROUND, TICK, SMILE = "#0f766e", "#ffffff", "#99f6e4"
_FINER = 4


@bp.get("/manifest.webmanifest")
@needs("open")
def manifest() -> Any:
    """The web app manifest, in the reader's language."""
    start = url_for("today.today")
    told = {
        "id": start,
        "name": "Holdfast",
        "short_name": "Holdfast",
        "description": gettext("Checklists for the work at hand, with and without network."),
        "lang": reader.language().replace("_", "-"),
        "start_url": start,
        "scope": f"{request.script_root}/",
        "display": "standalone",
        "theme_color": GROUND,
        "background_color": "#ffffff",
        "icons": [
            {
                "src": url_for("manifest.picture", name=name, v=interface.version()),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": "maskable" if whole else "any",
            }
            for name, (size, whole) in ICONS.items()
            if not name.endswith("touch")
        ],
    }
    answer = make_response(told)
    answer.content_type = "application/manifest+json"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@bp.get("/icons/<name>.png")
@needs("open")
def picture(name: str) -> Any:
    """The mark as a picture in one of the sizes that phones ask for."""
    if name not in ICONS:
        abort(404)
    answer = make_response(drawn(name))
    answer.content_type = "image/png"
    answer.cache_control.max_age = 24 * 3600
    return answer


@cache
def drawn(name: str) -> bytes:
    """The mark of `static/logo.svg` as a PNG: the same lines in the same square of 32 units."""
    size, whole = ICONS[name]
    unit = size * _FINER / 32
    image = Image.new("RGBA", (size * _FINER, size * _FINER), GROUND if whole else "#00000000")
    draw = ImageDraw.Draw(image)
    if not whole:
        draw.rounded_rectangle((0, 0, 32 * unit - 1, 32 * unit - 1), 8 * unit, GROUND)
    # of what phones may cut off, a tenth at each side, nothing of the mark is part
    scale, shift = (0.8, 3.2) if whole else (1.0, 0.0)
    for points, colour in ((_smile(), SMILE), ([(10, 13.2), (14.7, 17.9), (24, 7.6)], TICK)):
        _line(
            draw,
            [((x * scale + shift) * unit, (y * scale + shift) * unit) for x, y in points],
            colour,
            3 * scale * unit,
        )
    file = BytesIO()
    image.resize((size, size), Image.Resampling.LANCZOS).save(file, "PNG", optimize=True)
    return file.getvalue()


def _line(draw: ImageDraw.ImageDraw, points: list[tuple[float, float]], colour: str, width: float) -> None:
    """A line with round ends and corners."""
    draw.line(points, colour, round(width))
    for x, y in points:
        draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), colour)


def _smile() -> list[tuple[float, float]]:
    """The two curves under the tick, as points."""
    left = [(6.8, 18.2), (8.0, 22.9), (11.6, 25.5), (16.0, 25.5)]
    right = [(16.0, 25.5), (20.4, 25.5), (24.0, 22.9), (25.2, 18.2)]
    return [_bezier(curve, step / 24) for curve in (left, right) for step in range(25)]


def _bezier(curve: list[tuple[float, float]], t: float) -> tuple[float, float]:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    x, y = (sum(w * point[axis] for w, point in zip(weights, curve, strict=True)) for axis in (0, 1))
    return x, y
