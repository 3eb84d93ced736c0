"""What every screen shares: the declared action, the reader's zone and language, words for moments."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask, Response, current_app, g, make_response, redirect, request, url_for
from flask_babel import format_date, format_datetime, get_translations, gettext
from flask_login import current_user
from markupsafe import Markup, escape
from werkzeug.wrappers.response import Response as BaseResponse

from tracker.db import new_id, writing
from tracker.domain import access, security_log
from tracker.domain.library.media import address
from tracker.errors import N_, HoldfastError, InvalidError
from tracker.models import Event, Location, Person, Run
from tracker.reports.render.charts import outcome_bar
from tracker.sop.badges import after_words
from tracker.sop.cleaning import anchor, sanitised
from tracker.stats.rates import percent
from tracker.web import hosts

View = TypeVar("View", bound=Callable[..., Any])

ICONS = {
    "done": "check-circle",
    "skipped": "redo-variant",
    "failed": "close-circle",
    "omitted": "dots-circle",
    "na": "minus",
}


def needs(action: str) -> Callable[[View], View]:
    """Declare what a person must be allowed to do to use a route (see `domain.access.RULES`)."""
    if action not in access.RULES:
        raise KeyError(action)

    def declare(view: View) -> View:
        view.action = action  # type: ignore[attr-defined]
        return view

    return declare


def action_of(view: Callable[..., Any]) -> str | None:
    """The action that a view has declared, or None."""
    return getattr(view, "action", None)


def takes(size: int) -> Callable[[View], View]:
    """Declare that a route takes more bytes at once than the others do."""

    def declare(view: View) -> View:
        view.size = size  # type: ignore[attr-defined]
        return view

    return declare


def size_of(view: Callable[..., Any] | None) -> int | None:
    """The bytes that a view has declared to take, or None for as many as usual."""
    return getattr(view, "size", None)


def actor() -> Person:
    """The person who is signed in, for routes that need one."""
    person: Person = current_user._get_current_object()
    return person


def now() -> datetime:
    return datetime.now(UTC)


def zone() -> str | None:
    """The zone of the reader's location; None means the installation's."""
    person = actor()
    if person and person.is_authenticated and person.location:
        return str(person.location.zone)
    return None


def zone_of(location: Location | None) -> str:
    """The zone in which a location's people read times."""
    return str(location.zone) if location else str(current_app.config["HOLDFAST"].zone)


def language() -> str:
    """The reader's language, of those that there are."""
    return request.accept_languages.best_match(languages()) or "en"


@cache
def languages() -> list[str]:
    folder = files("tracker") / "translations"
    names = [p.name for p in folder.iterdir() if p.is_dir()] if folder.is_dir() else []
    return ["en", *names]


def to_login() -> BaseResponse:
    """Send somebody who is not signed in to the sign-in page; htmx needs to be told to leave the page."""
    target = url_for("auth.login")
    if request.headers.get("HX-Request"):
        response = make_response("", 401)
        response.headers["HX-Redirect"] = target
        return response
    return redirect(target)


def wants_fragment() -> bool:
    return bool(request.headers.get("HX-Request"))


def live(etag: str, render: Callable[[], str]) -> Response:
    """The answer to a page that asks again and again: nothing while it shows `etag` already, else what
    `render` makes of it. `live.js` asks, and puts the elements into their places by their ids.
    """
    g.by_itself = True  # nobody has touched anything, see `seats`
    new = not request.if_none_match.contains_weak(etag)
    response = make_response(render() if new else ("", 304))
    response.set_etag(etag, weak=True)
    return response


def seen() -> str:
    """What the page that asks shows already: the ETag of the answer it had, or ""."""
    return request.headers.get("HX-Seen") or next(iter(request.if_none_match.as_set(True)), "") or ""


def number(name: str) -> int | None:
    """A whole number from the form, or None where nothing is given. Raises InvalidError."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise InvalidError(N_("“%(text)s” is no whole number."), text=text[:40])
    return int(text)


def row_id(text: str) -> int | None:
    """The number of a row as an address or a form names it; None for what can't be one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


class Page(NamedTuple):
    """One page of a long list: the `number`th, from 1 on, of `size` rows each."""

    number: int
    size: int

    @classmethod
    def asked(cls, size: int) -> Page:
        """The page that the address asks for. Raises InvalidError."""
        text = request.args.get("page", "1")
        number = row_id(text)
        if not number:
            raise InvalidError(N_("“%(text)s” is no page. They are counted from 1."), text=text[:40])
        return cls(number, size)

    @property
    def after(self) -> int:
        """How many rows come before this page."""
        return (self.number - 1) * self.size


def unique(name: str) -> UUID | None:
    """An id from the form, or None where nothing is given. Raises InvalidError."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise InvalidError(
            N_("“%(text)s” is no id. Reload the page and try again."), text=text[:40]
        ) from None


def moment(name: str) -> datetime | None:
    """A device's time from the form, with its zone. Raises InvalidError."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        if not 1 < at.year < 9999:  # in another zone it would be outside of the calendar
            raise ValueError(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidError(
            N_("“%(text)s” is no time. Write one like 2026-03-31T14:05:00Z."), text=text[:40]
        ) from None


_DAYS = {0: N_("today %(time)s"), -1: N_("yesterday %(time)s"), 1: N_("tomorrow %(time)s")}


def when(at: datetime | None) -> Markup:
    """A moment as people say it, exact in the tooltip, there and in UTC."""
    if at is None:
        return Markup("–")
    here = ZoneInfo(zone() or current_app.config["HOLDFAST"].zone)
    local, today = at.astimezone(here), datetime.now(here)
    days = (local.date() - today.date()).days
    if days in _DAYS:
        text = say(_DAYS[days], time=f"{local:%H:%M}")
    else:
        text = format_datetime(at, "d MMM HH:mm" if abs(days) < 180 else "d MMM y")
    exact, everywhere = local.isoformat(" ", "seconds"), f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    title = f"{exact} {here.key} = {everywhere}"
    return Markup(f'<time datetime="{at.isoformat()}" title="{title}">{escape(text)}</time>')


def day(on: date) -> str:
    """A day as people say it."""
    return str(format_date(on, "d MMM" if abs((datetime.now(UTC).date() - on).days) < 180 else "d MMM y"))


@cache
def icon(name: str) -> Markup:
    """An icon of the site's theme, inline, so that it takes the text's colour."""
    svg = (files("material") / "templates" / ".icons" / "material" / f"{name}.svg").read_text()
    return Markup(svg.replace("<svg ", '<svg class="hf-icon" aria-hidden="true" focusable="false" ', 1))


_OUTCOMES = {
    "done": N_("done"),
    "skipped": N_("skipped"),
    "failed": N_("failed"),
    "omitted": N_("omitted"),
    "na": N_("not applicable"),
}


def outcome_name(outcome: str) -> str:
    """The word for an outcome, the same everywhere."""
    return say(_OUTCOMES[outcome])


def mark_of(outcome: str) -> Markup:
    """The icon of an outcome."""
    return icon(ICONS[outcome])


def outcome(name: str) -> Markup:
    """An outcome as icon and word."""
    words = escape(outcome_name(name))
    return Markup(f'<span class="hf-outcome hf-{name}">{mark_of(name)} {words}</span>')


def amount(value: Any) -> str:
    """A recorded value or limit as people write it: 30000.0 as "30 000", text as it is."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,.10g}".replace(",", "\u202f")
    return str(value)


def words(error: HoldfastError) -> str:
    """What an error of the domain says, in the reader's language."""
    text = gettext(error.template)
    return text % error.details if error.details else text


def may_open(run: Run) -> bool:
    """Whether the reader may open another run that a page names."""
    return access.may(actor(), "run.see", run)


def subject(run: Run) -> str:
    """What a run is about, as people say it: "order 1042", and "bin 3" even where "bin 3" was typed."""
    kind, ref = run.subject_kind, run.subject_ref
    said = not kind or not ref or re.match(rf"{re.escape(kind)}\b", ref, re.IGNORECASE)
    return ref if said else f"{kind} {ref}"


_LEVELS = {
    "staff": (N_("staff"), N_("does runs")),
    "lead": (N_("lead"), N_("assigns runs")),
    "owner": (N_("owner"), N_("reads reports")),
    "admin": (N_("admin"), N_("manages people")),
}


def level_name(level: str) -> str:
    """The word for an access level."""
    return gettext(_LEVELS[level][0])


def level_said(level: str) -> str:
    """An access level with what it is for."""
    return f"{level_name(level)}: {gettext(_LEVELS[level][1])}"


_WAYS = {
    "password": N_("password"),
    "pin": N_("PIN"),
    "totp": N_("password and code"),
    "passkey": N_("passkey"),
    "recovery": N_("recovery code"),
}


def way_name(via: str) -> str:
    """How somebody has shown who they are, as people say it."""
    return gettext(_WAYS[via]) if via in _WAYS else via


def told(event: Event, names: dict[int, str], texts: dict[str, str]) -> str:
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


def elsewhere(endpoint: str = "", /, **changed: Any) -> str:
    """The address of this page, or of another, with these filters changed; None or "" leaves one out."""
    given = {**request.args.to_dict(), **changed}
    kept = {name: value for name, value in given.items() if value not in (None, "")}
    place = url_for(endpoint or str(request.endpoint), **(request.view_args or {}))
    return f"{place}?{urlencode(kept)}" if kept else place


def _time(event: Event) -> str:
    """When a run is due from an event on; what other events call "after" is no moment."""
    text = event.data.get("after") if event.kind == "run.due" else None
    return when(datetime.fromisoformat(text)).striptags() if text else gettext("at no time")


def download(text: str, name: str) -> Response:
    """A CSV file, with a mark by which spreadsheets know that it is UTF-8.

    A character that no header may hold is left out of its name. Who takes what along is logged.
    """
    with writing() as session:
        security_log.write(
            session, now(), security_log.EXPORTED, person=actor(), actor=actor(), file=name[:120]
        )
    response = make_response("\ufeff" + text)
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = "".join(letter for letter in name if letter.isprintable() and letter != '"')
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _texts() -> tuple[Any, dict[str, Markup]]:
    """The translations for this request, and what they said: a page asks for one text many times."""
    try:
        found: tuple[Any, dict[str, Markup]] = g.texts
    except AttributeError:
        found = g.texts = get_translations(), {}
    return found


def _text(text: str, **details: Any) -> Markup:
    """A text of a template in the reader's language; `details` are escaped, the text itself is ours."""
    translations, said = _texts()
    found = said.get(text)
    if found is None:
        found = said[text] = Markup(translations.ugettext(text))
    return found % details if details or "%" in text else found


def say(text: str, **details: Any) -> str:
    """The same, for words that are put together before they are escaped."""
    return str(_texts()[0].ugettext(text) % details)


def _texts_of(one: str, many: str, num: int, **details: Any) -> Markup:
    """The same for a text that depends on a number."""
    return Markup(_texts()[0].ungettext(one, many, num)) % {"num": num, **details}


@lru_cache(maxsize=4096)
def found(text: str, query: str) -> Markup:
    """A text with the words that were looked for in bold."""
    words = sorted(query.split(), key=len, reverse=True)
    parts = (
        re.split("(" + "|".join(map(re.escape, words)) + ")", text, flags=re.IGNORECASE) if words else [text]
    )
    return Markup("").join(
        Markup("<b>{}</b>").format(part) if odd % 2 else part for odd, part in enumerate(parts)
    )


def document(html: str) -> Markup:
    """The HTML of a document as a page may show it, also where an older version has stored it."""
    return Markup(sanitised(html))


def inline(html: Markup) -> Markup:
    """The HTML of a paragraph without its tags, to stand in a line."""
    return Markup(re.sub(r"</?p\b[^>]*>", "", html))


@lru_cache(maxsize=4096)
def is_rich(html: str, text: str) -> bool:
    """Whether a step's HTML says more than its text: what stands in a line is not all of it."""
    return "<img" in html or "<a " in html or Markup(html).striptags() != text


def register(app: Flask) -> None:
    """Put the words and icons at the templates' disposal."""
    app.jinja_env.globals.update(
        current_user=current_user,  # for macros too, which are made once only where they need no page around
        icon=icon,
        outcome=outcome,
        mark_of=mark_of,
        outcome_name=outcome_name,
        outcome_bar=outcome_bar,
        level_name=level_name,
        level_said=level_said,
        subject_of=subject,
        may=access.may,
        may_run=access.may_run,
        may_hear_of=access.may_hear_of,
        may_open=may_open,
        new_id=new_id,
        elsewhere=elsewhere,
        page_before=hosts.page_before,
        is_route=app.view_functions.__contains__,
        _=_text,
        ngettext=_texts_of,
        way_name=way_name,
    )
    app.jinja_env.filters.update(
        when=when,
        day=day,
        percent=percent,
        amount=amount,
        told=told,
        said=words,
        docs=address,
        words_end=after_words,
        document=document,
        anchor=anchor,
        inline=inline,
        found=found,
        is_rich=is_rich,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
