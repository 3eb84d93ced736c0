"""The runs behind a verdict: of which days and revisions they are, so that a page can lead to them.

A verdict keeps how many instances it is of. These are looked for among the days of the step again, which
tells the days and the revisions; what they count is what stands in the records now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from tracker.domain.facts.counts import DayCounts
from tracker.domain.facts.periods import Period
from tracker.domain.weakpoints import trials
from tracker.domain.weakpoints.eras import Era, Version, era
from tracker.domain.weakpoints.trials import Knowledge

Row = dict[str, Any]


class Behind:
    """The days of the steps of an SOP, in order, its revisions, oldest first, what is known of each step."""

    def __init__(self, versions: Sequence[Version], rows: Iterable[DayCounts], known: Knowledge) -> None:
        self._versions, self._known = versions, known
        self._days: dict[str, list[DayCounts]] = defaultdict(list)
        for row in sorted(rows, key=lambda row: row.day):
            if row.n:
                self._days[row.step_key].append(row)

    def of_verdicts(self, said: Iterable[Row]) -> list[Row]:
        """The verdicts, each with the runs before and after; with None where they can't be told."""
        return [{**row, "behind": self._of_verdict(row)} for row in said]

    def _of_verdict(self, row: Row) -> Row | None:
        place = next((n for n, one in enumerate(self._versions) if one.id == row["revision_id"]), 0)
        if not place:
            return None
        stood = trials.standing(self._versions[:place], self._known.of(row["step_key"], row["kind"]))
        before = self._under(stood.decided if stood else None, row["step_key"])
        after = self._under(self._since(place, row["step_key"]), row["step_key"])
        kept = row.get("behind")
        if kept:  # runs of these revisions that were closed later belong to neither side
            before, after = _within(before, kept["before"]), _within(after, kept["after"])
        else:
            before, after = _last(before, row["before_n"]), _first(after, row["after_n"])
        if not before or (row["after_n"] and not after):
            return None
        until = None if row["decided_on"] is None else before[-1].day
        return {
            "before": _told(before, row["kind"], before[0].day, until),
            "after": _told(after, row["kind"], after[0].day if after else None, row["decided_on"]),
        }

    def _under(self, asked: Era | None, key: str) -> list[DayCounts]:
        return [day for day in self._days[key] if asked and day.revision_id in asked.revisions]

    def _since(self, place: int, key: str) -> Era | None:
        """The longest era of a step that begins with a revision."""
        for last in range(len(self._versions), place, -1):
            asked = era(self._versions[place:last], key)
            if asked and asked.first is self._versions[place]:
                return asked
        return None


def _last(days: Sequence[DayCounts], n: int) -> list[DayCounts]:
    """The last days on which a step came up n times in all; [] if there are no such days."""
    return _first(days[::-1], n)[::-1]


def _first(days: Sequence[DayCounts], n: int) -> list[DayCounts]:
    """The first days on which a step came up n times in all, whole days; [] if there are no such days."""
    found: list[DayCounts] = []
    for place, day in enumerate(days):
        found.append(day)
        ends = place + 1 == len(days) or days[place + 1].day != day.day
        if ends and sum(day.n for day in found) >= n:
            break
    return found if sum(day.n for day in found) == n else []


def _within(days: Sequence[DayCounts], kept: Row) -> list[DayCounts]:
    since, until = (date.fromisoformat(kept[end]) if kept[end] else None for end in ("since", "until"))
    period, revisions = Period("", since, until), set(kept["revisions"])
    return [day for day in days if day.revision_id in revisions and day.day in period]


def _told(days: Sequence[DayCounts], kind: str, since: date | None, until: date | None) -> Row:
    """What is kept of some days, as JSON has it."""
    return {
        "count": sum(day.counts[kind] for day in days),
        "n": sum(day.n for day in days),
        "since": since.isoformat() if since else None,
        "until": until.isoformat() if until else None,
        "revisions": sorted({day.revision_id for day in days}),
    }
