"""Rows of steps that are drawn once for all runs: what differs from page to page is filled in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from markupsafe import Markup

from tracker.models import Step
from tracker.web.form_ids import form_id

MOST_KEPT = 1500
"""Steps whose rows are kept as they were drawn: some kilobytes each."""

EDGE = "\0"
"""What stands at both ends of a blank in a row that is kept; no document holds it, and no answer does."""


@dataclass(frozen=True)
class Form:
    """What differs from page to page in the row of a step: how its records are sent, and where the row goes.

    `id` is a new one for each record, `elapsed` says for how many seconds the step has been at hand, and
    `oob` is the attribute that puts the row into its place on a page that is open.
    """

    url: Markup
    token: Markup
    oob: Markup
    seconds: Callable[[], int]

    @property
    def id(self) -> Markup:
        return Markup(form_id())

    @property
    def elapsed(self) -> Markup:
        return Markup(self.seconds())


class Blank:
    """A form that is not filled in: in place of each value stands its name, between two edges."""

    url, token, oob, id, elapsed = (
        Markup(f"{EDGE}{name}{EDGE}") for name in ("url", "token", "oob", "id", "elapsed")
    )


_Kept = dict[tuple[object, ...], list[str]]
_kept: WeakKeyDictionary[Step, _Kept] = WeakKeyDictionary()


def shared(step: Step, key: tuple[object, ...], draw: Callable[[Blank], str], form: Form) -> Markup:
    """The row of a step, with the blanks filled in; `draw` makes it, where none was made with this key."""
    if len(_kept) > MOST_KEPT:
        _kept.clear()
    rows = _kept.setdefault(step, {})
    if key not in rows:
        rows[key] = draw(Blank()).split(EDGE)
    parts = rows[key].copy()  # a text, the name of a blank, a text, and so on
    parts[1::2] = [getattr(form, name) for name in parts[1::2]]
    return Markup("".join(parts))
