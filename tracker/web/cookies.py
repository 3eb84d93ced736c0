"""What our cookies are called, and for which addresses: those below the path at which people reach us."""

from __future__ import annotations

from flask import Flask, current_app, request
from flask.sessions import SecureCookieSessionInterface


def name(purpose: str = "") -> str:
    """The name of our cookie for a purpose; without one, that of the session.

    Browsers take a name with `__Host-` for the whole host only.
    """
    session: str = current_app.config["SESSION_COOKIE_NAME"]
    if request.script_root:
        session = session.replace("__Host-", "__Secure-")
    return f"{session}-{purpose}" if purpose else session


def path() -> str:
    """The path of every cookie."""
    return request.script_root or "/"


class Sessions(SecureCookieSessionInterface):
    """Flask's signed cookie, by our name and path."""

    def get_cookie_name(self, app: Flask) -> str:
        return name()

    def get_cookie_path(self, app: Flask) -> str:
        return path()
