"""Admins: people, locations, teams, and whom the SOPs mean by their owners' names."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import segno
from flask import Blueprint, redirect, render_template, request, url_for

from tracker.db import db, writing
from tracker.domain.entrance import factors
from tracker.domain.entrance.passwords import PasswordHash
from tracker.domain.library import catalogue
from tracker.domain.people import accounts, directory, owner_names, password_links, places
from tracker.errors import N_, HoldfastError, NotFoundError
from tracker.models import LEVELS, Location, Person, Team
from tracker.web import hosts
from tracker.web.actions import needs
from tracker.web.entrance.account import open_sessions
from tracker.web.entrance.passwords import address_of, common_words, until
from tracker.web.forms import row_id
from tracker.web.reader import actor, now
from tracker.web.spoken import error_text

bp = Blueprint("accounts", __name__)


@bp.get("/people")
@needs("people.manage")
def everybody() -> Any:
    """Accounts, locations, teams, and owners' names that are nobody yet."""
    return _page({}, "")


@bp.post("/people")
@needs("people.manage")
def add() -> Any:
    """Add an account: with a link by which its person chooses a password, or with a first one typed here."""
    form, made = request.form, None
    try:
        password = _first_password(form.get("login", ""), form.get("name", ""))
        with writing() as session:
            added = accounts.add(
                session,
                actor(),
                now(),
                login=form.get("login", ""),
                name=form.get("name", ""),
                password=password,
                level=form.get("access", "staff"),
                location=_one(session, Location, "location"),
                team=_one(session, Team, "team"),
                roles=_roles(),
                areas=form.getlist("area"),
                everywhere=form.get("everywhere") == "1",
                email=form.get("email", ""),
            )
            if password is None:
                made = password_links.make(session, actor(), now(), added)
    except HoldfastError as error:
        return _page(form, error_text(error)), error.status
    if made is not None:
        return _link_page(added, *made)
    return redirect(url_for("accounts.everybody", _anchor=f"person-{added.id}"), 303)


@bp.get("/people/<int:person_id>")
@needs("people.manage")
def person(person_id: int) -> Any:
    return _person_page(_load(db.session(), person_id), "")


@bp.post("/people/<int:person_id>")
@needs("people.manage")
def change(person_id: int) -> Any:
    form, before = request.form, _load(db.session(), person_id)
    try:
        password = _first_password(before.login, before.name)
        with writing() as session:
            accounts.change(
                session,
                actor(),
                now(),
                _load(session, person_id),
                name=form.get("name", ""),
                level=form.get("access", ""),
                location=_one(session, Location, "location"),
                team=_one(session, Team, "team"),
                roles=_roles(),
                areas=form.getlist("area"),
                everywhere=form.get("everywhere") == "1",
                email=form.get("email"),
                password=password,
                disabled=form.get("disabled") == "1",
            )
    except HoldfastError as error:
        return _person_page(_load(db.session(), person_id), error_text(error)), error.status
    return redirect(url_for("accounts.everybody"), 303)


@bp.post("/people/<int:person_id>/link")
@needs("people.manage")
def make_link(person_id: int) -> Any:
    """A new link to a password, shown in this answer and never again."""
    with writing() as session:
        person = _load(session, person_id)
        made = password_links.make(session, actor(), now(), person)
    return _link_page(person, *made)


@bp.post("/people/<int:person_id>/factors/removal")
@needs("people.manage")
def remove_factors(person_id: int) -> Any:
    """Take the second factors of somebody away who has lost them."""
    with writing() as session:
        factors.lose(session, actor(), now(), _load(session, person_id))
    return redirect(url_for("accounts.person", person_id=person_id), 303)


@bp.post("/locations")
@needs("place.manage")
def add_location() -> Any:
    with writing() as session:
        places.add_location(
            session, actor(), now(), name=request.form.get("name", ""), zone=request.form.get("zone", "")
        )
    return redirect(url_for("accounts.everybody") + "#places", 303)


@bp.post("/teams")
@needs("place.manage")
def add_team() -> Any:
    with writing() as session:
        places.add_team(
            session,
            actor(),
            now(),
            name=request.form.get("name", ""),
            location=_one(session, Location, "location"),
        )
    return redirect(url_for("accounts.everybody") + "#places", 303)


@bp.post("/locations/<int:location_id>")
@needs("place.manage")
def change_location(location_id: int) -> Any:
    """Rename a location, correct its zone, give it up or use it again."""
    form = request.form
    name, zone, retired = form.get("name", ""), form.get("zone", ""), form.get("retired") == "1"
    with writing() as session:
        places.change_location(session, actor(), now(), location_id, name=name, zone=zone, retired=retired)
    return redirect(url_for("accounts.everybody") + "#places", 303)


@bp.post("/teams/<int:team_id>")
@needs("place.manage")
def change_team(team_id: int) -> Any:
    """Rename a team, move it, give it up or use it again."""
    form = request.form
    with writing() as session:
        location = _one(session, Location, "location")
        name, retired = form.get("name", ""), form.get("retired") == "1"
        places.change_team(session, actor(), now(), team_id, name=name, location=location, retired=retired)
    return redirect(url_for("accounts.everybody") + "#places", 303)


@bp.post("/owner-names")
@needs("owner.name")
def name_owner() -> Any:
    """Say whom an SOP's owner means."""
    with writing() as session:
        meant = _load(session, row_id(request.form.get("person", "")) or 0)
        owner_names.name_owner(session, actor(), now(), request.form.get("name", ""), meant)
    return redirect(url_for("accounts.everybody") + "#owners", 303)


def _load(session: Any, person_id: int) -> Person:
    row: Person | None = session.get(Person, person_id)
    if row is None:
        raise NotFoundError(N_("There is no such person."))
    return row


def _first_password(login: str, name: str) -> PasswordHash | None:
    """The first password that was typed for somebody, checked and hashed; None where none was."""
    text = request.form.get("password", "")
    return accounts.new_password(text, login, [name, *common_words()]) if text else None


def _link_page(person: Person, token: str, ends: datetime) -> str:
    """The link as text and as a QR code."""
    address = address_of(token)
    return render_template(
        "people/password_link.html", person=person, address=address, until=until(ends),
        only_here=hosts.is_loopback(urlsplit(address).hostname or ""),
        image=segno.make(address, error="m").svg_data_uri(scale=5, light="white", border=3),
    )  # fmt: skip


def _one(session: Any, kind: type[Any], field: str) -> Any:
    """The location or team that the form chose, or None for no choice."""
    chosen = row_id(request.form.get(field, "").strip())
    return session.get(kind, chosen) if chosen else None


def _roles() -> list[str]:
    return [name.strip() for name in request.form.get("roles", "").split(",") if name.strip()]


def _choices() -> dict[str, Any]:
    session = db.session()
    return {
        "levels": LEVELS,
        "locations": directory.locations(session),
        "teams": directory.teams(session),
        "roles": directory.roles(session),
        "areas": catalogue.areas(session),
        "zones": sorted(available_timezones()),
    }


def _page(given: Any, error: str) -> str:
    session = db.session()
    accounts = directory.accounts(session)
    return render_template(
        "people/people.html",
        accounts=accounts,
        shared=directory.shared_logins(accounts),
        people=directory.people(session),
        unknown=owner_names.unknown_owners(session),
        given=given,
        error=error,
        now=now(),
        until=until,
        all_locations=directory.locations(session, retired=True),
        all_teams=directory.teams(session, retired=True),
        **_choices(),
    )


def _person_page(person: Person, error: str) -> str:
    return render_template(
        "people/person.html",
        person=person,
        error=error,
        has_factor=factors.has(db.session(), person),
        first_ends=until(person.first_until) if person.first_until else "",
        first_over=accounts.first_is_over(person, now()),
        sessions=open_sessions(person),
        **_choices(),
    )
