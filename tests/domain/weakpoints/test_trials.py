"""A step that was changed is being tried: what was known of it stands until that is decided."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.closed import Closed, close
from tests.support.installation import PACK, Cast
from tracker.authoring.sync import publish
from tracker.domain.library import reviews
from tracker.domain.weakpoints import refresh, tried
from tracker.models import Revision, Sop, Verdict, WeakPoint
from tracker.worker import counting

TODAY = date(2026, 6, 30)
WEIGH = "Weigh the parcel"
Write = Callable[[str, int], None]


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
def write(app: Flask, session: Session) -> Write:
    """Publishes the packing with other words for its weighing, as if some days ago."""
    first = session.scalars(select(Revision).where(Revision.sop_id == "pack")).one()
    first.published_at = datetime.combine(days_ago(120), time(6), UTC)
    session.commit()

    def published(words: str, days: int) -> None:
        file = app.config["HOLDFAST"].workspace / "sops/fulfillment/pack.md"
        session.rollback()
        file.write_text(PACK.replace(WEIGH, words))
        publish(app, app.config["HOLDFAST"])
        session.expire_all()
        latest = session.get_one(Sop, "pack").in_force
        assert latest
        latest.published_at = datetime.combine(days_ago(days), time(6), UTC)
        session.commit()

    return published


def runs(first: int, last: int, a_day: int, rate: float, seed: int = 1) -> Iterator[Closed]:
    """Runs from some days ago to fewer days ago, whose weighing fails with this probability."""
    chance = random.Random(seed)
    for day in range(first, last - 1, -1):
        for _ in range(a_day):
            yield days_ago(day), {"scan": "done", "weigh": "failed" if chance.random() < rate else "done"}


def look(session: Session, days: int = 0) -> dict[tuple[str, str], WeakPoint]:
    """What the worker finds that many days ago."""
    now = datetime.combine(days_ago(days), time(18), UTC)
    session.rollback()
    counting.fold(session, now)
    refresh.refresh(session, now)
    session.rollback()
    session.expire_all()
    return refresh.for_sop(session, "pack")


def weighing(session: Session, days: int = 0) -> WeakPoint:
    return look(session, days)["weigh", "failed"]


@pytest.fixture
def weak(session: Session) -> None:
    """Sixty days in which every fifth weighing failed."""
    close(session, "pack", runs(70, 11, 8, 0.2), "1")


def test_a_changed_step_keeps_its_figure_and_its_band(session: Session, write: Write, weak: None) -> None:
    before = weighing(session, 11)
    was = (before.count, before.n, before.band, before.flagged)
    write("Put the parcel on the scale", 10)
    close(session, "pack", runs(10, 8, 8, 0.0), "2")
    point = weighing(session, 8)
    assert (point.count, point.n, point.band, point.flagged) == was and was[2] == "fix-first"
    [trial] = tried.of_points(session, [point]).values()
    assert (trial.label, trial.count, trial.n, trial.on) == ("2", 0, 24, days_ago(10))
    assert [str(one) for one in trial.said] == ["“Weigh the parcel” now reads “Put the parcel on the scale”."]
    verdict = session.scalars(select(Verdict).where(Verdict.kind == "failed")).one()
    assert trial.more == verdict.more == verdict.planned - 24


def test_the_verdict_ends_it(session: Session, write: Write, weak: None) -> None:
    write("Put the parcel on the scale", 10)
    close(session, "pack", runs(10, 8, 8, 0.0), "2")
    planned = weighing(session, 8) and session.scalars(select(Verdict.planned)).one()
    close(session, "pack", runs(7, 0, planned // 7, 0.0, seed=2), "2")
    point = weighing(session)
    assert (point.tried_id, point.band, point.count) == (None, "fine", 0)
    assert session.scalars(select(Verdict.word).where(Verdict.kind == "failed")).one() == "better"


@pytest.mark.parametrize("words", ["Wiegh the parcel", "Weigh the parcel.", "Please weigh the parcel"])
def test_an_editorial_change_keeps_the_history_whole(
    session: Session, write: Write, weak: None, words: str
) -> None:
    write(words, 10)
    close(session, "pack", runs(10, 0, 8, 0.2, seed=2), "2")
    point = weighing(session)
    assert (point.n, point.tried_id, point.band, point.flagged) == (71 * 8, None, "fix-first", True)
    assert session.scalars(select(Verdict)).all() == []  # nothing was changed that could have helped


def test_what_its_owner_calls_editorial_is(session: Session, cast: Cast, write: Write, weak: None) -> None:
    write("Put the parcel on the scale", 10)
    close(session, "pack", runs(10, 8, 8, 0.2, seed=2), "2")
    assert weighing(session, 8).tried_id
    at = datetime.combine(days_ago(8), time(18), UTC)
    decide = partial(reviews.judge, session, by(cast.owner), at, session.get_one(Sop, "pack"), 2)
    decide("editorial")
    session.commit()
    point = weighing(session, 8)
    assert (point.tried_id, point.n) == (None, 63 * 8)
    decide("material")
    session.commit()
    assert weighing(session, 8).tried_id


def test_what_its_owner_calls_material_is(session: Session, cast: Cast, write: Write, weak: None) -> None:
    write("Wiegh the parcel", 10)
    close(session, "pack", runs(10, 8, 8, 0.2, seed=2), "2")
    assert weighing(session, 8).tried_id is None
    at = datetime.combine(days_ago(8), time(18), UTC)
    reviews.judge(session, by(cast.owner), at, session.get_one(Sop, "pack"), 2, "material")
    session.commit()
    assert weighing(session, 8).tried_id


def test_changed_again_before_it_was_decided_it_stands_as_before(
    session: Session, write: Write, weak: None
) -> None:
    write("Put the parcel on the scale", 10)
    close(session, "pack", runs(10, 8, 8, 0.0), "2")
    was = weighing(session, 8)
    figures = (was.count, was.n, was.band)
    write("Read the scale with the parcel on it", 7)
    point = weighing(session, 7)
    assert (point.count, point.n, point.band) == figures
    [trial] = tried.of_points(session, [point]).values()
    assert trial.label == "3" and trial.n == 0
    assert [str(one) for one in trial.said] == [
        "“Weigh the parcel” now reads “Read the scale with the parcel on it”."
    ]


def test_put_back_before_it_was_decided_it_was_never_changed(
    session: Session, write: Write, weak: None
) -> None:
    write("Put the parcel on the scale", 10)
    close(session, "pack", runs(10, 8, 8, 0.0), "2")
    look(session, 8)
    write(WEIGH, 7)
    close(session, "pack", runs(7, 6, 8, 0.2, seed=3), "3")
    point = weighing(session, 6)
    assert (point.tried_id, point.since_revision_id, point.n) == (None, None, 62 * 8)
    assert point.flagged and point.band == "fix-first"
    write("Read the scale with the parcel on it", 5)
    assert weighing(session, 5).n == 62 * 8


def test_a_step_that_was_only_watched_stays_watched(session: Session, write: Write) -> None:
    days = [(days_ago(20 - n // 3), {"scan": "done", "weigh": "done"}) for n in range(30)]
    for place in (0, 9, 20):
        days[place] = (days[place][0], {"scan": "done", "weigh": "failed"})
    close(session, "pack", days, "1")
    assert weighing(session, 10).band == "watch"
    write("Put the parcel on the scale", 9)
    point = weighing(session, 9)
    assert (point.band, point.count, point.n) == ("watch", 3, 30) and point.tried_id


def test_where_nothing_was_lost_it_is_too_early_once_it_was_changed(session: Session, write: Write) -> None:
    close(session, "pack", runs(70, 11, 8, 0.0), "1")
    assert weighing(session, 11).band == "fine"
    write("Put the parcel on the scale", 10)
    point = weighing(session, 10)
    assert (point.band, point.n, point.tried_id) == ("too-early", 0, None)


def test_new_losses_are_not_hidden_behind_what_was_fine(session: Session, write: Write) -> None:
    close(session, "pack", runs(70, 11, 8, 0.02), "1")
    write("Put the parcel on the scale", 10)
    close(session, "pack", runs(10, 5, 8, 0.9), "2")
    point = weighing(session, 5)
    assert point.flagged and point.n == 48


def test_it_is_tried_for_as_long_as_it_takes(session: Session, write: Write) -> None:
    write("Put the parcel on the scale", 250)
    first, _ = session.scalars(select(Revision).where(Revision.sop_id == "pack").order_by(Revision.id))
    first.published_at = datetime.combine(days_ago(400), time(6), UTC)
    session.commit()
    close(session, "pack", runs(300, 251, 8, 0.2), "1")
    close(session, "pack", runs(250, 249, 8, 0.0), "2")
    assert weighing(session, 249).tried_id
    for day in (120, 20):
        close(session, "pack", runs(day, day, 8, 0.0), "2")
        point = weighing(session, day)
        assert (point.band, point.n) == ("fix-first", 400) and point.tried_id


def test_it_is_told_at_once_without_the_worker(session: Session, write: Write, weak: None) -> None:
    write("Put the parcel on the scale", 10)
    close(session, "pack", runs(10, 8, 8, 0.5), "2")
    now = datetime.combine(days_ago(8), time(18), UTC)
    [(name, row)] = refresh.tried_now(session, now).items()
    point = weighing(session, 8)
    assert name == ("pack", "weigh", "failed")
    assert (row["count"], row["n"], row["after_n"]) == (point.count, point.n, 24)
    [trial] = tried.of_points(session, [point]).values()
    assert (row["more"], row["after_count"]) == (trial.more, trial.count)
