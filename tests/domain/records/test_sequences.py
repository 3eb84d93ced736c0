"""A device's numbers: what is left out shows as a gap until it comes, what can't be right is flagged."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.domain.conftest import Do
from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tracker.db import new_id
from tracker.domain.phone import noted_entries
from tracker.domain.records import sequences
from tracker.domain.records.clocks import Device, Made, made
from tracker.errors import InvalidError
from tracker.models import Run, SequenceGap

MINUTE = timedelta(minutes=1)


@pytest.fixture
def send(do: Do, start: Callable[..., Run]) -> Callable[..., Any]:
    """Send a record of the device with that number, so many minutes after the start, made `age` before."""
    run = start()
    do(run, "scan", value="T")

    def sent(seq: int, minute: float = 0, age: float = 0, device: str = "tablet") -> Any:
        now = NOW + minute * MINUTE
        own = Device(device, seq, at=now - age * MINUTE, sent_at=now)
        return do(run, "flyer", now=now, device=own)

    return sent


def missing(session: Session) -> list[tuple[int, int, int]]:
    query = select(SequenceGap.after_seq, SequenceGap.before_seq, SequenceGap.missing).order_by(
        SequenceGap.id
    )
    return [tuple(row) for row in session.execute(query.where(SequenceGap.missing > 0))]


def test_numbers_in_order_are_nothing_to_speak_of(send: Callable[..., Any], session: Session) -> None:
    assert [send(seq, seq).flag for seq in (5, 6, 7)] == [None] * 3
    assert send(900, 9, device="other").flag is None  # the first that is heard of it
    assert missing(session) == []


def test_a_gap_is_told_until_all_of_it_has_come_in_any_order(
    send: Callable[..., Any], session: Session
) -> None:
    send(1, 1)
    send(5, 5)
    assert missing(session) == [(1, 5, 3)]
    for seq, left in ((3, 2), (2, 1), (4, 0)):
        assert send(seq, 20, age=20 - seq).flag is None
        assert sum(row[2] for row in missing(session)) == left
    assert send(6, 21).flag is None and missing(session) == []


def test_what_waits_for_a_lead_has_come_too(do: Do, start: Callable[..., Run], session: Session) -> None:
    run = start()
    do(run, "scan", value="T", device=Device("tablet", 1, NOW, NOW))
    later = NOW + 60 * MINUTE
    row = do(run, "scan", "undone", cancels=new_id(), now=later,  # of a record that has not come yet
             device=Device("tablet", 2, later - 30 * MINUTE, later))  # fmt: skip
    assert row.why == "undo"
    do(run, "weigh", value="500", now=later, device=Device("tablet", 3, later, later))
    assert missing(session) == []


@pytest.mark.parametrize("after", [False, True], ids=["in order", "after what was made later"])
def test_what_was_refused_has_come_too(
    send: Callable[..., Any], session: Session, cast: Cast, after: bool
) -> None:
    refused = {seq: new_id() for seq in (2, 3)}

    def refuse(seq: int) -> None:
        noted_entries.note(
            session, by(cast.staff), NOW, "refused", InvalidError("No such step."), id=refused[seq],
            kind="record", entry={"seq": seq}, device=Device("tablet", seq, NOW, NOW),
        )  # fmt: skip

    send(1, 1)
    for step in [lambda: send(4, 4), lambda: refuse(2), lambda: refuse(3)] if after else [
        lambda: refuse(2), lambda: refuse(3), lambda: send(4, 4)
    ]:  # fmt: skip
        step()
    refuse(3)  # sent once more
    assert missing(session) == []
    assert send(3, 6, age=3).flag is None and missing(session) == []  # and then taken after all
    send(9, 9)
    assert missing(session) == [(4, 9, 4)]  # what has not come is told of still


def test_numbers_that_run_backwards_are_flagged_once(send: Callable[..., Any], session: Session) -> None:
    send(500, 1)
    assert send(1, 10).flag == "sequence"  # the device has begun anew
    assert [send(seq, 10 + seq).flag for seq in (2, 3)] == [None, None]
    assert send(3, 20).flag == "sequence"  # used already
    assert missing(session) == []


def test_two_that_were_under_way_at_once_are_no_riddle(send: Callable[..., Any], session: Session) -> None:
    send(1, 1)
    assert (send(3, 2).flag, send(2, 2.01).flag) == (None, None)
    assert missing(session) == []


@pytest.mark.parametrize("seed", range(8))
def test_whatever_the_order_what_has_not_come_is_what_is_missing(
    send: Callable[..., Any], session: Session, seed: int
) -> None:
    chance = random.Random(seed)
    numbers = list(range(2, 16))
    lost = set(chance.sample(numbers, 3)) - {15}
    rest = [seq for seq in numbers if seq not in lost and seq != 15]
    offline = set(chance.sample(rest, 5))
    send(1, 1)
    for seq in [seq for seq in rest if seq not in offline]:
        send(seq, 2 * seq)
    send(15, 30)
    for seq in chance.sample(sorted(offline), 5):
        assert send(seq, 40 + seq, age=40 - seq).flag is None
    assert sum(row[2] for row in missing(session)) == len(lost)


def test_leads_hear_of_gaps_where_they_work_for_a_month(
    send: Callable[..., Any], session: Session, cast: Cast
) -> None:
    send(1, 1)
    send(4, 2)
    heard = {
        name: len(sequences.missing(session, by(getattr(cast, name)), NOW + timedelta(days=days)))
        for name, days in (("lead", 30), ("admin", 1), ("other_lead", 1), ("staff", 1))
    }
    assert heard == {"lead": 1, "admin": 1, "other_lead": 0, "staff": 0}
    assert sequences.missing(session, by(cast.lead), NOW + timedelta(days=32)) == []
    assert session.scalar(select(func.count()).select_from(SequenceGap)) == 1


# Clocks.


@pytest.mark.parametrize(
    "off", [timedelta(0), timedelta(days=-4000), timedelta(days=4000), timedelta(hours=-2)]
)
def test_a_records_age_is_true_however_wrong_the_clock_is(off: timedelta) -> None:
    sent = NOW + off
    at, doubtful = made(Device(at=sent - 20 * MINUTE, sent_at=sent), NOW, NOW - 60 * MINUTE)
    assert (at, doubtful) == (NOW - 20 * MINUTE, bool(off))
    assert made(Device(at=sent, sent_at=sent), NOW, NOW - 60 * MINUTE) == Made(None, bool(off))


@pytest.mark.parametrize("age", [-2 * MINUTE, 45 * 24 * 60 * MINUTE, 70 * MINUTE])
def test_an_age_that_can_not_be_true_is_doubtful_and_helps_nobody(age: timedelta) -> None:
    assert made(Device(at=NOW - age, sent_at=NOW), NOW, NOW - 60 * MINUTE) == Made(NOW, True)


@pytest.mark.parametrize(
    ("off", "flag"), [(timedelta(days=-2000), "clock"), (MINUTE, None), (-9 * MINUTE, "clock")]
)
def test_a_clock_behind_is_flagged_like_one_ahead(
    do: Do, start: Callable[..., Run], off: timedelta, flag: str | None
) -> None:
    assert do(start(), "scan", value="T", device=Device("t", 1, NOW + off, NOW + off)).flag == flag
    assert do(start(), "scan", value="T", device=Device("t", 2, NOW + off)).flag == flag
