"""Codes of an authenticator app: each once, near its time, and a copy of the database has no secret."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tracker.domain.entrance import factors, sealing, totp
from tracker.errors import ConflictError, InvalidError
from tracker.models import Event, SecurityEntry, Totp

KEY = sealing.key_for("totp", "the installation’s secret")
STEP = timedelta(seconds=30)


def code(secret: str, at: int = 0) -> str:
    return pyotp.TOTP(secret).at(NOW + at * STEP)


@pytest.fixture
def secret(session: Session, cast: Cast) -> str:
    """The secret of the app of the member of the team, which was set up two minutes ago."""
    before = NOW - 4 * STEP
    made = totp.begin(session, by(cast.staff), before, KEY)
    assert not factors.has(session, cast.staff)  # not before its first code
    totp.confirm(session, by(cast.staff), before, KEY, pyotp.TOTP(made).at(before))
    session.commit()
    return made


def test_a_code_is_accepted_once_and_none_before_it_afterwards(
    session: Session, cast: Cast, secret: str
) -> None:
    assert factors.has(session, cast.staff)
    assert totp.accept(session, NOW, cast.staff, KEY, code(secret))
    assert not totp.accept(session, NOW, cast.staff, KEY, code(secret))
    assert not totp.accept(session, NOW, cast.staff, KEY, code(secret, -1))
    assert totp.accept(session, NOW + STEP, cast.staff, KEY, code(secret, 1))


@pytest.mark.parametrize(("at", "accepted"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off(
    session: Session, cast: Cast, secret: str, at: int, accepted: bool
) -> None:
    assert totp.accept(session, NOW, cast.staff, KEY, code(secret, at)) is accepted


@pytest.mark.parametrize("given", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "000000 000000"])
def test_what_is_no_code_is_refused(session: Session, cast: Cast, secret: str, given: str) -> None:
    assert not totp.accept(session, NOW, cast.staff, KEY, given)


def test_spaces_in_a_code_do_not_matter(session: Session, cast: Cast, secret: str) -> None:
    now = code(secret)
    assert totp.accept(session, NOW, cast.staff, KEY, f" {now[:3]} {now[3:]}")


def test_a_copy_of_the_database_does_not_hold_the_secret(session: Session, cast: Cast, secret: str) -> None:
    stored = session.scalars(select(Totp.secret)).one()
    assert secret not in str(session.execute(text("SELECT * FROM totps")).all())
    assert sealing.unseal(stored, KEY) == secret
    other = sealing.key_for("totp", "another secret")
    assert sealing.unseal(stored, other) is None
    assert not totp.accept(session, NOW, cast.staff, other, code(secret))


def test_a_wrong_first_code_sets_nothing_up(session: Session, cast: Cast) -> None:
    totp.begin(session, by(cast.lead), NOW, KEY)
    with pytest.raises(InvalidError):
        totp.confirm(session, by(cast.lead), NOW, KEY, "000000")
    assert not factors.has(session, cast.lead)


def test_an_app_in_use_is_not_replaced_without_being_removed(
    session: Session, cast: Cast, secret: str
) -> None:
    with pytest.raises(ConflictError):
        totp.begin(session, by(cast.staff), NOW, KEY)
    totp.remove(session, by(cast.staff), NOW)
    assert totp.begin(session, by(cast.staff), NOW, KEY) != secret


def test_what_is_done_with_factors_is_told_without_their_secrets(
    session: Session, cast: Cast, secret: str
) -> None:
    factors.lose(session, by(cast.admin), NOW, cast.staff)
    session.commit()
    events = session.scalars(select(Event).where(Event.kind.startswith("factor."))).all()
    assert [(event.kind, event.person_id, event.data["factor"]) for event in events] == [
        ("factor.added", cast.staff.id, "totp"), ("factor.removed", cast.admin.id, "all"),
    ]  # fmt: skip
    logged = session.scalars(select(SecurityEntry).where(SecurityEntry.kind == "factor.changed")).all()
    assert len(logged) == 2 and secret not in str([entry.data for entry in logged])
    assert factors.lost_on(session, cast.staff, NOW) is not None
    assert not factors.has(session, cast.staff)
