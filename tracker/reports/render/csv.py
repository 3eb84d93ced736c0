"""Reports as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping

from tracker.domain.dispatch.lists import COLUMNS, Line
from tracker.domain.facts.counts import WEAK
from tracker.domain.transfer import cells
from tracker.domain.weakpoints.listing import Finding
from tracker.domain.work.board_lines import Line as BoardLine
from tracker.models import OUTCOMES, Run, SecurityEntry
from tracker.reports.data import StepRow
from tracker.reports.overview import SopRow

HEADER = (
    "step",
    "text",
    "n",
    *OUTCOMES,
    *(f"{kind}_{part}" for kind in WEAK for part in ("rate", "low", "high")),
)


def sop_health(rows: Iterable[StepRow]) -> str:
    """An SOP's steps with counts, rates and 95 % intervals; empty where there are too few to say."""
    return _table(
        HEADER,
        (
            [row.key, row.text, row.n, *(row.counts[o] for o in OUTCOMES)]
            + [share for kind in WEAK for share in _shares(row, kind)]
            for row in rows
        ),
    )


def _shares(row: StepRow, kind: str) -> list[object]:
    interval = row.interval(kind)
    return [row.rate(kind), interval.low, interval.high] if interval else ["", "", ""]


def overview(rows: Iterable[SopRow]) -> str:
    """Every SOP with its closed runs and the outcomes of all its steps together."""
    header = ("sop", "title", "area", "retired", "runs", *OUTCOMES)
    return _table(
        header,
        (
            (
                *(row.sop.id, row.sop.title, row.sop.area),
                row.sop.retired_at is not None,
                row.runs,
                *(row.counts.get(o, 0) for o in OUTCOMES),
            )
            for row in rows
        ),
    )


def weak_points(points: Iterable[Finding]) -> str:
    """Weak points with their figures; shares are fractions, days are in ISO."""
    header = (
        *("sop", "title", "area", "owner", "step", "text", "kind", "band", "count", "n", "low", "high"),
        *("posterior", "probability", "tolerance", "critical", "flagged", "per_month", "cost"),
        *("since", "since_revision", "flagged_on", "began", "alarm_on"),
        *("tried_revision", "tried_more"),
    )
    return _table(
        header,
        (
            [c.sop.id, c.sop.title, c.sop.area, c.owner.login if c.owner else ""]
            + [c.point.step_key, c.text]
            + [getattr(c.point, name) for name in header[6:19]]
            + [c.point.since, c.revision, c.point.flagged_on, c.point.began, c.point.alarm_on]
            + [c.tried.label if c.tried else "", c.tried.more if c.tried else ""]
            for c in points
        ),
    )


def board(runs: Iterable[Run], lines: Mapping[int, BoardLine]) -> str:
    """Open runs with whose they are, how far they are, what holds them up, who did something last; in UTC."""
    header = (
        *("run", "sop", "title", "subject", "location", "person", "team", "role", "paused", "done", "steps"),
        *("failed", "skipped", "step", "unsigned", "held_by", "held_because", "started", "due"),
        *("last_at", "last_by"),
    )
    return _table(header, (_open_run(run, lines[run.id]) for run in runs))


def _open_run(run: Run, line: BoardLine) -> Iterable[object]:
    return (
        *(run.id, run.sop_id, run.sop.title, run.subject_ref),
        run.location.name if run.location else "",
        run.assignee.login if run.assignee else "",
        run.team.name if run.team else "",
        *(run.role, run.pause_reason, line.tally.done, line.tally.all, line.tally.failed, line.tally.skipped),
        f"{line.turn.number} {line.turn.name}" if line.turn else "",
        run.unsigned or 0,
        *(line.held[::2] if line.held else ("", "")),
        *(run.started_at.isoformat(), run.due_at.isoformat() if run.due_at else ""),
        *(line.last.at.isoformat(), line.last.name),
    )


ENDED = (
    *("run", "sop", "title", "subject", "location", "person", "state", "reason", *OUTCOMES),
    *("started", "due", "closed", "closed_by"),
)


def ended_run(run: Run, outcomes: Mapping[str, int]) -> Iterable[object]:
    """A closed or cancelled run with what became of its steps; in UTC."""
    return (
        *(run.id, run.sop_id, run.sop.title, run.subject_ref),
        run.location.name if run.location else "",
        run.assignee.login if run.assignee else "",
        *(run.state, run.cancel_reason, *(outcomes.get(outcome, 0) for outcome in OUTCOMES)),
        *(at.isoformat() if at else "" for at in (run.started_at, run.due_at, run.closed_at)),
        run.closed_by.login if run.closed_by else "",
    )


def in_pieces(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The lines of a file while its rows are read, with the mark by which spreadsheets know UTF-8."""
    yield "\ufeff" + _written([header])
    for row in rows:
        yield _written([row])


def unopened_lines(lines: Iterable[tuple[Line, str]]) -> str:
    """Lines of a list that have no run, with the reason; to be mended and sent again."""
    header = (*COLUMNS, "line", "reason")
    return _table(
        header,
        (
            [line[column] for column in COLUMNS] + [line.number, reason]
            if line.fields
            else [line.text, *("" for _ in COLUMNS[1:]), line.number, reason]
            for line, reason in lines
        ),
    )


def _table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    return _written([header, *rows])


def _written(rows: Iterable[Iterable[object]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(
        [cells.safe(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return out.getvalue()


def security(entries: Iterable[SecurityEntry]) -> str:
    """Lines of the security log, with the details as JSON."""
    return _table(
        ("at", "kind", "person", "login", "actor", "address", "browser", "tablet", "details"),
        (
            (
                one.at.isoformat(timespec="seconds"),
                one.kind,
                one.person.login if one.person else "",
                one.login or "",
                one.actor.login if one.actor else "",
                one.address,
                one.browser,
                one.device.name if one.device else "",
                json.dumps(one.data, ensure_ascii=False) if one.data else "",
            )
            for one in entries
        ),
    )
