"""The files of the interface at addresses that change with it: a page only gets those it was made with.

`url_for("static", …)` gives `/static/<version>/…`, which browsers keep for good. A file without a version
is what it is now. A version that is not this server's has no file: no script comes from another one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import brotli  # Flask-Compress brings it
from flask import Flask, abort, current_app, make_response, request
from werkzeug.wrappers.response import Response

import tracker
from tracker.share import share
from tracker.web import lean, sprite, styles

_PACKAGE = Path(tracker.__file__).parent
_VERSIONED = re.compile(r"([0-9a-f]{12})/(.+)")
_FOR_GOOD = 365 * 24 * 3600
_NEVER_ASKED = "Expires", "Last-Modified", "Content-Disposition", "Accept-Ranges", "ETag"
"""What says nothing of a file that is kept for good, and would come with each of them."""
_TEXTS: dict[str, Callable[[str], str]] = {
    "text/css": lean.sheet,
    "text/javascript": lean.script,
    "image/svg+xml": str,
}
_MOST = 200_000  # bytes: what is larger takes seconds
_lean: dict[str, bytes] = {}
_compressed: dict[str, bytes] = {}

MADE = (*styles.SHEETS, sprite.SPRITE)
"""Files that are put together from others, by their names below `static/`."""


def version() -> str:
    """The version of this server's interface: twelve hexadecimal digits."""
    said: str = current_app.config["INTERFACE"]
    return said


@cache
def digest() -> str:
    """The digest of all that pages are made of: scripts, styles, templates, texts, and how they are sent."""
    folders = _PACKAGE / "static", _PACKAGE / "translations", share("templates")
    total = hashlib.sha256()
    for folder in folders:
        for file in sorted(file for file in folder.rglob("*") if file.is_file()):
            total.update(
                f"{file.relative_to(folder)}\0".encode() + hashlib.sha256(file.read_bytes()).digest()
            )
    total.update(f"{styles.SHEETS}{sprite.text()}".encode() + Path(lean.__file__).read_bytes())
    return total.hexdigest()[:12]


def address(name: str) -> str:
    """Where this server's version of a file is: `url_for`, but fast, because a page has a hundred icons."""
    return f"{request.script_root}{current_app.static_url_path}/{version()}/{name}"


def static(filename: str) -> Response:
    """A file of the interface, by its version or as it is now. Another version has none here (404)."""
    asked = _VERSIONED.fullmatch(filename)
    if asked is None:
        return _file(filename)
    if asked[1] != version():
        abort(404)
    answer = _file(asked[2])
    answer.headers["Cache-Control"] = f"public, max-age={_FOR_GOOD}, immutable"
    for name in _NEVER_ASKED:
        answer.headers.pop(name, None)
    small = answer.mimetype in _TEXTS and (answer.content_length or 0) <= _MOST
    if small and answer.status_code == 200 and "Range" not in request.headers:
        _shrink(answer, asked[2])
    return answer


def _file(name: str) -> Response:
    if name != sprite.SPRITE:
        return styles.static(name)
    answer = make_response(sprite.text())
    answer.content_type = "image/svg+xml; charset=utf-8"
    return answer


def _shrink(answer: Response, name: str) -> None:
    """Make a file as small as it gets: phones load many of them, and each is made so once."""
    answer.direct_passthrough = False
    if name not in _lean:
        text = answer.get_data().decode()
        _lean[name] = (text if ".min." in name else _TEXTS[answer.mimetype or ""](text)).encode()
    answer.set_data(_lean[name])
    if not request.accept_encodings["br"]:
        return
    if name not in _compressed:
        _compressed[name] = brotli.compress(_lean[name], quality=11)
    answer.set_data(_compressed[name])
    answer.headers["Content-Encoding"] = "br"
    answer.vary.add("Accept-Encoding")


def register(app: Flask) -> None:
    """Serve the files, and let every address of one name the version."""
    app.config["INTERFACE"] = digest()
    app.view_functions["static"] = static
    app.jinja_env.globals["interface_version"] = version

    @app.url_defaults
    def of_this_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and not _VERSIONED.fullmatch(values["filename"]):
            values["filename"] = f"{version()}/{values['filename']}"
