"""What the page of a run says of a step: what it asks, when it applies, what to do when it fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from tracker.domain.runs import recovery as runs_recovery
from tracker.domain.runs.progress import StepState
from tracker.models import Run, Step
from tracker.sop import badges
from tracker.sop.cleaning import sanitised
from tracker.sop.model import INPUTS
from tracker.web.html import document, placed
from tracker.web.spoken import say


def asked(step: Step, titles: Mapping[str, str], has_field: bool) -> list[tuple[str, str]]:
    """What a step asks, as on its page; an input that has its field here needs no words.

    `titles` are the texts of all steps by their keys.
    """
    found = badges.badges(step.attributes, titles, say)
    return [badge for badge in found if not (badge[0] in INPUTS and has_field)]


def only_if(state: StepState, states: Sequence[StepState], titles: Mapping[str, str]) -> str:
    """The condition that keeps a step from applying: its own, or that of a step it is nested in."""
    by_key = {other.step.key: other for other in states}
    above_state: StepState | None = state
    while above_state and not above_state.applies:
        above = by_key.get(above_state.step.parent or "")
        if above_state.step.attributes.get("when") and (above is None or above.applies):
            return badges.only_if(above_state.step.attributes["when"], titles, say)
        above_state = above
    return ""


def recovery(run: Run, step: Step, startable: Callable[[], dict[str, str]]) -> Markup:
    """What to do when a step fails; its links start what they name, while the run is open.

    `startable` says where SOPs have their pages; few recoveries lead on, and only then it is asked.
    """
    if run.state != "open":
        return document(step.recovery)
    text = sanitised(step.recovery)
    if runs_recovery.leads_on(text):
        text = runs_recovery.recovery(startable(), run, step.key, text)
    return placed(text)
