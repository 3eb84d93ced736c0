"""What an event of a run says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext

from tracker.models import Event
from tracker.words import moments


def sentence(event: Event, names: dict[int, str], texts: dict[str, str]) -> str:
    """What an event of a run says, after the name of who did it."""
    data = event.data
    whom = (
        names.get(data.get("assignee") or 0)
        or (data.get("team") and gettext("the team %(team)s", team=data["team"]))
        or data.get("role")
        or gettext("everybody")
    )
    to = names.get(data.get("to") or 0, "–")
    before = names.get(data.get("before") or 0, "–")
    step = texts.get(data.get("step", ""), data.get("step", ""))
    sentences = {
        "run.started": (
            gettext("started the run")
            if data.get("assignee") == event.person_id
            else gettext("started the run for %(whom)s", whom=whom)
        ),
        "run.assigned": gettext("gave the run to %(whom)s", whom=whom),
        "run.claimed": gettext("took the open run"),
        "run.taken-over": gettext("took the run over from %(before)s", before=before),
        "run.offered": gettext("asked %(name)s to take the run on", name=to),
        "run.accepted": gettext("took the run on from %(before)s", before=before),
        "run.declined": gettext("left the run with whom it was"),
        "run.withdrawn": gettext("no longer asked %(name)s to take the run on", name=to),
        "run.paused": gettext("paused the run: %(reason)s", reason=data.get("reason", "")),
        "run.resumed": gettext("went on with the run"),
        "run.due": gettext("set when the run is due: %(time)s", time=_time(event)),
        "run.closed": gettext("closed the run"),
        "run.imported": gettext("took the run in from %(file)s", file=data.get("file", "–")),
        "run.cancelled": gettext("cancelled the run: %(reason)s", reason=data.get("reason", "")),
        "run.moved": gettext(
            "moved the run from revision %(before)s to revision %(after)s",
            before=data.get("revision_before", "–"),
            after=data.get("revision_after", "–"),
        ),
        "step.overridden": gettext(
            "let the run go on without “%(step)s”: %(reason)s", step=step, reason=data.get("reason", "")
        ),
        "run.amended": gettext("put “%(step)s” right: %(reason)s", step=step, reason=data.get("reason", "")),
        "late.waits": gettext("brought this late, and a lead decides about it:"),
        "late.accepted": gettext("accepted what came late: “%(step)s”", step=step) + _because(data),
        "late.declined": gettext("declined what came late: “%(step)s”", step=step) + _because(data),
        "step.signed": gettext("signed “%(step)s”", step=step),
        "run.signed": gettext("signed the whole run"),
        "run.sent-back": gettext("sent the run back: %(reason)s", reason=data.get("reason", "")),
        "run.overridden": gettext(
            "let the run be closed without a signature: %(reason)s", reason=data.get("reason", "")
        ),
        "spot-check.looked": gettext("had a look at how the run was done: %(saw)s", saw=data.get("saw", "")),
        "deviation.opened": gettext("opened a deviation at “%(step)s”", step=step),
        "deviation.withdrawn": gettext("withdrew the deviation at “%(step)s”", step=step),
    }
    return sentences.get(event.kind, event.kind)


def _because(data: dict[str, Any]) -> str:
    return f" ({data['reason']})" if data.get("reason") else ""


def _time(event: Event) -> str:
    """When a run is due from an event on; what other events call "after" is no moment."""
    text = event.data.get("after") if event.kind == "run.due" else None
    return moments.when(datetime.fromisoformat(text)).striptags() if text else gettext("at no time")
