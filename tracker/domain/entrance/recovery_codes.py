"""Recovery codes: ten that are printed once and replace a lost second factor, each one time.

A code is its number, which says which hash to compare, and ten letters and digits: "3-K7Q2M-9XWTD".
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tracker.domain.actor import Actor, Way
from tracker.domain.entrance import factors, passwords
from tracker.models import Person, RecoveryCode

HOW_MANY = 10
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without letters and digits that look like others


def new_codes() -> dict[str, str]:
    """Ten new codes, each with its hash. Slow on purpose: call it before `writing`."""
    codes = [f"{number}-{_part()}-{_part()}" for number in range(HOW_MANY)]
    return {code: passwords.hash_secret(_plain(code)) for code in codes}


def store(session: Session, actor: Actor, now: datetime, hashes: Sequence[str]) -> None:
    """Replace the actor's codes, used or not. The edge has just asked for password and factor."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == actor.holder.id))
    for number, code_hash in enumerate(hashes):
        session.add(RecoveryCode(person_id=actor.id, number=number, code_hash=code_hash))
    factors.tell(session, actor, now, actor.holder, "added", "recovery")


def looks_like_one(text: str) -> bool:
    """Whether the text is shaped like a recovery code, not like the code of an app."""
    return len(_plain(text)) == 11


def number_of(session: Session, person: Person, text: str) -> int | None:
    """The number of the person's unused code that this is. Slow on purpose: call it before `writing`."""
    plain = _plain(text)
    number = int(plain[0]) if plain[:1].isascii() and plain[:1].isdigit() else HOW_MANY
    code = session.get(RecoveryCode, (person.id, number), populate_existing=True)
    unused = code.code_hash if code is not None and code.used_at is None else None
    return number if passwords.verify(unused, plain) else None


def use(session: Session, now: datetime, person: Person, number: int) -> bool:
    """Use a code up, under the write lock and after `number_of`; False if it has been used meanwhile."""
    code = session.get(RecoveryCode, (person.id, number), populate_existing=True, with_for_update=True)
    if code is None or code.used_at is not None:
        return False
    code.used_at = now
    session.flush()
    factors.tell(
        session,
        Actor(person, Way.RECOVERY),
        now,
        person,
        "used",
        "recovery",
        left=number_left(session, person),
    )
    return True


def number_left(session: Session, person: Person) -> int:
    """How many unused codes the person has."""
    unused = RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None)
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def _part() -> str:
    return "".join(secrets.choice(_SIGNS) for _ in range(5))


def _plain(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", text.upper())
