"""What every answer says to the worker on a phone: that it is ours, whose it is, and of which version.

What a phone fetches by itself, to be kept, says so: nobody asks for it, and it takes nothing shown once.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, get_flashed_messages, request
from flask_login import current_user

from tracker.web import interface

BY_ITSELF = "Holdfast-By-Itself"


def is_by_itself() -> bool:
    """Whether a phone asks, and nobody who looks at it."""
    return BY_ITSELF in request.headers


def mark(response: Response) -> Response:
    """The answer with its marks. Where nobody has been looked up, it is nobody's."""
    somebody = "_login_user" in g and current_user.is_authenticated
    response.headers["Holdfast-Person"] = str(current_user.id) if somebody else "0"
    if request.endpoint != "static":  # whose address says it, and of which every page has dozens
        response.headers["Holdfast-Interface"] = interface.version()
    if "said_once" in g:
        response.headers["Holdfast-Once"] = "1"
    return response


def flashed(**more: Any) -> Any:
    """What is told once, on the next page that somebody sees: not on one that is fetched to be kept."""
    if is_by_itself():
        return []
    told = get_flashed_messages(**more)
    if told:
        g.said_once = True
    return told


def register(app: Flask) -> None:
    """Let templates ask here for what is told once."""
    app.jinja_env.globals["get_flashed_messages"] = flashed
    app.after_request(mark)
