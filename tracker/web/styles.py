"""The tracker's style sheets: a file for each concern, sent together, so that a page asks few times."""

from __future__ import annotations

from pathlib import Path

from flask import current_app, make_response, request
from werkzeug.wrappers.response import Response

import tracker

SHEETS = {
    "holdfast.css": (
        *("base", "forms", "bar", "page", "lists", "tables"),  # what pages of every subject are made of
        *("find", "today", "run", "records", "one_step", "phone", "entrance"),
        "print",
    ),
    "desk.css": ("charts", "codes", "board", "reports", "print"),
}
"""Sheets, each with its files of `static/styles` in the order in which they count.

A later one may override an earlier one, and `desk.css` overrides `holdfast.css`. It holds what the page of a
run, which phones load, has no use for."""


def static(filename: str) -> Response:
    """A file of the interface, or a style sheet."""
    if filename not in SHEETS:
        return current_app.send_static_file(filename)
    place = Path(tracker.__file__).parent / "static/styles"
    answer = make_response("\n".join((place / f"{part}.css").read_text("utf-8") for part in SHEETS[filename]))
    answer.content_type = "text/css; charset=utf-8"
    answer.cache_control.max_age = current_app.get_send_file_max_age(filename)
    answer.add_etag()
    answer.make_conditional(request)
    return answer
