"""The built site and the frozen images of revisions."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, current_app, make_response, redirect, render_template, send_from_directory
from flask_login import current_user
from werkzeug.security import safe_join

from tracker.config import Settings
from tracker.sop.published import ATTACHMENTS
from tracker.web import policy
from tracker.web.pages import needs

bp = Blueprint("site", __name__)

LIVE = "assets/live.js"
"""Does nothing in the site as it is built; who is signed in gets the script that asks the tracker."""


OF_THEME = (".js", ".css", ".json", ".map", ".woff", ".woff2")
"""Kinds of files that only the theme and MkDocs bring."""


@bp.get("/docs/")
@bp.get("/docs/<path:path>")
@needs("site.read")
def page(path: str = "") -> Any:
    """A file of the built site."""
    settings: Settings = current_app.config["HOLDFAST"]
    if not (settings.site / "index.html").is_file():
        response = make_response(render_template("building.html"), 503)
        response.headers["Retry-After"] = "3"
        response.headers["Refresh"] = "3"
        return response
    found = safe_join(str(settings.site), path)
    if found is None or path == "csp.json":
        abort(404)
    if os.path.isdir(found):  # says no to names that the system can't have
        if path and not path.endswith("/"):
            return redirect(f"/docs/{path}/")
        path = f"{path}index.html"
    if path == LIVE and current_user.is_authenticated:
        return current_app.send_static_file("glance.js")
    return _file(settings.site, path)


@bp.get("/media/<name>")
@needs("site.read")
def media(name: str) -> Any:
    """An image as it was when its revision was published; its name is its digest, so it never changes."""
    settings: Settings = current_app.config["HOLDFAST"]
    return policy.from_people(send_from_directory(settings.instance / "media", name, max_age=31_536_000))


def _file(place: Path, path: str) -> Any:
    """A file of the site. By its kind it is a page, one of the theme's, or one that people have placed: the
    build takes in nothing else of theirs (`docs_plugin.written`)."""
    kind = Path(path).suffix.lower()
    response = send_from_directory(place, path, as_attachment=kind in ATTACHMENTS)
    if kind == ".html":
        response.headers["Content-Security-Policy"] = policy.site(_hashes(place / "csp.json"))
        response.headers["Cache-Control"] = "no-cache"
    elif kind not in OF_THEME:
        policy.from_people(response)
    return response


def _hashes(file: Path) -> tuple[str, ...]:
    """Of the theme's scripts within the pages, as the build has collected them."""
    try:
        return _hashes_of(file, file.stat().st_mtime_ns)
    except OSError:
        return ()


@lru_cache(maxsize=2)
def _hashes_of(file: Path, _: int) -> tuple[str, ...]:
    return tuple(json.loads(file.read_text()).get("script-src", []))
