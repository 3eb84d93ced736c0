"""A button pressed twice: whoever waits for a slow line sees what the first press has led to, not a refusal.

Each form is drawn with an id of its own. The same form of the same person with the same content is done once;
when it comes again within two minutes, it leads where it led the first time.
"""

from __future__ import annotations

import hashlib
import time

from flask import Flask, Response, g, make_response, redirect, request, url_for
from werkzeug.wrappers.response import Response as BaseResponse

from tracker.db import db, writing
from tracker.domain.entrance import sent_forms
from tracker.errors import N_, ConflictError
from tracker.web import hosts, resending
from tracker.web.reader import actor_if_any, now

FIELD = "form_id"
WAIT_SECONDS = 10.0


def leads_to(target: str) -> None:
    """Say where a second press leads if the answer to the first is a page that is shown once only."""
    g.repeat_leads_to = target


def look() -> BaseResponse | None:
    """Begin with a form that has an id, or answer it as a moment ago."""
    if request.method != "POST" or not request.form.get(FIELD) or (who := actor_if_any()) is None:
        return None
    digest = _digest(who.holder.id)
    while True:
        with writing() as session:
            is_new = sent_forms.claim(session, now(), digest)
        if is_new:
            g.sent_form = digest
            return None
        try:
            return _to(_target(digest))
        except LookupError:
            pass  # the first press was refused meanwhile: this one is tried


def note(response: Response) -> Response:
    """Note where the answer to the form of this request leads; forget it where it was refused."""
    digest = g.pop("sent_form", None)
    if digest is not None:
        target = _led_to(response)
        with writing() as session:
            if target:
                sent_forms.answered(session, digest, target)
            else:
                sent_forms.refused(session, digest)
    return response


def register(app: Flask) -> None:
    """Look at every form that an account sends."""
    app.before_request(look)
    app.after_request(note)


def _digest(person_id: int) -> str:
    """One name for a form with all that is in it. Its id is by chance, so that no password can be guessed."""
    fields = sorted((name, text) for name, text in request.form.items(multi=True) if name != "csrf_token")
    files = sorted((name, file.filename or "") for name, file in request.files.items(multi=True))
    said = repr((person_id, request.full_path, fields, files))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _target(digest: str) -> str:
    """Where the first press led, once it is known. Raises LookupError, and ConflictError after a while."""
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        db.session.rollback()
        target = sent_forms.target(db.session(), digest)
        if target is not None:
            return target
        time.sleep(0.05)
    raise ConflictError(N_("This was sent already and is still being worked on. Look again in a minute."))


def _to(target: str) -> BaseResponse:
    if request.headers.get("HX-Request"):
        return make_response("", 200, {"HX-Refresh": "true"})
    return redirect(target, 303)


def _led_to(response: Response) -> str:
    """The page that shows what has been done; "" if nothing was, or if the form may be done once more."""
    if response.status_code in (301, 302, 303):
        return hosts.inside(hosts.path_of(response.location or ""), request.script_root)
    if response.status_code < 300 and request.headers.get("HX-Request"):
        return resending.page_of() or url_for("today.today")
    return str(g.get("repeat_leads_to", "")) if response.status_code < 300 else ""
