"""One's own account: where one is signed in, and ending it; for admins the same of everybody."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, url_for

from tracker.db import db, writing
from tracker.domain.entrance import sessions as rows
from tracker.errors import N_, NotFoundError
from tracker.models import Person
from tracker.web.actions import needs
from tracker.web.entrance import factors, proving, sessions
from tracker.web.reader import actor, now, person

bp = Blueprint("account", __name__)


@bp.get("/account")
@needs("account.see")
def own() -> Any:
    """Your account: how it is protected, and where you are signed in."""
    mails = current_app.config["HOLDFAST"].sends_mail
    return render_template(
        "entrance/account.html", sessions=open_sessions(person()), mails=mails, sure=proving.is_sure(),
        **factors.standing(),
    )  # fmt: skip


@bp.post("/account/sessions/<int:session_id>/end")
@needs("account.see")
def end(session_id: int) -> Any:
    """End one of one's own sessions; the one that asks, too. A copied cookie alone does not do it."""
    if not proving.is_sure():
        return proving.ask(_own_sessions())
    with writing() as transaction:
        rows.end(transaction, actor(), now(), session_id, of=person())
    return redirect(_own_sessions(), 303)


@bp.post("/account/sessions/end")
@needs("account.see")
def end_others() -> Any:
    """End all of one's own sessions but the one that asks. A copied cookie alone does not do it."""
    if not proving.is_sure():
        return proving.ask(_own_sessions())
    with writing() as transaction:
        rows.end_others(transaction, actor(), now(), person(), but=person().token)
    return redirect(_own_sessions(), 303)


@bp.post("/people/<int:person_id>/sessions/<int:session_id>/end")
@needs("people.manage")
def end_of(person_id: int, session_id: int) -> Any:
    """End one session of somebody."""
    with writing() as transaction:
        rows.end(transaction, actor(), now(), session_id, of=_load(person_id))
    return redirect(url_for("accounts.person", person_id=person_id, _anchor="sessions"), 303)


@bp.post("/people/<int:person_id>/sessions/end")
@needs("people.manage")
def end_all_of(person_id: int) -> Any:
    """End every session of somebody; of one's own but the one that asks."""
    with writing() as transaction:
        whose = _load(person_id)
        rows.end_others(transaction, actor(), now(), whose, but=person().token)
    return redirect(url_for("accounts.person", person_id=person_id, _anchor="sessions"), 303)


def open_sessions(person: Person) -> Any:
    """Where the person is signed in now, the one used last first."""
    return rows.open_ones(db.session(), person, now(), sessions.limits())


def _own_sessions() -> str:
    return url_for("account.own", _anchor="sessions")


def _load(person_id: int) -> Person:
    row = db.session().get(Person, person_id)
    if row is None:
        raise NotFoundError(N_("There is no such person."))
    return row
