"""Nobody takes back unseen what another has changed: a form that changes a thing carries its version."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.forms import Form, forms_in
from tests.support.installation import NOW, PASSWORD, Cast, Visitor
from tests.support.pages import PAGES
from tracker.domain.people import devices
from tracker.domain.runs import lifecycle
from tracker.models import Device, Location, OwnerName, Person, Run, Team

Visit = Callable[[Person | None], Visitor]

VERSIONED = {
    "POST /account/email", "POST /board/views/<int:view_id>", "POST /devices/<int:device_id>",
    "POST /locations/<int:location_id>",
    "POST /owner-names", "POST /people/<int:person_id>", "POST /runs/<int:run_id>/due",
    "POST /sops/<sop_id>/judgements", "POST /teams/<int:team_id>",
}  # fmt: skip

NEEDS_NONE = {
    "it adds something: nothing that stands is taken back": {
        "POST /assign", "POST /assign/list", "POST /batches/<int:batch_id>/copy", "POST /devices",
        "POST /forgotten", "POST /locations", "POST /people", "POST /people/<int:person_id>/link",
        "POST /board/views", "POST /runs/<int:run_id>/aliases", "POST /runs/<int:run_id>/overrides",
        "POST /runs/<int:run_id>/records", "POST /runs/<int:run_id>/spot-check", "POST /setup",
        "POST /start/<sop_id>", "POST /teams", "POST /csp-reports", "POST /queue",
        "POST /runs/<int:run_id>/comments", "POST /runs/<int:run_id>/late/sight",
    },
    "it is a step from one state to another: who comes second is refused, and told how it stands": {
        "POST /batches/<int:batch_id>/opening", "POST /next", "POST /runs/<int:run_id>/cancellation",
        "POST /runs/<int:run_id>/claim", "POST /runs/<int:run_id>/close", "POST /runs/<int:run_id>/late",
        "POST /runs/<int:run_id>/offer/acceptance", "POST /runs/<int:run_id>/offer/refusal",
        "POST /runs/<int:run_id>/offer/withdrawal", "POST /runs/<int:run_id>/pause",
        "POST /runs/<int:run_id>/resumption", "POST /late/entries/<entry_id>/dismissal",
    },
    "it takes away what it names, and is wanted however that stands by now": {
        "POST /account/factors/app/removal", "POST /account/factors/passkeys/<int:key_id>/removal",
        "POST /account/sessions/<int:session_id>/end", "POST /account/sessions/end",
        "POST /board/views/<int:view_id>/removal",
        "POST /devices/<int:device_id>/retirement", "POST /kept/<token>/removal",
        "POST /people/<int:person_id>/factors/removal", "POST /people/<int:person_id>/pin/removal",
        "POST /people/<int:person_id>/sessions/<int:session_id>/end",
        "POST /people/<int:person_id>/sessions/end",
    },
    "it is one's own secret, which nobody is shown, with a proof of who one is": {
        "POST /account/factors/app", "POST /account/factors/codes", "POST /account/factors/passkeys",
        "POST /account/password", "POST /account/proof", "POST /link/<token>", "POST /pin",
    },
    "it is one's own choice, by which nobody else sees anything": {"POST /language"},
    "it says who somebody is, or that they go": {
        "POST /lock", "POST /lock/<int:person_id>", "POST /login", "POST /login/factor",
        "POST /login/passkey", "POST /login/passkey/challenge", "POST /logout",
    },
}  # fmt: skip
"""Forms without a version, by the reason. A new route that changes what a form shows does not belong here."""

OF_THEIR_OWN = {
    "POST /board/assignments": "run",  # each with whose it was, and when it was due
    "POST /board/cancellations": "run",
    "POST /board/due": "run",
    "POST /runs/<int:run_id>/amendments": "standing",  # the records that the page showed
    "POST /runs/<int:run_id>/assignee": "seen",  # whose it was
    "POST /runs/<int:run_id>/offer": "seen",
    "POST /runs/<int:run_id>/revision": "revision",  # the one that the lead has looked at
    "POST /runs/<int:run_id>/signoffs": "record|seen",  # what is signed
    "POST /runs/<int:run_id>/takeover": "seen",
    "POST /sops/<sop_id>/open-runs": "revision",
}
"""Forms that say in a field of their own what they were made from; the domain compares it under the lock."""

NOT_ON_A_PAGE = {
    "POST /board/views/<int:view_id>",
    "POST /runs/<int:run_id>/amendments", "POST /runs/<int:run_id>/revision",
    "POST /runs/<int:run_id>/signoffs", "POST /sops/<sop_id>/open-runs", "POST /sops/<sop_id>/judgements",
}  # fmt: skip
"""Forms that this walk does not come by: for other runs, other SOPs, other readers."""


def afresh(session: Session) -> None:
    """Look at the rows as they are by now."""
    session.rollback()
    session.expire_all()


def the_form(visitor: Visitor, page: str, path: str) -> Form:
    return next(form for form in forms_in(visitor.get(page).text) if (form.path or page) == path)


def test_the_second_admin_takes_nothing_back(visit: Visit, session: Session, cast: Cast) -> None:
    path = f"/people/{cast.staff.id}"
    ada, other = visit(cast.admin), visit(cast.admin)
    old = the_form(other, path, path)
    form = the_form(ada, path, path)
    assert ada.post(path, form.send(disabled="1", roles="picker, checker")).status_code == 303
    answer = other.post(path, old.send(name="Samuel"))
    afresh(session)
    assert answer.status_code == 409 and cast.staff.disabled_at is not None and cast.staff.name == "Sam"
    assert (
        "Somebody has changed this meanwhile" in answer.text and "The last change is from Ada" in answer.text
    )
    assert "Samuel" in answer.text and "checker, picker" in answer.text
    again = the_form_in(answer.text, path)
    assert other.post(path, again.send()).status_code == 303  # as the page proposes it: both changes
    afresh(session)
    assert (cast.staff.name, bool(cast.staff.disabled_at)) == ("Samuel", True)
    assert sorted(role.name for role in cast.staff.roles) == ["checker", "picker"]


def the_form_in(html: str, path: str) -> Form:
    return next(form for form in forms_in(html) if form.path == path)


def test_who_changes_the_same_field_sees_both_values(visit: Visit, session: Session, cast: Cast) -> None:
    path = f"/people/{cast.outsider.id}"
    ada = visit(cast.admin)
    old = the_form(ada, path, path)
    ada.post(path, old.send(location=str(cast.staff.location_id), area="Inventory"))
    answer = ada.post(path, old.send(location="", name="Oskar B.", password="nine green crates"))
    assert answer.status_code == 409 and "nine green crates" not in answer.text
    options = re.findall(r"<option[^>]*>([^<]+)</option>", answer.text)
    assert [word.strip() for word in options] == ["–", "Berlin"]
    again = the_form_in(answer.text, path)
    assert again.fields["location"] == [""] and again.fields["area"] == ["Inventory"]
    assert again.typed["password"] == "password"  # to be typed once more


def test_places_tablets_owners_and_due_times(visit: Visit, session: Session, cast: Cast) -> None:
    device, _ = devices.register(session, by(cast.lead), NOW, name="Bench", location=cast.lead.location)
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="7", assignee=cast.staff)
    session.commit()
    ada = visit(cast.admin)
    for page, path, first, second in (
        ("/people", "/locations/1", {"name": "Berlin Mitte"}, {"zone": "UTC"}),
        ("/people", "/teams/1", {"location": ""}, {"name": "Packers"}),
        ("/people", "/owner-names", {"person": str(cast.owner.id)}, {"person": str(cast.lead.id)}),
        ("/devices", f"/devices/{device.id}", {"idle_minutes": "9"}, {"name": "Bench 2"}),
        (f"/runs/{run.id}", f"/runs/{run.id}/due", {"due": "2036-05-01T10:00"}, {"due": "2036-05-02T10:00"}),
    ):
        old = the_form(ada, page, path)
        assert ada.post(path, old.send(**first)).status_code == 303, path
        answer = ada.post(path, old.send(**second))
        assert answer.status_code == 409, path
        assert next(iter(second.values())) in str(the_form_in(answer.text, path).fields), path
    afresh(session)
    assert (session.get_one(Location, 1).name, session.get_one(Location, 1).zone) == (
        "Berlin Mitte",
        "Europe/Berlin",
    )
    assert (session.get_one(Team, 1).name, session.get_one(Team, 1).location_id) == ("Packing", None)
    assert session.get_one(OwnerName, "shelf-keeper").person_id == cast.owner.id
    assert (session.get_one(Device, device.id).name, session.get_one(Device, device.id).idle_minutes) == (
        "Bench",
        9,
    )
    assert session.get_one(Run, run.id).due_at == datetime(2036, 5, 1, 8, tzinfo=UTC)


def test_who_may_not_change_a_thing_is_not_shown_how_it_stands(
    visit: Visit, session: Session, cast: Cast
) -> None:
    device, _ = devices.register(session, by(cast.lead), NOW, name="X~xbenchxxX", location=cast.lead.location)
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="7", assignee=cast.staff)
    session.commit()
    for path in (f"/devices/{device.id}", f"/runs/{run.id}/due", "/locations/1", f"/people/{cast.staff.id}"):
        answer = visit(cast.other_lead).post(path, {"name": "mine", "due": "2036-05-01T10:00"})
        assert answer.status_code == 403 and "X~x" not in answer.text, path


def test_an_address_that_an_admin_changed_meanwhile_stays(visit: Visit, session: Session, cast: Cast) -> None:
    sam = visit(cast.staff)
    old = the_form(sam, "/account/password", "/account/email")
    path = f"/people/{cast.staff.id}"
    visit(cast.admin).change(path, path, {"name": "Sam", "access": "staff", "email": "new@floor.example"})
    answer = sam.post("/account/email", old.send(email="mine@floor.example", password=PASSWORD))
    afresh(session)
    assert answer.status_code == 409 and cast.staff.email == "new@floor.example"
    assert "new@floor.example" in answer.text and "mine@floor.example" in answer.text


def test_every_route_with_a_form_has_a_version_or_a_reason_to_need_none(app: Flask) -> None:
    """A new route fails here until it says `@versions.changes`, or stands in one list above."""
    routes = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    versioned = {
        f"POST {rule.rule}" for rule in routes if getattr(app.view_functions[rule.endpoint], "changes", False)
    }
    assert versioned == VERSIONED
    named = [*VERSIONED, *OF_THEIR_OWN, *(route for group in NEEDS_NONE.values() for route in group)]
    assert sorted(named) == sorted(f"POST {rule.rule}" for rule in routes)


def test_no_form_that_shows_what_it_changes_forgets_its_version(
    app: Flask, visit: Visit, session: Session, cast: Cast
) -> None:
    """Of every form on every page: it carries its version, or shows nothing that it changes."""
    devices.register(session, by(cast.lead), NOW, name="Bench", location=cast.lead.location)
    for person in (cast.staff, cast.admin):
        lifecycle.start(session, by(person), NOW, "pack", subject=person.name, assignee=person)
    session.commit()
    seen = set()
    for who in (cast.admin, cast.lead, cast.staff):
        visitor = visit(who)
        for page in (*PAGES, "/runs/1", "/runs/2", "/people/1", "/sops/pack/diff", "/lock"):
            for form in forms_in(visitor.get(page).text):
                if form.method.lower() == "post":
                    for path in [form.path or page.partition("?")[0], *form.buttons]:
                        seen.add(looked_at(app, page, path, form))
    assert seen & {*VERSIONED, *OF_THEIR_OWN} == {*VERSIONED, *OF_THEIR_OWN} - NOT_ON_A_PAGE


def looked_at(app: Flask, page: str, path: str, form: Form) -> str:
    """The route that a form goes to; the form must say what it was made from where it has to."""
    found, _ = app.url_map.bind("localhost").match(path, method="POST", return_rule=True)
    route = f"POST {found.rule}"
    carried = {*form.fields, *form.typed}
    assert (route in VERSIONED) <= ("made_from" in carried), f"{page}: the form to {path}"
    if own := OF_THEIR_OWN.get(route):
        assert carried & set(own.split("|")), f"{page}: the form to {path}"
    elif route not in NEEDS_NONE["it adds something: nothing that stands is taken back"]:
        assert bool(form.prefilled) <= ("made_from" in carried), f"{page}: {path} shows {form.prefilled}"
    return route


@pytest.mark.parametrize("given", [None, "", "{}", "[]", "null", '{"name": 7}', "x" * 9000])
def test_a_form_that_does_not_say_what_it_was_made_from_changes_nothing(
    visit: Visit, session: Session, cast: Cast, given: str | None
) -> None:
    form = {"name": "Berlin Mitte", "zone": "UTC"} | ({"made_from": given} if given is not None else {})
    assert visit(cast.admin).post("/locations/1", form).status_code == 409
    afresh(session)
    assert session.get_one(Location, 1).name == "Berlin"
