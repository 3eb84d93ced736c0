"""A form that could not be taken, shown again to whoever filled it in: nothing that was typed is lost.

One page for every form: what was typed stands in fields to be looked at, what was never kept is asked for
again, and all the rest goes along as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import render_template, request
from flask_babel import gettext

from tracker.errors import N_
from tracker.web import hosts, secret_fields

OWN = frozenset({"csrf_token", "form_id", "kept"})
"""Fields that belong to the page that a form stands on; the next page has its own."""

WORDS = {
    "alias": N_("Another name"),
    "anyway": N_("All the same"),
    "comment": N_("Comment"),
    "due": N_("Due"),
    "email": N_("E-mail address"),
    "list": N_("List"),
    "login": N_("Login name"),
    "name": N_("Name"),
    "note": N_("Note"),
    "place": N_("Location"),
    "reason": N_("Reason"),
    "roles": N_("Roles (jobs), with commas"),
    "saw": N_("What you saw"),
    "subject": N_("About what"),
    "value": N_("Value"),
    "zone": N_("Time zone"),
}
"""What people type, by the field's name. A form with another field to type into needs its word here."""


@dataclass(frozen=True)
class Sent:
    """A form as it was sent. `path` is where it goes, `page` where it was filled in, or "".

    `asked` names what is never kept and so is asked for again: secrets and files.
    """

    path: str
    page: str
    fields: Sequence[tuple[str, str]]
    asked: Sequence[str]

    @property
    def typed(self) -> list[tuple[str, str, str]]:
        """What was typed: the field's name, its word and the text."""
        return [(name, gettext(WORDS[name]), text) for name, text in self.fields if name in WORDS]

    @property
    def rest(self) -> list[tuple[str, str]]:
        """What goes along as it was."""
        return [(name, text) for name, text in self.fields if name not in WORDS]

    @property
    def files(self) -> list[str]:
        """The names of the fields whose files have to be chosen again."""
        return [name for name in self.asked if not secret_fields.is_one(name)]

    @property
    def secrets(self) -> list[str]:
        """The names of the fields with what shows who somebody is."""
        return [name for name in self.asked if secret_fields.is_one(name)]

    @property
    def holds_work(self) -> bool:
        """Whether something would be lost: a text, or a file that somebody chose."""
        return any(text.strip() for _, _, text in self.typed) or bool(self.files)


def of_request() -> Sent:
    """The form of this request, without its secrets."""
    fields = [
        (name, text)
        for name, text in request.form.items(multi=True)
        if name not in OWN and not secret_fields.is_one(name)
    ]
    secret = [name for name in request.form if secret_fields.is_one(name) and name != "credential"]
    files = [name for name, file in request.files.items() if file.filename]
    return Sent(hosts.asked_for(), page_of(), fields, [*secret, *files])


def page_of() -> str:
    """The page of ours on which this request's form stands, or ""."""
    if shown := request.headers.get("HX-Current-URL"):
        ours = urlsplit(shown).netloc == request.host
        return hosts.inside(hosts.path_of(shown), request.script_root) if ours else ""
    return hosts.page_before()


def page(sent: Sent, message: str, *, kept: str = "") -> str:
    """The form again, with what has to be said; `kept` is its token where it waited for a sign-in."""
    return render_template("send_again.html", sent=sent, message=message, kept=kept)


def refused(message: str) -> Any:
    """The form of this request again, where it was refused and something would be lost; else None."""
    if request.method != "POST" or request.headers.get("HX-Request"):
        return None
    sent = of_request()
    return page(sent, message, kept=request.form.get("kept", "")) if sent.holds_work else None
