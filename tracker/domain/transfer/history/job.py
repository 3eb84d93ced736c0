"""An import on its way, and a finished run as any file tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from tracker.domain import walltime

LABEL = "imported"
"""The label of a history's revision that has none."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
SHOWN = 100
"""Lines with an error that are told one by one; after them only kinds of errors that are new."""


class Line(NamedTuple):
    """What became of one step, who said so (a login, or "") and when."""

    step: str
    outcome: str
    reason: str
    value: Any
    actor: str
    at: datetime


class FinishedRun(NamedTuple):
    """One finished run. `lines` are in the order of the file; `actor` began it and `closer` closed it."""

    sop_id: str
    ref: str
    label: str
    subject: str
    location: str
    lines: list[Line]
    actor: str
    closer: str
    started_at: datetime
    closed_at: datetime


class Source(Protocol):
    """A file of finished runs."""

    def check(self) -> None:
        """Read all of it: errors, counts and when each revision's first run began go to the job."""

    def runs(self) -> Iterator[FinishedRun]:
        """Its runs, one at a time."""


@dataclass
class Import:
    """An import: what is asked for, then what was found and written.

    `sop_id` is the SOP whose runs an event log tells of. `began` holds when the first run of each revision
    (SOP, label) began, `last` the latest time in it; `notes` what a person should know about the file. Of
    the lines that are wrong there are `wrong`; `errors` tells of them.
    """

    path: Path
    zone: str
    create: bool = False
    sop_id: str | None = None
    lines: int = 0
    runs: int = 0
    written: int = 0
    passed_over: int = 0
    errors: list[str] = field(default_factory=list)
    wrong: int = 0
    notes: list[str] = field(default_factory=list)
    began: dict[tuple[str, str], datetime] = field(default_factory=dict)
    last: datetime = _LONG_AGO
    source: Source | None = None
    _kinds: set[str] = field(default_factory=set)

    @property
    def is_log(self) -> bool:
        """Whether the file is an event log (XES); otherwise it is a table."""
        return self.path.name.lower().endswith((".xes", ".xes.gz"))

    def refuse(self, line: int, wrong: str) -> None:
        """Note that a line is wrong: each is told up to a bound, and after that each other kind of error."""
        self.wrong += 1
        is_new = wrong not in self._kinds and len(self._kinds) < SHOWN
        if is_new:
            self._kinds.add(wrong)
        if self.wrong <= SHOWN or is_new:
            self.errors.append(f"{self.path.name}:{line}: {wrong}")

    def begin_again(self) -> None:
        """Forget what was counted: the file is read once more."""
        self.lines = self.runs = self.wrong = 0
        self.errors, self._kinds, self.began, self.last = [], set(), {}, _LONG_AGO

    def begins(self, sop_id: str, label: str, at: datetime) -> None:
        """Note that a run of the revision was under way at that time: the revision began then or before."""
        if at > self.last:
            self.last = at
        before = self.began.get((sop_id, label))
        if before is None or at < before:
            self.began[sop_id, label] = at


def moment(text: str, zone: str) -> datetime:
    """A time as written; one without a zone is in `zone`. Raises ValueError."""
    at = datetime.fromisoformat(text)
    if not 1000 <= at.year < 9999:  # mistyped, or outside of the calendar once it is moved to UTC
        raise ValueError(text)
    return at.astimezone(UTC) if at.tzinfo else walltime.utc(at, zone)
