"""What the board's filters are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tracker.domain.work.board import Filters
from tracker.errors import N_
from tracker.web.spoken import say

STATES = {
    "late": N_("late"),
    "blocked": N_("blocked"),
    "signature": N_("waiting for a signature"),
    "paused": N_("paused"),
    "nobody": N_("nobody’s"),
    "offered": N_("offered to somebody"),
}
"""Each state of an open run that one looks for."""

ENDS = {
    "done": N_("closed"),
    "cancelled": N_("cancelled"),
    "late": N_("closed late"),
    "failed": N_("with a failed step"),
    "skipped": N_("with a skipped step"),
    "omitted": N_("with an omitted step"),
}
"""Each way in which a run may have ended."""

LATER = {
    30: N_("30 minutes"),
    60: N_("1 hour"),
    120: N_("2 hours"),
    240: N_("4 hours"),
    1440: N_("1 day"),
    2880: N_("2 days"),
}
"""By how much later runs can be due, in minutes."""


def options(words: Mapping[Any, str]) -> list[tuple[Any, str]]:
    """The choices of a list, in the reader's language."""
    return [(value, say(text)) for value, text in words.items()]


def said(chosen: Filters, states: Mapping[str, str], choices: Mapping[str, Any]) -> list[str]:
    """What is filtered, in words; `choices` are those of the form."""
    parts = [
        say(states[chosen.state]) if chosen.state else "",
        _name(choices["sops"], chosen.sop),
        _name(choices["places"], chosen.location),
        _name(choices["teams"], chosen.team),
        _who(chosen.who, choices),
        f"“{chosen.subject}”" if chosen.subject else "",
    ]
    return [part for part in parts if part]


def _name(options: Iterable[Sequence[Any]], chosen: object) -> str:
    """What the chosen one is called; itself where it is none of the choices any more."""
    return next((str(text) for value, text, *_ in options if value == chosen), str(chosen or ""))


def _who(who: int | None, choices: Mapping[str, Any]) -> str:
    if who == 0:
        return say("nobody yet")
    people = [(person.id, person.name) for person in choices["people"]]
    return _name([*people, *choices["left"]], who)
