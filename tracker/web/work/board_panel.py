"""One run beside the list of the board: read it, and decide about it, without leaving the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from tracker.domain.runs import loading
from tracker.domain.runs.comments import counted
from tracker.domain.runs.progress import StepState, Tally, current, tally
from tracker.domain.work.board_lines import Held, held_up
from tracker.errors import ForbiddenError, HoldfastError, NotFoundError
from tracker.models import Record, Run
from tracker.web.forms import row_id
from tracker.web.reader import actor
from tracker.web.runs import comments, handover
from tracker.web.runs.comments import Said
from tracker.web.spoken import error_text


@dataclass(frozen=True, slots=True)
class Panel:
    """A run as the panel shows it; or `problem` alone, which says why there is nothing to be shown.

    `following`: the run after it in the list, where the lead goes on once this one is decided. `said`: how
    many comments it has.
    """

    run: Run | None = None
    states: Sequence[StepState] = ()
    numbers: dict[str, str] | None = None
    turn: StepState | None = None
    held: Held | None = None
    tally: Tally | None = None
    following: Run | None = None
    said: int = 0
    problem: str = ""

    @property
    def mark(self) -> object:
        """What of it may change while it is looked at."""
        if self.run is None:
            return self.problem
        run, next_id = self.run, self.following and self.following.id
        whose = (run.assignee_id, run.team_id, run.role, run.offered_to_id)
        records = [record.id.hex for record in run.records]
        times = (run.paused_at, run.due_at, run.closed_at)
        stands = (run.state, run.held_by, run.unsigned, run.revision_id)
        return (run.id, stands, whose, times, records, self.said, next_id)

    @property
    def handing(self) -> dict[str, Any]:
        """What the reader may do with the run."""
        return handover.choices(self.run) if self.run else {}

    @property
    def comments(self) -> Said | None:
        """What was said on the run."""
        return comments.said(self.run) if self.run else None

    @property
    def records(self) -> dict[str, Record]:
        """The last record that counts of each step, by the step's key."""
        return {state.step.key: state.in_order[-1] for state in self.states if state.records}


def panel(session: Session, shown: Sequence[Run]) -> Panel | None:
    """The run that the address names beside the list of `shown` runs; None where it names none."""
    text = request.args.get("run", "")
    if not text:
        return None
    try:
        run = loading.load(session, actor(), row_id(text) or 0, "run.see")
    except (ForbiddenError, NotFoundError) as error:
        return Panel(problem=_said(error))
    states = loading.states(run)
    return Panel(
        run=run,
        states=states,
        numbers=loading.plan(run).numbers,
        turn=current(states) if run.state == "open" else None,
        held=held_up(run, states),
        tally=tally(states, run.state),
        following=_after(run, shown),
        said=counted(session, [run]).get(run.id, 0),
    )


def _said(error: HoldfastError) -> str:
    return error_text(error)


def _after(run: Run, shown: Sequence[Run]) -> Run | None:
    """The run after this one in a list; the first where the list has it no more."""
    ids = [other.id for other in shown]
    place = ids.index(run.id) + 1 if run.id in ids else 0
    return shown[place] if place < len(shown) else None
