"""Answers that are no pages: downloads, and the redirect to the sign-in page."""

from __future__ import annotations

from flask import Response, make_response, redirect, request, url_for
from werkzeug.wrappers.response import Response as BaseResponse

from tracker.db import writing
from tracker.domain import security_log
from tracker.web import reader


def to_login() -> BaseResponse:
    """Send somebody who is not signed in to the sign-in page; htmx needs to be told to leave the page."""
    target = url_for("auth.login")
    if request.headers.get("HX-Request"):
        response = make_response("", 401)
        response.headers["HX-Redirect"] = target
        return response
    return redirect(target)


def wants_fragment() -> bool:
    return bool(request.headers.get("HX-Request"))


def download(text: str, name: str) -> Response:
    """A CSV file, with a mark by which spreadsheets know that it is UTF-8.

    Characters that a header may not hold are left out of the name. The download is logged.
    """
    with writing() as session:
        security_log.write(
            session,
            reader.now(),
            security_log.EXPORTED,
            person=reader.person(),
            actor=reader.actor(),
            file=name[:120],
        )
    response = make_response("\ufeff" + text)
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = "".join(letter for letter in name if letter.isprintable() and letter != '"')
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
