"""Answers that are no pages: downloads, and the redirect to the sign-in page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from flask import Response, jsonify, make_response, redirect, request, url_for
from werkzeug.wrappers.response import Response as BaseResponse

from tracker.db import writing
from tracker.domain import security_log
from tracker.sop.text import clean
from tracker.web import reader

_NOT_IN_NAMES = re.compile(r'[/\\:*?"<>|]+')


def to_login() -> BaseResponse:
    """Send somebody who is not signed in to the sign-in page; htmx needs to be told to leave the page."""
    target = url_for("auth.login")
    if request.headers.get("HX-Request"):
        response = make_response("", 401)
        response.headers["HX-Redirect"] = target
        return response
    return redirect(target)


def marked(mark: str, error: str, status: int, **more: Any) -> Response:
    """An answer to a program: why nothing was done, with the mark by which it knows us."""
    response = jsonify({"holdfast": mark, "error": error, **more})
    response.status_code = status
    return response


def wants_json() -> bool:
    """Whether a program asks, which a browser that shows a page is not."""
    kinds = request.accept_mimetypes
    return kinds.best_match(["text/html", "application/json"]) == "application/json"


def wants_fragment() -> bool:
    return bool(request.headers.get("HX-Request"))


def download(text: str, name: str) -> Response:
    """A CSV file, with a mark by which spreadsheets know that it is UTF-8. The download is logged."""
    return _to_be_saved(make_response("\ufeff" + text), name, "text/csv")


def download_in_pieces(pieces: Iterator[str], name: str, media_type: str) -> Response:
    """A file that is sent while it is made, so that nobody holds all of it. The download is logged."""
    return _to_be_saved(Response(pieces), name, media_type)


def _to_be_saved(response: Response, name: str, media_type: str) -> Response:
    with writing() as session:
        security_log.write(
            session,
            reader.now(),
            security_log.EXPORTED,
            person=reader.person(),
            actor=reader.actor(),
            file=name[:120],
        )
    response.headers["Content-Type"] = f"{media_type}; charset=utf-8"
    response.headers["Content-Disposition"] = to_be_saved_as(name)
    return response


def to_be_saved_as(name: str) -> str:
    """The header by which browsers save an answer under the name, in letters of any script (RFC 6266).

    What no file may be called by is left out; programs that know ASCII alone get what of the name they know.
    """
    whole = _NOT_IN_NAMES.sub("-", clean(name)).strip(". ") or "holdfast"
    if whole.isascii():
        return f'attachment; filename="{whole}"'
    known = unicodedata.normalize("NFKD", whole).encode("ascii", "ignore").decode()
    plain = known if known.partition(".")[0].strip(" -_") else f"holdfast{known}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(whole, safe='')}"
