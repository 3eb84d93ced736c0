"""What the board and the queues ask of every open run, kept in its row: nobody reads records for it.

`keep` is called by whatever changes it: a record, an override, a signature, a move, the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from tracker.domain.runs.progress import StepState, current
from tracker.domain.runs.signatures import Whole
from tracker.models import Run


class Standing(NamedTuple):
    """`held_by`: the key of the critical step that was skipped or has failed and keeps what follows blocked.

    `unsigned`: how many signatures of a second person it waits for: of steps, or of the whole run.
    `wants_role`: the role that the step
    whose turn it is names.
    """

    held_by: str | None
    unsigned: int
    wants_role: str | None


def judge(states: Sequence[StepState], whole: Whole | None) -> Standing:
    """The standing of a run with these states, and with `whole` where it is signed as a whole."""
    held = (state for state in states if state.holds_up and state.outcome is not None and not state.unsigned)
    turn = current(states)
    return Standing(
        held_by=next((state.step.key for state in held), None),
        unsigned=sum(state.unsigned for state in states) + (whole is not None and whole.waits),
        wants_role=turn.step.role if turn is not None and not turn.step.verify else None,
    )


def keep(session: Session, run: Run, states: Sequence[StepState], whole: Whole | None) -> None:
    """Write an open run's standing into its row, where it has changed: `runs.keep_standing`."""
    if run.state != "open":
        return
    now_is = judge(states, whole)
    if now_is == (run.held_by, run.unsigned, run.wants_role):
        return
    run.held_by, run.unsigned, run.wants_role = now_is
    session.flush()
