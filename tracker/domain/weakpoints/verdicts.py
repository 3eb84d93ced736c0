"""Whether a revision has helped a step: compared once, when the planned number of runs is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from tracker.domain.facts.counts import WEAK
from tracker.domain.weakpoints import trials
from tracker.domain.weakpoints.eras import Version, era
from tracker.domain.weakpoints.trials import Knowledge, Known, Row
from tracker.stats import change

LOOKED_AT = timedelta(days=180)
"""How long a revision may take to show what it did; one that has changed a step takes as long as it takes."""


def said(
    sop_id: str,
    versions: Sequence[Version],
    known: Knowledge,
    today: date,
) -> list[Row]:
    """What is to be kept about every revision of the last months, step and kind.

    What is decided already stays as it is. What was early and will never be decided is left out.
    """
    rows = []
    for place in range(1, len(versions)):
        is_late = versions[place].on < today - LOOKED_AT
        if versions[place].changes_nothing(versions[place - 1]):
            continue
        for key in versions[place].says:
            for kind in WEAK:
                row = known.kept.get((versions[place].id, key, kind))
                if row is None or row["decided_on"] is None:
                    row = _row(versions, place, known.of(key, kind), is_late=is_late)
                if row is not None:
                    rows.append({**row, "sop_id": sop_id})
    return rows


def _row(versions: Sequence[Version], place: int, known: Known, *, is_late: bool) -> Row | None:
    version, key = versions[place], known.key
    before = era(versions[:place], key)
    changed = before is not None and version.changes(before.last, key)
    if is_late and not changed:
        return None
    stood = trials.standing(versions[:place], known)
    if stood is None:
        return None
    if stood.before and not (changed and version.changes(stood.before.last, key)):
        return None  # what is being tried goes on, or was taken back
    plan = trials.plan(version, stood.decided, known, changed=changed)
    if plan is None:
        return None
    count, n, on = trials.until(known.rates(_after(versions[place:], key)), plan.planned)
    verdict = change.verdict(plan.before, (count, n), plan.planned)
    if verdict.word == "early":
        if _is_over(versions[place:], key):
            return None
    elif is_late and known.kept(version) is None:
        return None
    return {
        "revision_id": version.id,
        "step_key": key,
        "kind": known.kind,
        "before_count": plan.before[0],
        "before_n": plan.before[1],
        "after_count": count,
        "after_n": n,
        "planned": plan.planned,
        "more": verdict.more,
        "word": verdict.word,
        "low": verdict.low,
        "high": verdict.high,
        "decided_on": None if verdict.word == "early" else on,
    }


def _after(versions: Sequence[Version], key: str) -> frozenset[int]:
    """The revisions from the first one on that ask for the same of the step."""
    return frozenset(version.id for version in _same(versions, key))


def _same(versions: Sequence[Version], key: str) -> Iterator[Version]:
    last = versions[0]
    for version in versions:
        if key not in version.says or version.changes(last, key):
            return
        last = version if version.says[key] is not None else last
        yield version


def _is_over(versions: Sequence[Version], key: str) -> bool:
    """Whether the step asks for something else by now, or is gone."""
    return versions[-1].id not in _after(versions, key)
