"""The second factor: asked after the password, whatever way that came; required where it is set so."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import AppWith
from tests.support.actors import by, by_pin
from tests.support.installation import PASSWORD, Cast, Visitor, cast_of, token_in
from tests.support.passwords import choose, link_in, sign_in
from tests.support.routes import BY_PROGRAMS, ROUTES
from tracker.db import db
from tracker.domain import access
from tracker.domain.entrance import ceremonies, factors, recovery_codes, sealing, totp
from tracker.models import Ceremony, LoginSession, Person, SecurityEntry
from tracker.web.entrance import seats
from tracker.web.reader import now

Visit = Callable[[Person | None], Visitor]


def set_up(app: Flask, session: Session, person: Person) -> pyotp.TOTP:
    """Give the person an authenticator app, set up five minutes ago."""
    key = sealing.key_for("totp", app.config["HOLDFAST"].secret_key)
    before = now() - timedelta(minutes=5)
    clock = pyotp.TOTP(totp.begin(session, by(person), before, key))
    totp.confirm(session, by(person), before, key, clock.at(before))
    session.commit()
    return clock


@pytest.fixture
def clock(app: Flask, session: Session, cast: Cast) -> pyotp.TOTP:
    """The authenticator app of the member of the team."""
    return set_up(app, session, cast.staff)


def give(visitor: Visitor, **form: str) -> Any:
    token = token_in(visitor.get("/login/factor").text)
    answer = visitor.post("/login/factor", {"csrf_token": token, **form})
    visitor._token = ""
    return answer


def test_after_the_password_comes_the_code_and_nothing_is_open_before(
    visit: Visit, session: Session, clock: pyotp.TOTP
) -> None:
    sam = visit(None)
    assert sign_in(sam, "sam", PASSWORD) == 303
    for path in ("/", "/account/password", "/account/factors", "/docs/", "/runs/1"):
        assert sam.get(path).status_code == 302, path
    page = sam.get("/login/factor")
    assert "Code of your app" in page.text and "Sam" not in page.text
    assert give(sam, code="000000").status_code == 401
    assert give(sam, code=clock.now()).location == "/"
    assert sam.get("/").status_code == 200
    session.rollback()
    via = session.scalars(select(LoginSession.via).order_by(LoginSession.id.desc())).first()
    assert via == "totp"


def test_a_code_is_good_for_one_browser_alone(visit: Visit, clock: pyotp.TOTP) -> None:
    mine, theirs = visit(None), visit(None)
    assert sign_in(mine, "sam", PASSWORD) == sign_in(theirs, "sam", PASSWORD) == 303
    code = clock.now()
    assert give(mine, code=code).location == "/"
    assert give(theirs, code=code).status_code == 401
    stranger = visit(None)
    assert stranger.get("/login/factor").location == "/login"


def test_being_half_signed_in_ends_after_five_minutes_and_after_five_wrong_codes(
    visit: Visit, session: Session, clock: pyotp.TOTP
) -> None:
    late, wrong = visit(None), visit(None)
    assert sign_in(late, "sam", PASSWORD) == 303
    session.rollback()
    session.query(Ceremony).update({"ends_at": now() - timedelta(seconds=1)})
    session.commit()
    assert late.get("/login/factor").location == "/login"
    assert sign_in(wrong, "sam", PASSWORD) == 303
    answers = [give(wrong, code="00000x").status_code for _ in range(ceremonies.TRIES - 1)]
    assert set(answers) == {401}
    assert give(wrong, code="00000x").location == "/login"
    assert sign_in(wrong, "sam", PASSWORD) == 303
    assert give(wrong, code=clock.now()).status_code == 429  # so many wrong codes make the next one wait
    session.rollback()
    failed = session.scalars(select(SecurityEntry.kind).where(SecurityEntry.kind == "sign-in.failed")).all()
    assert len(failed) == ceremonies.TRIES


def test_a_recovery_code_replaces_the_factor_once(
    visit: Visit, session: Session, cast: Cast, clock: pyotp.TOTP
) -> None:
    made = recovery_codes.new_codes()
    recovery_codes.store(session, by(cast.staff), now(), list(made.values()))
    session.commit()
    code = list(made)[4]
    sam, again = visit(None), visit(None)
    assert sign_in(sam, "sam", PASSWORD) == sign_in(again, "sam", PASSWORD) == 303
    assert give(sam, code=code).location == "/"
    assert give(again, code=code).status_code == 401
    assert "9 codes are left" in sam.get("/account/factors").text


def test_a_link_to_a_new_password_does_not_go_past_the_factor(
    visit: Visit, cast: Cast, clock: pyotp.TOTP
) -> None:
    address = link_in(visit(cast.admin).post(f"/people/{cast.staff.id}/link").text)
    thief = visit(None)
    assert choose(thief, address).location == "/login/factor"
    assert thief.get("/").status_code == 302
    thief._token = ""
    assert give(thief, code=clock.now()).location == "/"


def test_factors_are_changed_only_by_who_has_just_shown_password_and_factor(
    visit: Visit, session: Session, cast: Cast, clock: pyotp.TOTP
) -> None:
    sam = visit(cast.staff)  # a session of an hour ago, or a copied cookie
    for path in ("/account/factors", "/account/factors/app"):
        assert sam.get(path).location == "/account/proof"
    for path in ("app", "app/removal", "passkeys", "passkeys/1/removal", "codes"):
        assert sam.post(f"/account/factors/{path}").location == "/account/proof"
    assert sam.post("/account/proof", {"password": PASSWORD}).status_code == 422
    sam.get("/account/proof")
    assert sam.post("/account/proof", {"password": "wrong", "code": clock.now()}).status_code == 422
    session.rollback()
    assert factors.has(session, cast.staff)
    sam.get("/account/proof")
    form = {"password": PASSWORD, "code": clock.now()}
    assert sam.post("/account/proof", form).location == "/account/factors"
    assert sam.post("/account/factors/app/removal").location == "/account/factors?removed=1"
    session.rollback()
    session.expire_all()
    assert not factors.has(session, cast.staff)


def test_password_address_and_pin_ask_for_the_factor_too_of_who_has_one(
    visit: Visit, session: Session, cast: Cast, clock: pyotp.TOTP
) -> None:
    sam = visit(cast.staff)  # a session of an hour ago, or a copied cookie, and a password that was seen
    forms = {
        "/account/password": {
            "present": PASSWORD,
            "password": "lamp cobalt river",
            "again": "lamp cobalt river",
        },
        "/account/email": {"password": PASSWORD, "email": "eve@example.org"},
        "/pin": {"password": PASSWORD, "pin": "7294", "again": "7294"},
    }
    for path, form in forms.items():
        assert sam.post(path, form).location == "/account/proof", path
    session.rollback()
    assert (cast.staff.email, cast.staff.pin_hash) == (None, None)
    sam.get("/account/proof")
    proof = {"password": PASSWORD, "code": clock.now()}
    assert sam.post("/account/proof", proof).location == "/pin"  # where they were
    for path, form in reversed(forms.items()):
        made_from = {"made_from": '{"email": ""}'}
        assert sam.post(path, made_from | form).status_code == 303, path
    session.rollback()
    session.expire_all()
    assert cast.staff.email == "eve@example.org" and cast.staff.pin_hash


def test_after_a_change_of_factors_one_signs_out_everywhere_else(visit: Visit, clock: pyotp.TOTP) -> None:
    phone, laptop = visit(None), visit(None)
    codes = [clock.now(), clock.at(now() + timedelta(seconds=30))]
    for visitor, code in zip((phone, laptop), codes, strict=True):
        assert sign_in(visitor, "sam", PASSWORD) == 303 and give(visitor, code=code).location == "/"
    page = laptop.get(laptop.post("/account/factors/app/removal").location).text
    assert "Sign out everywhere else" in page and 'action="/account/sessions/end"' in page
    laptop.post("/account/sessions/end")
    assert laptop.get("/").status_code == 200 and phone.get("/").status_code == 302


def test_an_app_is_set_up_without_javascript(visit: Visit, session: Session, cast: Cast) -> None:
    sam = visit(None)
    assert sign_in(sam, "sam", PASSWORD) == 302
    page = sam.get("/account/factors/app").text
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")  # type: ignore[index]
    assert "data:image/svg+xml" in page
    assert sam.post("/account/factors/app", {"code": "000000"}).status_code == 422
    answer = sam.post("/account/factors/app", {"code": pyotp.TOTP(secret).now()})
    assert answer.location == "/account/factors?added=1"
    codes = re.findall(r"<code>(\d-\w{5}-\w{5})</code>", sam.post("/account/factors/codes").text)
    assert len(codes) == 10 and codes[0] not in sam.get("/account/factors").text
    other = visit(None)
    assert sign_in(other, "sam", PASSWORD) == 303


def test_an_admin_takes_a_lost_factor_away_and_the_person_is_told(
    visit: Visit, cast: Cast, clock: pyotp.TOTP
) -> None:
    for person in (cast.owner, cast.lead, cast.outsider):
        assert visit(person).post(f"/people/{cast.staff.id}/factors/removal").status_code == 403
    assert visit(cast.admin).post(f"/people/{cast.staff.id}/factors/removal").status_code == 303
    sam = visit(None)
    assert sign_in(sam, "sam", PASSWORD) == 302
    assert "took your second factor away" in sam.get("/account/factors").text
    log = visit(cast.admin).get("/security").text
    assert "all factors, by somebody else: removed" in log and "authenticator app: added" in log


def test_whose_factor_is_taken_away_amid_signing_in_begins_again(
    visit: Visit, cast: Cast, clock: pyotp.TOTP
) -> None:
    sam = visit(None)
    assert sign_in(sam, "sam", PASSWORD) == 303
    token = token_in(sam.get("/login/factor").text)
    assert visit(cast.admin).post(f"/people/{cast.staff.id}/factors/removal").status_code == 303
    answer = sam.post("/login/factor", {"csrf_token": token, "code": "123456"})
    assert (answer.status_code, answer.location) == (303, "/login")
    assert sam.get("/login/factor").location == "/login" and sam.get("/").status_code == 302


@pytest.fixture
def strict(app: Flask, app_with: AppWith) -> Flask:
    """The installation where leads and those above need a second factor."""
    return app_with({"HOLDFAST_SECOND_FACTOR": "lead"})


def test_where_a_factor_is_required_nothing_opens_before_it_is_set_up(strict: Flask) -> None:
    lena = Visitor(strict, None)
    assert sign_in(lena, "lena", PASSWORD) == 302
    way = {"/account/factors", "/account/factors/app", "/account/factors/passkeys", "/account/factors/codes",
           "/account/proof"}  # fmt: skip
    for route, level in ROUTES.items():
        method, path = route.split(" ")
        path = re.sub(r"<[^>]+>", "1", path)
        if level == "nobody" or path in way:
            continue
        answer = lena.get(path) if method == "GET" else lena.post(path)
        led = (401, None) if route in BY_PROGRAMS else (303, "/account/factors")
        assert (answer.status_code, answer.headers.get("Location")) == led, route
    assert "needs a second factor" in lena.get("/account/factors").text
    page = lena.get("/account/factors/app").text
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")  # type: ignore[index]
    assert lena.post("/account/factors/app", {"code": pyotp.TOTP(secret).now()}).status_code == 303
    assert lena.get("/board").status_code == 200


def test_it_is_required_of_that_level_and_above_only(strict: Flask) -> None:
    with strict.app_context():
        cast = cast_of(db.session())
        for person, required in (
            (cast.staff, False),
            (cast.lead, True),
            (cast.owner, True),
            (cast.admin, True),
        ):
            answer = Visitor(strict, person).get("/")
            assert (answer.status_code == 303) is required, person.login


def test_the_only_admin_helps_themselves_on_the_command_line(
    app: Flask, workspace: Path, session: Session, cast: Cast, visit: Visit
) -> None:
    from click.testing import CliRunner

    from tracker.cli import main

    set_up(app, session, cast.admin)
    session.rollback()
    runner = CliRunner()
    for command in ("remove-factor", "link"):
        result = runner.invoke(main, ["user", command, "ada", "--workspace", str(workspace)])
        assert result.exit_code == 0, result.output
    session.rollback()
    session.expire_all()
    assert not factors.has(session, cast.admin)
    assert choose(visit(None), link_in(result.output)).location == "/"


def test_by_pin_nobody_is_more_than_staff_where_leads_need_a_factor(strict: Flask, cast: Cast) -> None:
    for lowest, board in (("", True), ("admin", True), ("lead", False), ("staff", False)):
        lead = by_pin(cast.lead, factors.most_by_pin(lowest))
        assert access.may(lead, "board.see") is board, lowest
        assert access.may(lead, "run.start") and not access.may(lead, "account.change")
    with strict.test_request_context():
        assert seats.actor_of(cast.lead, "pin").most == "staff"


JUNK = [
    "", "{}", "[]", "null", "1", '{"id": 1}', "[" * 9999,
    '{"id": "x", "rawId": "x", "response": {}, "type": "x"}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", '
    '"response": {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA"}}',
]  # fmt: skip


@pytest.mark.parametrize("junk", JUNK)
def test_what_is_no_passkey_is_refused(visit: Visit, clock: pyotp.TOTP, junk: str) -> None:
    nobody = visit(None)
    token = token_in(nobody.get("/login").text)
    assert nobody.post("/login/passkey/challenge", {"csrf_token": token}).status_code == 200
    answer = nobody.post("/login/passkey", {"csrf_token": token, "credential": junk})
    assert answer.status_code == 401
    assert nobody.post("/login/passkey", {"csrf_token": token, "credential": junk}).status_code == 401
    sam = visit(None)
    assert sign_in(sam, "sam", PASSWORD) == 303
    assert give(sam, credential=junk or "x").status_code == 401
