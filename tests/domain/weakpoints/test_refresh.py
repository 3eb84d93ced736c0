"""What is kept about weak steps: with planted truths, and nothing where there is nothing."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.closed import Closed, close, spread
from tracker.db import write_in_chunks
from tracker.domain.facts import counts, figures
from tracker.domain.weakpoints import refresh
from tracker.models import Figure, Verdict, WeakPoint
from tracker.worker import jobs

TODAY = date(2026, 6, 30)
NOW = datetime.combine(TODAY, time(18), UTC)
Rates = dict[str, float]


def by_chance(
    first: date, days: int, a_day: int, rates: Rates, kind: str = "failed", seed: int = 1
) -> Iterator[Closed]:
    """Runs of each day whose steps fail with these probabilities."""
    chance = random.Random(seed)
    for number in range(days):
        for _ in range(a_day):
            yield (
                first + timedelta(days=number),
                {step: kind if chance.random() < rate else "done" for step, rate in rates.items()},
            )


def library(session: Session) -> None:
    """Ten steps of another SOP that are as good as most, so that there is something to compare with."""
    lost = {f"s{number}": {"failed": number} for number in range(10)}
    close(session, "library", spread(400, lost, TODAY - timedelta(days=80), 80))


def look(session: Session, now: datetime = NOW) -> dict[tuple[str, str, str], WeakPoint]:
    session.rollback()
    jobs.fold(session, now)
    refresh.refresh(session, now)
    session.rollback()
    session.expire_all()
    return {(p.sop_id, p.step_key, p.kind): p for p in session.scalars(select(WeakPoint))}


def test_a_weak_step_is_kept_with_since_when(session: Session) -> None:
    library(session)
    start = TODAY - timedelta(days=59)
    close(session, "sop", by_chance(start, 60, 10, {"weak": 0.2, "fine": 0.01}))
    kept = look(session)
    weak = kept["sop", "weak", "failed"]
    assert weak.flagged and weak.band == "fix-first" and weak.n == 600
    assert weak.low < weak.count / weak.n < weak.high
    assert weak.since == start and weak.since_revision_id is None
    assert weak.flagged_on is not None and start < weak.flagged_on < start + timedelta(days=20)
    assert weak.began is None and weak.alarm_on is None  # it always was
    assert not any(point.flagged for name, point in kept.items() if name != ("sop", "weak", "failed"))


def test_until_all_are_judged_none_is_to_be_fixed_first_that_was_not(session: Session) -> None:
    library(session)
    start = TODAY - timedelta(days=59)
    close(session, "sop", by_chance(start, 60, 10, {"weakest": 0.4, "weaker": 0.3, "weak": 0.2}))
    bands = {"weakest": "fix-first", "weaker": "fix-first", "weak": "watch"}
    assert {key: look(session)["sop", key, "failed"].band for key in bands} == bands
    session.rollback()
    figures.look_again(session, "sop")
    session.commit()
    write_in_chunks(next(refresh.parts(session, NOW)))
    query = select(WeakPoint.step_key, WeakPoint.band).where(WeakPoint.flagged)
    assert dict(session.execute(query).all()) == bands


def test_since_when_is_told_where_it_has_begun(session: Session) -> None:
    library(session)
    start, turn = TODAY - timedelta(days=80), TODAY - timedelta(days=40)
    close(session, "sop", by_chance(start, 40, 10, {"weak": 0.03, "fine": 0.01}))
    close(session, "sop", by_chance(turn, 41, 10, {"weak": 0.2, "fine": 0.01}, seed=2))
    weak = look(session)["sop", "weak", "failed"]
    assert weak.began is not None and abs((weak.began - turn).days) <= 5
    assert weak.flagged_on is not None and weak.flagged_on >= turn


def test_a_doubling_last_week_raises_an_alarm(session: Session) -> None:
    library(session)
    start, turn = TODAY - timedelta(days=80), TODAY - timedelta(days=6)
    close(session, "sop", by_chance(start, 74, 18, {"worse": 0.05, "same": 0.02}))
    close(session, "sop", by_chance(turn, 7, 18, {"worse": 0.2, "same": 0.02}, seed=2))
    kept = look(session)
    alarm = kept["sop", "worse", "failed"].alarm_on
    assert alarm is not None and alarm >= turn
    assert kept["sop", "same", "failed"].alarm_on is None


def test_noise_alone_flags_nothing(session: Session) -> None:
    for number in range(6):
        rates = {f"s{step}": 0.02 for step in range(12)}
        close(session, f"sop{number}", by_chance(TODAY - timedelta(days=60), 60, 5, rates, seed=number))
    kept = look(session)
    assert len(kept) == 6 * 12 * 3
    assert [name for name, point in kept.items() if point.flagged or point.alarm_on] == []


def test_thin_data_is_too_early(session: Session) -> None:
    close(session, "sop", spread(9, {"s": {"failed": 9}}, TODAY, 1))
    point = look(session)["sop", "s", "failed"]
    assert (point.band, point.flagged, point.flagged_on) == ("too-early", False, None)


def test_only_the_last_ninety_days_count(session: Session) -> None:
    library(session)
    close(session, "sop", spread(300, {"s": {"failed": 100}}, TODAY - timedelta(days=200), 100))
    close(session, "sop", spread(100, {"s": {}}, TODAY - timedelta(days=50), 50))
    point = look(session)["sop", "s", "failed"]
    assert (point.n, point.count, point.flagged) == (100, 0, False)


def test_an_old_history_is_judged_as_of_its_last_day(session: Session) -> None:
    close(session, "sop", spread(300, {"s": {"failed": 100}}, date(2019, 1, 1), 60))
    point = look(session)["sop", "s", "failed"]
    assert counts.last_day(session, NOW) == date(2019, 3, 1)
    assert point.flagged and point.since == date(2019, 1, 1)


def test_a_second_look_finds_nothing_to_write(session: Session) -> None:
    library(session)
    look(session)
    look(session)
    session.rollback()
    assert list(refresh.parts(session, NOW)) == []
    close(session, "sop", spread(10, {"s": {}}, TODAY, 1))
    session.rollback()
    jobs.fold(session, NOW)
    names = [unit for part in refresh.parts(session, NOW) for unit in part]
    assert len(names) == 3  # the SOP, the bands, the priors


def test_what_was_put_right_is_judged_again(session: Session) -> None:
    close(session, "sop", spread(20, {"s": {"skipped": 5}}, TODAY, 1))
    look(session)
    assert list(refresh.parts(session, NOW)) == []
    figures.look_again(session, "sop")
    session.commit()
    assert len(list(refresh.parts(session, NOW))) == 3
    assert session.get_one(Figure, "findings of sop").data["runs"] == 20  # pages go on showing it


def test_a_revision_that_helped_is_said_to_once(session: Session) -> None:
    library(session)
    start, turn = TODAY - timedelta(days=120), TODAY - timedelta(days=60)
    close(session, "sop", by_chance(start, 60, 10, {"mended": 0.2, "fine": 0.01}), "v1")
    close(session, "sop", by_chance(turn, 10, 10, {"mended": 0.05, "fine": 0.01}, seed=2), "v2")
    early = look(session, NOW - timedelta(days=50))
    assert early
    [verdict] = session.scalars(select(Verdict)).all()
    assert (verdict.step_key, verdict.kind, verdict.word, verdict.decided_on) == (
        "mended",
        "failed",
        "early",
        None,
    )
    assert verdict.after_n == 100 and verdict.more == verdict.planned - 100
    close(
        session,
        "sop",
        by_chance(turn + timedelta(days=10), 51, 10, {"mended": 0.05, "fine": 0.01}, seed=3),
        "v2",
    )
    look(session)
    [decided] = session.scalars(select(Verdict)).all()
    assert decided.word == "better" and decided.planned == verdict.planned and decided.more == 0
    assert decided.planned <= decided.after_n < decided.planned + 10
    assert decided.high is not None and decided.high < 0
    on = decided.decided_on
    close(session, "sop", by_chance(TODAY, 1, 500, {"mended": 0.9, "fine": 0.01}), "v2")
    look(session)
    [still] = session.scalars(select(Verdict)).all()
    assert (still.word, still.decided_on, still.after_n) == ("better", on, decided.after_n)


def test_figures_name_the_last_day_and_all_outcomes(session: Session) -> None:
    close(session, "sop", spread(20, {"s": {"failed": 3, "na": 2}}, TODAY, 1))
    look(session)
    data = session.get_one(Figure, "findings of sop").data
    assert data["runs"] == 20 and data["last"] == TODAY.isoformat()
    assert data["counts"] == {"done": 15, "skipped": 0, "failed": 3, "omitted": 0, "na": 2}
