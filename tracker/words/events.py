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
class _Line:
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
    return say(_Line(voice, event, names, texts)) if say else event.kind


def _started(line: _Line) -> str:
    if line.data.get("assignee") == line.event.person_id:
        return line.voice.gettext("started the run") + _heard(line) + _beside(line)
    return line.voice.gettext("started the run for %(whom)s", whom=_whom(line))


def _whom(line: _Line) -> str:
    data = line.data
    return (
        line.names.get(data.get("assignee") or 0)
        or (data.get("team") and line.voice.gettext("the team %(team)s", team=data["team"]))
        or data.get("role")
        or line.voice.gettext("everybody")
    )


def _closed(line: _Line) -> str:
    if line.data.get("itself"):
        return line.voice.gettext("made the last record, and so the run was closed") + _heard(line)
    return line.voice.gettext("closed the run") + _heard(line)


def _heard(line: _Line) -> str:
    """When we heard of what was done on a phone without network."""
    if not line.data.get("came"):
        return ""
    time = moments.dated(line.voice, datetime.fromisoformat(line.data["came"]))
    return " " + line.voice.gettext("(on a phone, which told us %(time)s)", time=time)


def _beside(line: _Line) -> str:
    twin = line.data.get("twin")
    return " " + line.voice.gettext("while run %(run)s about the same was open", run=twin) if twin else ""


def _due(line: _Line) -> str:
    after = line.data.get("after")
    time = (
        moments.dated(line.voice, datetime.fromisoformat(after))
        if after
        else line.voice.gettext("at no time")
    )
    return line.voice.gettext("set when the run is due: %(time)s", time=time)


def _moved(line: _Line) -> str:
    return line.voice.gettext(
        "moved the run from revision %(before)s to revision %(after)s",
        before=line.data.get("revision_before", "–"),
        after=line.data.get("revision_after", "–"),
    )


def _step_overridden(line: _Line) -> str:
    return line.voice.gettext(
        "let the run go on without “%(step)s”: %(reason)s", step=line.step, reason=line.reason
    )


def _late_accepted(line: _Line) -> str:
    return line.voice.gettext("accepted what came late: “%(step)s”", step=line.step) + _because(line)


def _late_declined(line: _Line) -> str:
    return line.voice.gettext("declined what came late: “%(step)s”", step=line.step) + _because(line)


def _because(line: _Line) -> str:
    return f" ({line.reason})" if line.reason else ""


def _looked(line: _Line) -> str:
    return line.voice.gettext("had a look at how the run was done: %(saw)s", saw=line.data.get("saw", ""))


def _run_overridden(line: _Line) -> str:
    return line.voice.gettext("let the run be closed without a signature: %(reason)s", reason=line.reason)


def _withdrawn(line: _Line) -> str:
    return line.voice.gettext("no longer asked %(name)s to take the run on", name=line.person("to"))


_SAYINGS: dict[type[kinds.Kind], Callable[[_Line], str]] = {
    kinds.RunStarted: _started,
    kinds.RunAssigned: lambda line: line.voice.gettext("gave the run to %(whom)s", whom=_whom(line)),
    kinds.RunClaimed: lambda line: line.voice.gettext("took the open run"),
    kinds.RunTakenOver: lambda line: line.voice.gettext(
        "took the run over from %(before)s", before=line.person("before")
    ),
    kinds.RunOffered: lambda line: line.voice.gettext(
        "asked %(name)s to take the run on", name=line.person("to")
    ),
    kinds.RunAccepted: lambda line: line.voice.gettext(
        "took the run on from %(before)s", before=line.person("before")
    ),
    kinds.RunDeclined: lambda line: line.voice.gettext("left the run with whom it was"),
    kinds.RunWithdrawn: _withdrawn,
    kinds.CommentAdded: lambda line: line.voice.gettext("said:"),
    kinds.RunPaused: lambda line: line.voice.gettext("paused the run: %(reason)s", reason=line.reason),
    kinds.RunResumed: lambda line: line.voice.gettext("went on with the run"),
    kinds.RunDue: _due,
    kinds.RunClosed: _closed,
    kinds.RunImported: lambda line: line.voice.gettext(
        "took the run in from %(file)s", file=line.data.get("file", "–")
    ),
    kinds.RunCancelled: lambda line: line.voice.gettext("cancelled the run: %(reason)s", reason=line.reason),
    kinds.RunMoved: _moved,
    kinds.StepOverridden: _step_overridden,
    kinds.RunAmended: lambda line: line.voice.gettext(
        "put “%(step)s” right: %(reason)s", step=line.step, reason=line.reason
    ),
    kinds.LateWaits: lambda line: line.voice.gettext("brought this late, and a lead decides about it:"),
    kinds.LateAccepted: _late_accepted,
    kinds.LateDeclined: _late_declined,
    kinds.LateSeen: lambda line: line.voice.gettext("has seen what came late and is kept"),
    kinds.StepSigned: lambda line: line.voice.gettext("signed “%(step)s”", step=line.step),
    kinds.RunSigned: lambda line: line.voice.gettext("signed the whole run"),
    kinds.RunSentBack: lambda line: line.voice.gettext("sent the run back: %(reason)s", reason=line.reason),
    kinds.RunOverridden: _run_overridden,
    kinds.SpotCheckLooked: _looked,
    kinds.DeviationOpened: lambda line: line.voice.gettext(
        "opened a deviation at “%(step)s”", step=line.step
    ),
    kinds.DeviationWithdrawn: lambda line: line.voice.gettext(
        "withdrew the deviation at “%(step)s”", step=line.step
    ),
}

_SENTENCES = {kind.kind: say for kind, say in _SAYINGS.items()}
