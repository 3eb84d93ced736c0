"""Which steps are weak, as `holdfast weak-points` says it: of the whole library, at once after an import."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.closed import close, spread
from tests.support.installation import NOW
from tracker.authoring.sync import publish
from tracker.domain.weakpoints import refresh
from tracker.domain.weakpoints.judgement import WINDOW, priors
from tracker.models import Revision, Sop, WeakPoint
from tracker.reports import data
from tracker.stats.shrinkage import WEAK as WEAK_PRIOR
from tracker.stats.shrinkage import exceeds
from tracker.worker import counting

YEAR = date(2026, 1, 1)
Lost = dict[str, dict[str, int]]
Rows = dict[tuple[str, str, str], dict[str, Any]]


def runs(session: Session, sop: str, lost: Lost, n: int, first: date = YEAR) -> None:
    close(session, sop, spread(n, lost, first, 100))


def found(session: Session, **asked: Any) -> Rows:
    return {(row["sop"], row["step"], row["kind"]): row for row in data.weak_points(session, **asked)}


def test_a_weak_step_is_flagged_and_the_others_are_fine(session: Session) -> None:
    fine = {f"s{number}": {"failed": number % 3} for number in range(11)}
    runs(session, "sop", {**fine, "weak": {"failed": 60}}, 300)
    rows = found(session)
    assert [name for name, row in rows.items() if row["flagged"]] == [("sop", "weak", "failed")]
    weak = rows["sop", "weak", "failed"]
    assert (weak["n"], weak["count"], weak["rate"], weak["band"]) == (300, 60, 0.2, "fix-first")
    assert weak["per_month"] == pytest.approx(300 / 99 * 30.44)
    pairs = [(row["count"], row["n"]) for name, row in rows.items() if name[2] == "failed"]
    prior = priors(("failed", *pair) for pair in pairs)["failed"]
    assert weak["probability"] == exceeds(60, 300, prior, 0.05)
    assert weak["posterior"] == pytest.approx((60 + prior.a) / (300 + sum(prior)))
    assert {row["band"] for row in rows.values() if not row["flagged"]} == {"fine"}
    assert len(rows) == 12 * 3


def test_one_sop_is_judged_among_all_of_them(session: Session) -> None:
    steps = {f"s{number}": {"failed": number} for number in range(12)}
    runs(session, "one", steps, 100)
    runs(session, "other", {"weak": {"failed": 90}, "fine": {}}, 100)
    whole = found(session)
    assert found(session, sop_id="one") == {name: row for name, row in whole.items() if name[0] == "one"}
    assert found(session, sop_id="none") == {}


def test_since_a_day_only_what_came_after_counts(session: Session) -> None:
    steps = [f"s{number}" for number in range(9)]
    runs(session, "sop", {step: {"skipped": 50} for step in steps}, 100, date(2025, 1, 1))
    runs(session, "sop", {step: {} for step in steps}, 100)
    assert all(row["flagged"] for name, row in found(session).items() if name[2] == "skipped")
    rows = found(session, since=date(2026, 1, 1))
    assert {row["n"] for row in rows.values()} == {100} and not any(row["flagged"] for row in rows.values())
    assert found(session, since=date(2027, 1, 1)) == {}


def test_below_ten_there_is_no_rate_and_no_flag(session: Session) -> None:
    runs(session, "sop", {"thin": {"failed": 9}}, 9)
    runs(session, "more", {"enough": {"failed": 10}}, 10)
    rows = found(session)
    thin, enough = rows["sop", "thin", "failed"], rows["more", "enough", "failed"]
    assert (thin["rate"], thin["flagged"], thin["band"]) == (None, False, "too-early")
    assert (enough["rate"], enough["flagged"], enough["band"]) == (1.0, True, "fix-first")
    assert enough["probability"] == exceeds(10, 10, WEAK_PRIOR, 0.05)  # few steps: a fixed prior


def test_what_did_not_apply_is_in_no_rate(session: Session) -> None:
    runs(session, "sop", {"asked": {"na": 80, "failed": 5}, "never": {"na": 100}}, 100)
    rows = found(session)
    assert {name[1] for name in rows} == {"asked"}
    row = rows["sop", "asked", "failed"]
    assert (row["n"], row["count"], row["rate"]) == (20, 5, 0.25)


def test_nothing_lost_flags_nothing(session: Session) -> None:
    runs(session, "sop", {f"s{number}": {} for number in range(20)}, 50)
    rows = found(session)
    assert {(row["rate"], row["flagged"], row["band"]) for row in rows.values()} == {(0.0, False, "fine")}
    assert all(0 <= row["probability"] < 0.5 for row in rows.values())


def test_one_run_alone(session: Session) -> None:
    runs(session, "sop", {"s": {"failed": 1}}, 1)
    row = found(session)["sop", "s", "failed"]
    assert (row["n"], row["count"], row["rate"], row["band"]) == (1, 1, None, "too-early")
    assert row["per_month"] == pytest.approx(30.44)


def test_no_run_at_all(session: Session) -> None:
    assert data.weak_points(session) == []


def test_more_runs_than_a_page_adds_up_count_at_once(session: Session) -> None:
    runs(session, "sop", {"s": {"failed": 300}}, 2100)
    row = found(session)["sop", "s", "failed"]
    assert (row["n"], row["count"], row["flagged"]) == (2100, 300, True)


def test_bands_are_those_of_all_kinds_together(session: Session) -> None:
    runs(session, "sop", {"a": {"failed": 90}, "b": {"skipped": 60}, "c": {"omitted": 30}}, 100)
    rows = found(session)
    bands = [
        rows["sop", step, kind]["band"]
        for step, kind in (("a", "failed"), ("b", "skipped"), ("c", "omitted"))
    ]
    assert bands == ["fix-first", "fix-first", "watch"]


def test_the_page_has_the_bands_of_the_same_days(session: Session) -> None:
    """Also beside what nobody uses any more: it takes no place among what is to be fixed first."""
    last = date(2026, 4, 10)
    weak = {f"w{number}": {"failed": 12 + number} for number in range(9)}
    runs(session, "sop", {**weak, **{f"s{number}": {"failed": number % 4} for number in range(11)}}, 100)
    runs(session, "given-up", {f"g{number}": {"failed": 80} for number in range(9)}, 100)
    runs(session, "sop", {"w0": {"failed": 10}}, 10, date(2025, 6, 1))  # before the days that are judged
    sop = session.get_one(Sop, "given-up")
    sop.in_force_id = session.scalar(select(Revision.id).where(Revision.sop_id == "given-up"))
    sop.retired_at = NOW
    session.commit()
    now = datetime.combine(last, time(12), UTC)
    counting.fold(session, now)
    refresh.refresh(session, now)
    kept = {
        (p.sop_id, p.step_key, p.kind): (p.n, p.count, p.band) for p in session.scalars(select(WeakPoint))
    }
    rows = found(session, since=last - WINDOW)
    assert {name: (row["n"], row["count"], row["band"]) for name, row in rows.items()} == kept
    assert sum(row["band"] == "fix-first" for row in rows.values()) == 5
    assert all(row["band"] != "fix-first" for name, row in rows.items() if name[0] == "given-up")


STRICT = """\
---
id: strict
tolerance: {tolerance}
---
1. One thing {{#one}}
2. Another thing {{#two .critical}}
"""


@pytest.mark.parametrize(
    ("tolerance", "flagged"),
    [("null", {"two"}), ("2%", {"one", "two"}), ("10%", set()), ("0%", {"one", "two"})],
)
def test_tolerance_is_that_of_the_revision_in_force(
    session: Session, app: Flask, workspace: Path, tolerance: str, flagged: set[str]
) -> None:
    (workspace / "sops/strict.md").write_text(STRICT.format(tolerance=tolerance))
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    runs(session, "strict", {"one": {"failed": 40}, "two": {"failed": 40}}, 1000)
    rows = found(session)
    assert {name[1] for name, row in rows.items() if row["flagged"]} == flagged
    assert not any(row["flagged"] for name, row in rows.items() if row["count"] == 0)


def test_a_day_is_counted_where_the_run_was_done(session: Session) -> None:
    runs(session, "sop", {"s": {}}, 1, date(2026, 3, 1))
    runs(session, "old", {"s": {}}, 1, date(2026, 2, 28))
    assert {name[0] for name in found(session, since=date(2026, 3, 1))} == {"sop"}
