"""The tracker's style sheet: a file for each concern, sent as one, so that a page asks once."""

from __future__ import annotations

from pathlib import Path

from flask import current_app, make_response, request
from werkzeug.wrappers.response import Response

import tracker

SHEET = "holdfast.css"

PARTS = (
    *("base", "forms", "bar", "page", "lists", "tables"),  # what pages of every subject are made of
    *(
        "find",
        "today",
        "charts",
        "codes",
        "run",
        "records",
        "one_step",
        "phone",
        "entrance",
        "board",
        "reports",
    ),
    "print",
)
"""Files of `static/styles` in the order in which they count: a later one may override an earlier one."""


def static(filename: str) -> Response:
    """A file of the interface, or the style sheet."""
    if filename != SHEET:
        return current_app.send_static_file(filename)
    place = Path(tracker.__file__).parent / "static/styles"
    answer = make_response("\n".join((place / f"{part}.css").read_text("utf-8") for part in PARTS))
    answer.content_type = "text/css; charset=utf-8"
    answer.cache_control.max_age = current_app.get_send_file_max_age(filename)
    answer.add_etag()
    answer.make_conditional(request)
    return answer
