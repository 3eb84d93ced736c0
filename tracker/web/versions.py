"""Forms that change a thing say what they were made from, so that nobody takes back unseen what another did.

A form carries the values that it showed (`made_from`). Under the lock they are compared with those that stand
by then; where they differ nothing is changed, and one page shows both, field by field, to be saved again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, render_template, request
from flask_babel import gettext

from tracker.db import db
from tracker.domain import events
from tracker.errors import N_, ConflictError
from tracker.models import Event
from tracker.web import hosts, secret_fields
from tracker.web.actions import View
from tracker.web.spoken import error_text

FIELD = "made_from"

Value = str | tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """A field of a form as it shows a thing: its name, what people call it, and the value that stands.

    `word` says a value as people know it, where it is the number of a row or a mark; "" stands for none.
    """

    name: str
    label: str
    value: Value
    word: Callable[[str], str] | None = None

    def said(self, value: Value) -> str:
        """A value in words."""
        if isinstance(value, tuple):
            return ", ".join(map(self._said, value)) or "–"
        return self._said(value)

    def _said(self, value: str) -> str:
        return (self.word(value) if self.word else value) or "–"

    @property
    def given(self) -> Value:
        """What the form says."""
        return _given(self)


@dataclass(frozen=True)
class Difference:
    """A field of which another value stands than the form says; `take` is the one that is proposed."""

    field: Shown
    given: Value
    take: Value

    @property
    def choices(self) -> list[str]:
        """What can be chosen where the field is no free text: both values, or the parts of both."""
        both = [self.given, self.field.value]
        parts = [part for value in both for part in (value if isinstance(value, tuple) else (value,))]
        return list(dict.fromkeys(parts))


class OutdatedError(ConflictError):
    """The thing was changed since the form was made. `fields` are its values as they stand."""

    def __init__(self, fields: Sequence[Shown], about: str) -> None:
        super().__init__(N_("Somebody has changed this meanwhile, so nothing of yours is saved yet."))
        self.fields, self.about = fields, about


def of(fields: Iterable[Shown]) -> str:
    """What a form carries of the values that it shows."""
    return json.dumps({field.name: field.value for field in fields}, ensure_ascii=False, sort_keys=True)


def check(fields: Sequence[Shown], about: str) -> None:
    """Go on only if the form was made from these values, read under the lock. Raises OutdatedError.

    Call it once it is sure that the person may change the thing: the answer shows how it stands.
    `about` names the thing as events do: "person:7". A form that does not say what it was made from is
    outdated too.
    """
    if request.form.get(FIELD) != of(fields):
        raise OutdatedError(fields, about)


def changes(view: View) -> View:
    """Declare that a route changes a thing by a form, and so refuses one that was made from other values."""
    view.changes = True  # type: ignore[attr-defined]
    return view


def page(error: OutdatedError) -> tuple[Any, int]:
    """Both versions of the thing: what stands by now and what the form says."""
    db.session.rollback()
    names = {field.name for field in error.fields}
    event = events.last(db.session(), error.about)
    rest = [
        (name, text)
        for name, text in request.form.items(multi=True)
        if name not in names and name not in (FIELD, "csrf_token") and not secret_fields.is_one(name)
    ]
    text = render_template(
        "changed_meanwhile.html",
        message=error_text(error),
        changed=_told(event),
        differences=_differences(error.fields),
        same=[field for field in error.fields if _given(field) == field.value],
        fields=error.fields,
        rest=rest,
        secret=[name for name in request.form if secret_fields.is_one(name) and request.form[name]],
        action=hosts.asked_for(),
    )
    return text, error.status


def register(app: Flask) -> None:
    """Answer outdated forms, and let templates say what a form is made from."""
    app.register_error_handler(OutdatedError, page)
    app.jinja_env.globals["version_of"] = of


def yes_or_no(mark: str) -> str:
    """The word for a box that is ticked ("1") or not ("")."""
    return gettext("yes") if mark else gettext("no")


def _told(event: Event | None) -> Event | None:
    """The last change, if somebody made it whose name can be told."""
    return event if event is not None and event.person is not None else None


def _differences(fields: Sequence[Shown]) -> list[Difference]:
    base = _base()
    return [_difference(field, base) for field in fields if _given(field) != field.value]


def _difference(field: Shown, base: Mapping[str, Any]) -> Difference:
    """What was not touched in the form is proposed as it stands, what was, as it was written."""
    given, shown = _given(field), base.get(field.name)
    untouched = shown is not None and given == (tuple(shown) if isinstance(shown, list) else shown)
    return Difference(field, given, field.value if untouched else given)


def _base() -> Mapping[str, Any]:
    try:
        found = json.loads(request.form.get(FIELD, ""))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _given(field: Shown) -> Value:
    if isinstance(field.value, tuple):
        return tuple(sorted(request.form.getlist(field.name)))
    return request.form.get(field.name, "").strip()
