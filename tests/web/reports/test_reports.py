"""What owners read: counts in words, no rate below ten, and a CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.support.installation import NOW, Cast, Visitor
from tracker.models import Outcome, Person, Run, Sop
from tracker.reports.render import csv as as_csv
from tracker.stats.rates import rate, wilson

Visit = Callable[[Person | None], Visitor]


def close_runs(session: Session, outcomes: list[str]) -> None:
    """Closed runs of pack whose step weigh came to these outcomes."""
    revision = session.get_one(Sop, "pack").in_force_id
    for number, outcome in enumerate(outcomes):
        run = Run(
            ref=f"c{number}", sop_id="pack", revision_id=revision, state="done", started_at=NOW, closed_at=NOW
        )
        session.add(run)
        session.flush()
        session.add(
            Outcome(
                run_id=run.id,
                step_key="weigh",
                sop_id="pack",
                revision_id=revision,
                outcome=outcome,
                closed_at=NOW,
            )
        )
    session.commit()


def downloaded(visitor: Visitor) -> dict[str, dict[str, str]]:
    answer = visitor.get("/sops/pack/health.csv?period=all")
    assert answer.mimetype == "text/csv" and answer.text.startswith("\ufeff")
    assert 'filename="pack.csv"' in answer.headers["Content-Disposition"]
    return {row["step"]: row for row in csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))}


def test_below_ten_there_is_no_percentage(visit: Visit, cast: Cast, session: Session) -> None:
    close_runs(session, ["failed"] * 3 + ["done"] * 6)
    olga = visit(cast.owner)
    page = olga.get("/sops/pack?period=all").text
    assert "%" not in page.replace("%20", "") and "Too early for rates: 9 runs so far" in page
    row = downloaded(olga)["weigh"]
    assert (row["n"], row["failed"], row["failed_rate"], row["failed_low"]) == ("9", "3", "", "")


def test_from_ten_on_a_rate_comes_with_its_interval(visit: Visit, cast: Cast, session: Session) -> None:
    close_runs(session, ["failed"] * 3 + ["done"] * 27 + ["na"] * 5)
    olga = visit(cast.owner)
    page = olga.get("/sops/pack?period=all").text
    assert "Weigh the parcel" in page and "plausibly 3.5% to 26%" in page
    row = downloaded(olga)["weigh"]
    assert (row["n"], row["done"], row["failed"], row["na"]) == ("30", "27", "3", "5")
    assert float(row["failed_rate"]) == 0.1
    assert (float(row["failed_low"]), float(row["failed_high"])) == pytest.approx(wilson(3, 30))


def test_the_columns_of_the_download(visit: Visit, cast: Cast) -> None:
    rows = downloaded(visit(cast.owner))
    assert list(rows) == ["scan", "weigh", "box", "flyer", "hand"]
    assert tuple(rows["scan"]) == as_csv.HEADER
    assert as_csv.HEADER[:8] == ("step", "text", "n", "done", "skipped", "failed", "omitted", "na")


@pytest.mark.parametrize(("count", "n"), [(-1, 10), (11, 10), (0, 0)])
def test_what_is_no_proportion_is_refused(count: int, n: int) -> None:
    with pytest.raises(ValueError, match="no proportion"):
        wilson(count, n)


@pytest.mark.parametrize(
    ("count", "n", "low", "high"), [(0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (3, 30, 0.0346, 0.2562)]
)
def test_wilson_equals_published_values(count: int, n: int, low: float, high: float) -> None:
    assert wilson(count, n) == pytest.approx((low, high), abs=5e-4)


def test_a_rate_needs_ten_instances() -> None:
    assert rate(3, 9) is None and rate(1, 10) == 0.1
