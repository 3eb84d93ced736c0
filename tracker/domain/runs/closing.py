"""What keeps a run from being closed."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.domain.runs import loading
from tracker.domain.runs.progress import StepState, untouched
from tracker.errors import N_, ConflictError
from tracker.models import Run


def must_be_closable(run: Run, found: Sequence[StepState]) -> None:
    """Raise ConflictError while a critical step holds up, or a step or the run is not signed.

    That steps are untouched keeps no run from it.
    """
    unsigned = next((state for state in found if state.unsigned), None)
    if unsigned is not None:
        raise ConflictError(
            N_("“%(step)s” waits for a second person’s signature, or a lead lets the run go on without it."),
            step=unsigned.step.name,
        )
    holding = next((state for state in found if state.holds_up), None)
    if holding is not None:
        raise ConflictError(
            N_(
                "“%(step)s” is critical and not done. Do it, or ask a lead to let the run go on or cancel it."
            ),
            step=holding.step.name,
        )
    _must_be_signed(run, found)


def _must_be_signed(run: Run, found: Sequence[StepState]) -> None:
    signing = loading.whole(run, found)
    if signing is None or signing.settled:
        return
    if signing.sent_back:
        raise ConflictError(
            N_("%(name)s has sent this run back: %(reason)s. Put it right, then it is signed."),
            name=signing.sent_back.person.name,
            reason=signing.sent_back.meaning,
        )
    if left := untouched(found):
        raise ConflictError(
            N_("“%(step)s” is untouched, and this run is signed before it is closed. Do it, or skip it."),
            step=left[0].step.name,
        )
    raise ConflictError(
        N_("This run waits for a second person’s signature, or a lead lets it be closed without.")
    )
