"""Recovery codes: ten, each once, and only their hashes are kept."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tracker.domain.entrance import passwords, recovery_codes
from tracker.models import RecoveryCode


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return recovery_codes.new_codes()


@pytest.fixture
def codes(session: Session, cast: Cast, made: dict[str, str]) -> list[str]:
    recovery_codes.store(session, by(cast.staff), NOW, list(made.values()))
    session.commit()
    return list(made)


def use(session: Session, cast: Cast, text: str) -> bool:
    number = recovery_codes.number_of(session, cast.staff, text)
    return number is not None and recovery_codes.use(session, NOW, cast.staff, number)


def test_each_code_works_once_however_it_is_typed(session: Session, cast: Cast, codes: list[str]) -> None:
    assert len(set(codes)) == recovery_codes.HOW_MANY and all(map(recovery_codes.looks_like_one, codes))
    assert use(session, cast, f" {codes[3].lower().replace('-', ' ')} ")
    assert recovery_codes.number_left(session, cast.staff) == 9
    assert not use(session, cast, codes[3])
    assert use(session, cast, codes[0])
    assert recovery_codes.number_left(session, cast.staff) == 8


def test_what_is_no_code_of_theirs_is_refused(session: Session, cast: Cast, codes: list[str]) -> None:
    last = "2" if codes[1][-1] != "2" else "3"
    for text in ("", "1", codes[1][:-1] + last, "2" + codes[1][1:], "X-AAAAA-BBBBB", "²-AAAAA-BBBBB"):
        assert not use(session, cast, text)
    assert recovery_codes.number_of(session, cast.lead, codes[1]) is None


def test_new_codes_end_the_old_ones_and_hashes_are_all_that_is_kept(
    session: Session, cast: Cast, codes: list[str]
) -> None:
    stored = session.scalars(select(RecoveryCode.code_hash)).all()
    assert all(text.startswith("$argon2id$") for text in stored)
    recovery_codes.store(session, by(cast.staff), NOW, [passwords.hash_secret("X")] * 10)
    assert not use(session, cast, codes[5])
