"""What is said of a run that is not the reader's: only who and when, as `access.may_hear_of` allows."""

from __future__ import annotations

from markupsafe import Markup

from tracker.domain.runs.whereabouts import Whereabouts
from tracker.errors import N_
from tracker.words import moments
from tracker.words.voice import Voice


def sentence(voice: Voice, now_is: Whereabouts) -> Markup:
    """What has become of a run: "Ana has this run since 14:05." """
    run, by, at = now_is
    name, time = by.name if by else "Holdfast", moments.when(voice, at, briefly=True)
    if run.state == "done":
        return voice.markup(N_("This run was closed by %(name)s: %(time)s."), name=name, time=time)
    if run.state == "cancelled":
        return voice.markup(N_("This run was cancelled by %(name)s: %(time)s."), name=name, time=time)
    if run.assignee is not None:
        return _with(voice, now_is, time)
    if run.team is not None:
        return voice.markup(N_("This run was given to the team %(team)s by %(name)s: %(time)s."),
            team=run.team.name, name=name, time=time,
        )  # fmt: skip
    if run.role:
        return voice.markup(N_("This run was given to the role %(role)s by %(name)s: %(time)s."),
            role=run.role, name=name, time=time,
        )  # fmt: skip
    return voice.markup(N_("This run is open to everybody where it is done: %(time)s."), time=time)


def _with(voice: Voice, now_is: Whereabouts, time: Markup) -> Markup:
    """That somebody has it, and who gave it to them if they did not take it by themselves."""
    run, by, at = now_is
    assert run.assignee is not None
    name = run.assignee.name
    if at is None:
        return voice.markup(N_("%(name)s has this run."), name=name)
    if by is None or by.id == run.assignee_id:
        return voice.markup(N_("%(name)s has this run since %(time)s."), name=name, time=time)
    return voice.markup(
        N_("%(name)s has this run since %(time)s; %(by)s gave it to them."), name=name, time=time, by=by.name
    )
