"""What an event of a run says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.domain import event_kinds as kinds
from tracker.models import Event
from tracker.words import moments
from tracker.words.voice import Voice


@dataclass(frozen=True, slots=True)
class _Told:
    """An event, the names of people by their id, and the texts of steps by their key, told in a voice."""

    voice: Voice
    event: Event
    names: dict[int, str]
    texts: dict[str, str]

    @property
    def data(self) -> dict[str, Any]:
        return self.event.data

    @property
    def reason(self) -> str:
        return str(self.data.get("reason", ""))

    @property
    def step(self) -> str:
        key = self.data.get("step", "")
        return self.texts.get(key, str(key))

    def person(self, field: str) -> str:
        return self.names.get(self.data.get(field) or 0, "–")


def sentence(voice: Voice, event: Event, names: dict[int, str], texts: dict[str, str]) -> str:
    """What an event of a run says, after the name of who did it; an unknown kind says what it is called."""
    say = _SENTENCES.get(event.kind)
    return say(_Told(voice, event, names, texts)) if say else event.kind


def _started(told: _Told) -> str:
    if told.data.get("assignee") == told.event.person_id:
        return told.voice.gettext("started the run")
    return told.voice.gettext("started the run for %(whom)s", whom=_whom(told))


def _whom(told: _Told) -> str:
    data = told.data
    return (
        told.names.get(data.get("assignee") or 0)
        or (data.get("team") and told.voice.gettext("the team %(team)s", team=data["team"]))
        or data.get("role")
        or told.voice.gettext("everybody")
    )


def _due(told: _Told) -> str:
    after = told.data.get("after")
    time = (
        moments.when(told.voice, datetime.fromisoformat(after)).striptags()
        if after
        else told.voice.gettext("at no time")
    )
    return told.voice.gettext("set when the run is due: %(time)s", time=time)


def _moved(told: _Told) -> str:
    return told.voice.gettext(
        "moved the run from revision %(before)s to revision %(after)s",
        before=told.data.get("revision_before", "–"),
        after=told.data.get("revision_after", "–"),
    )


def _step_overridden(told: _Told) -> str:
    return told.voice.gettext(
        "let the run go on without “%(step)s”: %(reason)s", step=told.step, reason=told.reason
    )


def _late_accepted(told: _Told) -> str:
    return told.voice.gettext("accepted what came late: “%(step)s”", step=told.step) + _because(told)


def _late_declined(told: _Told) -> str:
    return told.voice.gettext("declined what came late: “%(step)s”", step=told.step) + _because(told)


def _because(told: _Told) -> str:
    return f" ({told.reason})" if told.reason else ""


def _looked(told: _Told) -> str:
    return told.voice.gettext("had a look at how the run was done: %(saw)s", saw=told.data.get("saw", ""))


def _run_overridden(told: _Told) -> str:
    return told.voice.gettext("let the run be closed without a signature: %(reason)s", reason=told.reason)


def _withdrawn(told: _Told) -> str:
    return told.voice.gettext("no longer asked %(name)s to take the run on", name=told.person("to"))


_SAYINGS: dict[type[kinds.Kind], Callable[[_Told], str]] = {
    kinds.RunStarted: _started,
    kinds.RunAssigned: lambda told: told.voice.gettext("gave the run to %(whom)s", whom=_whom(told)),
    kinds.RunClaimed: lambda told: told.voice.gettext("took the open run"),
    kinds.RunTakenOver: lambda told: told.voice.gettext(
        "took the run over from %(before)s", before=told.person("before")
    ),
    kinds.RunOffered: lambda told: told.voice.gettext(
        "asked %(name)s to take the run on", name=told.person("to")
    ),
    kinds.RunAccepted: lambda told: told.voice.gettext(
        "took the run on from %(before)s", before=told.person("before")
    ),
    kinds.RunDeclined: lambda told: told.voice.gettext("left the run with whom it was"),
    kinds.RunWithdrawn: _withdrawn,
    kinds.RunPaused: lambda told: told.voice.gettext("paused the run: %(reason)s", reason=told.reason),
    kinds.RunResumed: lambda told: told.voice.gettext("went on with the run"),
    kinds.RunDue: _due,
    kinds.RunClosed: lambda told: told.voice.gettext("closed the run"),
    kinds.RunImported: lambda told: told.voice.gettext(
        "took the run in from %(file)s", file=told.data.get("file", "–")
    ),
    kinds.RunCancelled: lambda told: told.voice.gettext("cancelled the run: %(reason)s", reason=told.reason),
    kinds.RunMoved: _moved,
    kinds.StepOverridden: _step_overridden,
    kinds.RunAmended: lambda told: told.voice.gettext(
        "put “%(step)s” right: %(reason)s", step=told.step, reason=told.reason
    ),
    kinds.LateWaits: lambda told: told.voice.gettext("brought this late, and a lead decides about it:"),
    kinds.LateAccepted: _late_accepted,
    kinds.LateDeclined: _late_declined,
    kinds.StepSigned: lambda told: told.voice.gettext("signed “%(step)s”", step=told.step),
    kinds.RunSigned: lambda told: told.voice.gettext("signed the whole run"),
    kinds.RunSentBack: lambda told: told.voice.gettext("sent the run back: %(reason)s", reason=told.reason),
    kinds.RunOverridden: _run_overridden,
    kinds.SpotCheckLooked: _looked,
    kinds.DeviationOpened: lambda told: told.voice.gettext(
        "opened a deviation at “%(step)s”", step=told.step
    ),
    kinds.DeviationWithdrawn: lambda told: told.voice.gettext(
        "withdrew the deviation at “%(step)s”", step=told.step
    ),
}

_SENTENCES = {kind.kind: say for kind, say in _SAYINGS.items()}
