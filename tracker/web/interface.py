"""The files of the interface at addresses that change with it: a page only gets those it was made with.

`url_for("static", …)` gives `/static/<version>/…`, which browsers keep for good. A file without a version
is what it is now. A version that is not this server's has no file: no script comes from another one.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, abort, current_app
from werkzeug.wrappers.response import Response

import tracker
from tracker.share import share
from tracker.web import styles

_PACKAGE = Path(tracker.__file__).parent
_VERSIONED = re.compile(r"([0-9a-f]{12})/(.+)")
_FOR_GOOD = 365 * 24 * 3600


def version() -> str:
    """The version of this server's interface: twelve hexadecimal digits."""
    said: str = current_app.config["INTERFACE"]
    return said


@cache
def digest() -> str:
    """The digest of all that pages are made of: scripts, styles, templates, texts."""
    folders = _PACKAGE / "static", _PACKAGE / "translations", share("templates")
    total = hashlib.sha256()
    for folder in folders:
        for file in sorted(file for file in folder.rglob("*") if file.is_file()):
            total.update(
                f"{file.relative_to(folder)}\0".encode() + hashlib.sha256(file.read_bytes()).digest()
            )
    return total.hexdigest()[:12]


def static(filename: str) -> Response:
    """A file of the interface, by its version or as it is now. Another version has none here (404)."""
    asked = _VERSIONED.fullmatch(filename)
    if asked is None:
        return styles.static(filename)
    if asked[1] != version():
        abort(404)
    answer = styles.static(asked[2])
    answer.headers["Cache-Control"] = f"public, max-age={_FOR_GOOD}, immutable"
    return answer


def register(app: Flask) -> None:
    """Serve the files, and let every address of one name the version."""
    app.config["INTERFACE"] = digest()
    app.view_functions["static"] = static
    app.jinja_env.globals["interface_version"] = version

    @app.url_defaults
    def of_this_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and not _VERSIONED.fullmatch(values["filename"]):
            values["filename"] = f"{version()}/{values['filename']}"
