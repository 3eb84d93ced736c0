"""The token of a page's forms says for whom the page was drawn, also once the session is over.

It is the CSRF token, signed, whose secret part begins with the person's number: a form that comes too late
can be given back to whoever filled it in, and to nobody else. It proves nothing about who sends it.
"""

from __future__ import annotations

import hmac
import secrets

from flask import current_app, request, session
from itsdangerous import BadData, URLSafeTimedSerializer

from tracker.domain.entrance import sealing
from tracker.models import Person
from tracker.web.forms import row_id

OLDEST_SECONDS = 30 * 24 * 3600
"""So long a page stands open at most whose forms are still worth keeping."""


def begin(person: Person) -> None:
    """Draw the pages of this session for the person from now on, with a secret of their own."""
    session["csrf_token"] = f"{person.id}.{secrets.token_hex(20)}"


def of_device(cookie: str) -> str:
    """The secret part for the lock screen of a shared device, by its cookie: the same in all of its tabs."""
    key = sealing.key_for("lock screen", current_app.config["HOLDFAST"].secret_key)
    return hmac.digest(key, cookie.encode(), "sha256").hex()


def is_of(secret: str) -> bool:
    """Whether this form comes from a page with that secret part."""
    return hmac.compare_digest(_secret().encode(), secret.encode())


def drawn_for() -> int | None:
    """The number of the person for whom the page was drawn that this form comes from; None: nobody knows."""
    number, dot, _ = _secret().partition(".")
    return row_id(number) if dot else None


def drawn_for_nobody() -> bool:
    """Whether this form comes from a page of ours from before anybody had signed in."""
    return bool(_secret()) and drawn_for() is None


def _secret() -> str:
    given = request.form.get("csrf_token") or request.headers.get("X-CSRFToken", "")
    signer = URLSafeTimedSerializer(current_app.secret_key or "", salt="wtf-csrf-token")
    try:
        return str(signer.loads(given, max_age=OLDEST_SECONDS))
    except BadData:
        return ""
