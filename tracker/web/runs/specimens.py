"""The parts of a run's page, drawn of no run in particular, from which a phone draws rows by itself.

They come from the same macros as the page, with a blank (`\\0name\\0`) in place of each value, so that the
page and what a phone shows of it look the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from flask_babel import get_locale
from markupsafe import Markup

from tracker.domain.runs.progress import StepState
from tracker.models import Record, Run, Step
from tracker.web.reader import now
from tracker.web.runs.rows import EDGE, Blank
from tracker.web.runs.view import RunView
from tracker.web.spoken import say, when_at

_WITH_FILES = UUID(int=0)
_PLAIN = UUID(int=1)


def blank(name: str) -> Markup:
    """A place that a phone fills in."""
    return Markup(f"{EDGE}{name}{EDGE}")


def nameless(attributes: Mapping[str, Any]) -> Step:
    """A step of which all that its row says, but for its attributes, is a blank."""
    text = str(blank("text"))
    step = Step(key=str(blank("key")), text=text, depth=1, attributes=dict(attributes), html=f"<p>{text}</p>")
    step.position = str(blank("position"))  # type: ignore[assignment]
    step.recovery = ""
    return step


class _View(RunView):
    """A view of a run that may be worked on, of which nothing came late and where every number is a blank."""

    @property
    def open(self) -> bool:
        return True

    @property
    def long(self) -> bool:
        return False

    @property
    def leading(self) -> bool:
        return True

    def opens(self, state: StepState) -> bool:
        return False

    def late_of(self, key: str) -> Sequence[Any]:
        return ()

    def badges(self, state: StepState) -> list[tuple[str, str]]:
        return []

    def may_do(self, step: Step) -> bool:
        return True

    def void(self, state: StepState) -> None:
        return None

    def ended(self, state: StepState) -> str | None:
        return None


class Specimens:
    """What the parts of a page are drawn of: states of a step, a view of them, and blanks."""

    blank = staticmethod(blank)
    form = Blank()

    @cached_property
    def view(self) -> RunView:
        numbers: dict[str, str] = defaultdict(lambda: str(blank("number")))
        evidence: dict[UUID, list[Any]] = defaultdict(list, {_WITH_FILES: [SimpleNamespace()]})
        return _View(Run(id=0, state="open"), [], None, numbers, None, True, evidence)

    @cached_property
    def at(self) -> datetime:
        return now()

    def state(self, kind: str | None = None, *, then: bool = False, **asked: Any) -> StepState:
        """A step that was recorded so with all that a record can say; with `then` it was put right."""
        kinds = ["done", kind] if then and kind else [kind] if kind else []
        return StepState(
            step=nameless(asked), outcome=kind, cleared="done" in kinds, overridden=False, blocked_by=None,
            records=tuple(self._record(kind, _WITH_FILES) for kind in kinds),
        )  # fmt: skip

    def recorded(self, kind: str) -> StepState:
        """The same without files, which are shown by the server only."""
        return replace(self.state(kind), records=(self._record(kind, _PLAIN),))

    def blocked(self) -> StepState:
        return replace(self.state(), blocked_by=str(blank("blocking")))

    def unless(self, applies: bool | None, kind: str | None = None) -> StepState:
        return replace(self.state(kind), applies=applies)

    def counted(self, words: Callable[[int], Any]) -> dict[str, str]:
        """What `words` says of a number, by the forms that numbers have in the language (CLDR's names)."""
        form = get_locale().plural_form
        samples: dict[str, int] = {}
        for n in range(1, 40):
            samples.setdefault(form(n), n)
        return {
            name: re.sub(rf"(?<![\w#-]){n}(?!\w)", blank("n"), str(words(n)).strip(), count=1)
            for name, n in samples.items()
        }

    def told(self, pieces: Mapping[str, Any]) -> dict[str, Any]:
        """The parts as JSON takes them, without the space of their templates; a record's time is a blank."""
        today = say("today %(time)s", time=blank("time"))
        return {"today": today, **{name: self._plain(piece) for name, piece in pieces.items()}}

    def _plain(self, piece: Any) -> Any:
        if isinstance(piece, Mapping):
            return {name: self._plain(part) for name, part in piece.items()}
        return plain(piece).replace(str(when_at(self.at, None)), blank("when"))

    def _record(self, kind: str, id: UUID) -> Record:
        return Record(
            id=id, step_key=str(blank("key")), kind=kind, value=str(blank("value")), note=str(blank("note")),
            reason=str(blank("reason")) if kind != "done" else "", received_at=self.at, flag=None,
        )  # fmt: skip


def plain(html: object) -> str:
    """HTML without the space that its templates begin their lines with."""
    return re.sub(r">\s*\n\s*<", ">\n<", str(html).strip())
