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
from tracker.web.pages import SANDBOX, needs

bp = Blueprint("site", __name__)

LIVE = "assets/live.js"
"""Does nothing in the site as it is built; who is signed in gets the script that asks the tracker."""


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
    response = send_from_directory(settings.site, path)
    if path.endswith((".svg", ".xml")):  # opened by itself, an SVG is a document that could run scripts
        response.headers["Content-Security-Policy"] = SANDBOX
    if path.endswith(".html"):
        response.headers["Content-Security-Policy"] = _policy(settings.site / "csp.json")
        response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/media/<name>")
@needs("site.read")
def media(name: str) -> Any:
    """An image as it was when its revision was published; its name is its digest, so it never changes."""
    settings: Settings = current_app.config["HOLDFAST"]
    response = send_from_directory(settings.instance / "media", name, max_age=31_536_000)
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def _policy(file: Path) -> str:
    """The site's own policy: its inline scripts by their hashes, as the build collected them."""
    try:
        return _policy_of(file, file.stat().st_mtime_ns)
    except OSError:
        return "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"


@lru_cache(maxsize=2)
def _policy_of(file: Path, _: int) -> str:
    hashes = " ".join(json.loads(file.read_text()).get("script-src", []))
    return (
        f"default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
        "frame-ancestors 'none'; form-action 'self'"
    )
