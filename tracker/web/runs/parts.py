"""The parts from which a phone draws rows by itself: a file for each language, kept by browsers for good."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

from flask import Blueprint, abort, current_app, render_template, request, url_for
from flask_babel import get_locale

from tracker.web import reader
from tracker.web.actions import needs
from tracker.web.runs.specimens import Specimens

bp = Blueprint("parts", __name__)


@bp.get("/run-parts/<language>/<version>")
@needs("open")
def parts(language: str, version: str) -> Any:
    """The parts in one language; an older version's address gives those of now, which nobody keeps."""
    if language not in reader.languages():
        abort(404)
    text = _parts(language, request.script_root)
    current = version == _version(text)
    answer = current_app.response_class(text, mimetype="application/json")
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if current else "no-store"
    return answer


def address() -> str:
    """Where the parts are in the reader's language."""
    language = str(get_locale())
    return url_for("parts.parts", language=language, version=_version(_parts(language, request.script_root)))


def _version(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@lru_cache(maxsize=16)
def _parts(language: str, root: str) -> str:
    with reader.speaking(language):
        found = json.loads(render_template("runs/parts.html", specimens=Specimens()))
    return json.dumps(found, ensure_ascii=False, sort_keys=True)
