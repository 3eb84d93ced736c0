"""What the reports say, as plain rows. The pages, the CSV and the command line render these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.facts import counts as facts_counts
from tracker.domain.facts.counts import WEAK, StepCounts
from tracker.domain.facts.periods import EVER, Period
from tracker.domain.library import revisions
from tracker.domain.weakpoints import judgement
from tracker.domain.weakpoints.listing import steps_in_use
from tracker.domain.weakpoints.tolerances import tolerances
from tracker.domain.weakpoints.tried import said
from tracker.models import OUTCOMES, Sop, Step
from tracker.sop.changes import Sentence
from tracker.sop.numbering import numbers
from tracker.stats.rates import Interval, rate, wilson
from tracker.stats.weakpoints import CaseResult


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step with its counts. `number` is what people call it; None for one that the revision lacks."""

    key: str
    text: str
    number: str | None
    depth: int
    critical: bool
    counts: dict[str, int]
    n: int

    def rate(self, outcome: str) -> float | None:
        """The share of an outcome, or None while there are too few to say."""
        return rate(self.counts[outcome], self.n)

    def interval(self, outcome: str) -> Interval | None:
        """Where the share plausibly lies, or None while there are too few to say."""
        return wilson(self.counts[outcome], self.n) if self.rate(outcome) is not None else None


def sop_health(
    session: Session, sop: Sop, revision_id: int | None = None, days: Period = EVER
) -> list[StepRow]:
    """Each step of an SOP with its counts on some days, over one revision or over all; in the order of the
    document.

    Steps that have counts but are no longer in the document come last.
    """
    found = facts_counts.totals(
        session, sop_id=sop.id, revision_id=revision_id, since=days.since, until=days.until
    )
    counted = {row.step_key: row for row in found}
    shown = revision_id or sop.in_force_id or next((r.id for r in revisions.with_runs(session, sop)), None)
    steps = session.scalars(select(Step).where(Step.revision_id == shown).order_by(Step.position)).all()
    names = numbers(steps)
    rows = []
    for step in steps:
        row = counted.pop(step.key, None)
        counts = row.counts if row else dict.fromkeys(OUTCOMES, 0)
        rows.append(
            StepRow(
                step.key, step.text, names[step.key], step.depth, step.critical, counts, row.n if row else 0
            )
        )
    texts = revisions.step_texts(session, sop.id) if counted else {}
    return rows + [_unplaced(row, texts) for row in counted.values()]


def counted(row: StepRow, counts: dict[str, int]) -> StepRow:
    """The step with other counts."""
    return replace(row, counts=counts, n=facts_counts.instances(counts))


def _unplaced(row: StepCounts, texts: dict[str, str]) -> StepRow:
    """A step apart from its document."""
    return StepRow(row.step_key, texts.get(row.step_key, row.step_key), None, 1, False, row.counts, row.n)


def weak_points(
    session: Session,
    *,
    sop_id: str | None = None,
    since: date | None = None,
    tried: Mapping[tuple[str, str, str], Mapping[str, Any]] | None = None,
) -> list[dict[str, Any]]:
    """A row for every step and kind that has instances, as `holdfast weak-points --json` gives it.

    The period is that of the runs closed since a day, or all of history. Each kind is judged with a prior
    from the whole library, and bands are those of the whole library, also where only one SOP is asked for.
    `rate` is None below ten instances. `tried`: what is being tried just now (`refresh.tried_now`); such a
    row, and no other, says so under the same name: what has changed, and counts of the 90 days before that
    and of all since.
    """
    counted = [row for row in facts_counts.totals(session, since=since, exact=True) if row.n]
    days, accepted, in_use = (
        facts_counts.days_covered(session, since),
        tolerances(session),
        steps_in_use(session),
    )
    priors = judgement.priors((kind, row.counts[kind], row.n) for row in counted for kind in WEAK)
    cases = [(row, kind) for kind in WEAK for row in counted]
    judged = [
        (
            judgement.weighed(
                row.counts[kind], row.n, accepted.of(row.sop_id, row.step_key), days, priors[kind]
            ),
            in_use(row.sop_id, row.step_key),
        )
        for row, kind in cases
    ]
    changed = said(session, tried or {})
    trials = {name: _trial(row, changed[name]) for name, row in (tried or {}).items()}
    found = [
        _weak_point(row, kind, result, trials.get((row.sop_id, row.step_key, kind)))
        for (row, kind), result in zip(cases, judgement.with_bands(judged), strict=True)
        if sop_id in (None, row.sop_id)
    ]
    return sorted(found, key=lambda row: (row["sop"], row["step"], WEAK.index(row["kind"])))


def _weak_point(
    row: StepCounts, kind: str, judged: CaseResult, trial: Mapping[str, Any] | None
) -> dict[str, Any]:
    count, n = row.counts[kind], row.n
    low, high = wilson(count, n)
    return {
        "sop": row.sop_id,
        "step": row.step_key,
        "kind": kind,
        "n": n,
        "count": count,
        "rate": rate(count, n),
        "low": low,
        "high": high,
        "posterior": judged.posterior,
        "band": judged.band,
        "flagged": judged.flagged,
        "probability": judged.probability,
        "per_month": judged.per_month,
        **({"tried": trial} if trial else {}),
    }


def _trial(tried: Mapping[str, Any], changed: Iterable[Sentence]) -> dict[str, Any]:
    return {
        "revision": tried["revision"],
        "since": tried["on"].isoformat(),
        "changed": list(map(str, changed)),
        "before": {"count": tried["count"], "n": tried["n"]},
        "after": {"count": tried["after_count"], "n": tried["after_n"]},
        "more": tried["more"],
    }
