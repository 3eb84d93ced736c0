"""The built site and the frozen images of revisions."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from flask_login import current_user
from werkzeug.security import safe_join

from tracker.config import Settings
from tracker.db import db
from tracker.domain.library import addresses
from tracker.domain.library import media as frozen
from tracker.sop.attachments import ATTACHMENTS
from tracker.web import policy
from tracker.web.actions import needs
from tracker.web.library import site_parts

bp = Blueprint("site", __name__)

OF_THEME = (".js", ".css", ".json", ".map", ".woff", ".woff2")
"""Kinds of files that only the theme and MkDocs bring."""


@bp.get("/docs/")
@bp.get("/docs/<path:path>")
@needs("site.read")
def page(path: str = "") -> Any:
    """A file of the built site."""
    settings: Settings = current_app.config["HOLDFAST"]
    if not (settings.site / "index.html").is_file():
        response = make_response(render_template("library/building.html"), 503)
        response.headers["Retry-After"] = "3"
        response.headers["Refresh"] = "3"
        return response
    name = normal_path(path)
    file = safe_join(str(settings.site), name)
    if file is None or name.casefold() == "csp.json":
        abort(404)
    is_folder = os.path.isdir(file)  # None for names that the file system can't have
    if is_folder is not True and (target := _moved(name, file)):
        return redirect(target, 302)  # not for good: another document may come to lie there
    if not is_folder and name.endswith("/"):
        abort(404)
    if is_folder and name and not name.endswith("/"):
        name += "/"
    if name != path:
        asked = request.query_string.decode("ascii", "replace")
        return redirect(url_for("site.page", path=name) + (f"?{asked}" if asked else ""), 308)
    if is_folder:
        name += "index.html"
    if name == site_parts.LIVE and current_user.is_authenticated:
        response = current_app.send_static_file("glance.js")
    elif name == site_parts.SEARCH:
        response = current_app.send_static_file("site_search.js")
    elif script := site_parts.OURS.get(name):
        response = current_app.send_static_file(script)
    else:
        response = _file(settings.site, name)
    response.headers["Cache-Control"] = _kept(response.mimetype or "", name)
    return response


def _moved(name: str, file: str) -> str | None:
    """The address of a page that has lain at `name` and was moved; None where a file lies there."""
    page = name.endswith(("/", ".html")) or "." not in name.rpartition("/")[2]
    place = addresses.moved(db.session(), name) if page and name and not os.path.exists(file) else None
    return url_for("site.page", path=place) if place is not None else None


def normal_path(path: str) -> str:
    """The one spelling of a path below the site, without empty parts and ".": every rule sees the same.

    Refused (404) is what no page of ours is called: "..", backslashes, and parts that begin with a dot, or
    that end with a dot or a space, which some systems leave out.
    """
    if ".." in path.split("/") or "\\" in path or not path.isprintable():
        abort(404)
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if any(part.startswith(".") or part.endswith((".", " ")) for part in parts):
        abort(404)
    folder = bool(parts) and path.rpartition("/")[2] in ("", ".")
    return "/".join(parts) + ("/" if folder else "")


def _kept(kind: str, name: str) -> str:
    """The Cache-Control of a file of the site. If one must sign in for the site, no proxy may keep it.

    Pages and what is searched in them are asked for again each time, so that they are the ones in force.
    """
    whose = "public" if current_app.config["HOLDFAST"].public_site and name != site_parts.LIVE else "private"
    ours = name == site_parts.LIVE or name in site_parts.OURS
    changing = kind == "text/html" or ours or name.endswith(".json")
    return f"{whose}, no-cache" if changing else f"{whose}, max-age=3600"


@bp.get("/media/<name>")
@needs("site.read")
def media(name: str) -> Any:
    """An image as it was when its revision was published; its name is its digest, so it never changes."""
    settings: Settings = current_app.config["HOLDFAST"]
    if not frozen.FROZEN.fullmatch(name):
        abort(404)
    frozen.restore(db.session(), settings.instance, name)
    response = policy.from_people(send_from_directory(settings.instance / "media", name))
    whose = "public" if settings.public_site else "private"
    response.headers["Cache-Control"] = f"{whose}, max-age=31536000, immutable"
    return response


def _file(place: Path, name: str) -> Any:
    """A file of the site. By its kind it is a page, one of the theme's, or one that people have placed: the
    build takes in nothing else of theirs (`docs_plugin.files`)."""
    kind = Path(name).suffix.lower()
    response = send_from_directory(place, name, as_attachment=kind in ATTACHMENTS)
    if name == policy.DRAWING:
        response.headers["Content-Security-Policy"] = policy.drawing()
    elif response.mimetype == "text/html":
        response.headers["Content-Security-Policy"] = policy.site(_hashes(place / "csp.json"))
    elif kind not in OF_THEME:
        policy.from_people(response)
    return response


def _hashes(file: Path) -> tuple[str, ...]:
    """The hashes of the theme's inline scripts, as the build has collected them in a file."""
    try:
        return _hashes_of(file, file.stat().st_mtime_ns)
    except OSError:
        return ()


@lru_cache(maxsize=2)
def _hashes_of(file: Path, _: int) -> tuple[str, ...]:
    return tuple(json.loads(file.read_text()).get("script-src", []))
