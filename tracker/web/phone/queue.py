"""A phone's queue: what was done on it, sent when there is network, and what became of each entry.

A program asks here by itself. Every answer is JSON with our mark: anything else that comes from our address
(a captive portal, a proxy, a sign-in page) means to it that nothing was sent.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Blueprint, current_app, g, jsonify, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf

from tracker.db import db
from tracker.domain.actor import Actor, signed_in
from tracker.domain.deviations import listing
from tracker.domain.evidence import content, intake
from tracker.domain.evidence.content import Piece
from tracker.domain.evidence.intake import Upload
from tracker.domain.phone import entries, instance, receiving
from tracker.domain.phone.entries import PhoneEntry
from tracker.domain.phone.receiving import Receipt
from tracker.domain.records import senders
from tracker.domain.records.clocks import Device
from tracker.domain.runs import changes_since, loading
from tracker.errors import (
    N_,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotTheirsError,
    UnavailableError,
)
from tracker.models import Person, Run
from tracker.web.actions import answers_json, needs, takes
from tracker.web.answers import marked
from tracker.web.entrance import seats
from tracker.web.forms import row_id
from tracker.web.phone.batches import Batch
from tracker.web.reader import actor, now, person
from tracker.web.runs import lost
from tracker.web.runs.evidence import store
from tracker.web.runs.late import why_late
from tracker.web.runs.view import changed_since
from tracker.web.spoken import error_text

bp = Blueprint("queue", __name__)

MARK, PROTOCOL = "queue", 1

MOST = 100
"""Entries that are sent at once."""

LONGEST = 2_000_000
"""Characters of all entries of a request: a hundred long notes have less."""

LARGEST = 3 * content.LARGEST + LONGEST
"""Bytes of one request with the files of its entries. A phone sends less unless one entry alone is larger."""

FRESH = timedelta(seconds=60)
"""Somebody sits at a phone on which something was made so shortly before it was sent."""

_STATUS = {"kept": 200, "late": 202}


@bp.get("/queue")
@needs("run.record")
@answers_json(MARK)
def hello() -> Any:
    """Who is signed in, a token to send with, and which database this is; `restored` where it has forgotten.

    `last` names an entry that a receipt was given for: a database that does not know it was put back from a
    backup, and what was sent since is to be sent again.
    """
    g.by_itself = True
    last = entries.optional_id(request.args.get("last"))
    return jsonify(
        {
            "holdfast": MARK,
            "protocol": PROTOCOL,
            "person": person().id,
            "token": generate_csrf(),
            "instance": instance.name(db.session()),
            "restored": last is not None and not instance.knows(db.session(), last),
            "now": now().isoformat(),
        }
    )


@bp.post("/queue")
@needs("run.record")
@takes(LARGEST)
@answers_json(MARK)
def send() -> Any:
    """Judge what a phone sends; a receipt for each entry, and what has changed on the page that is open."""
    g.by_itself = True
    if row_id(request.form.get("person", "")) != person().id:
        message = gettext("Somebody else is signed in here by now: nothing was taken.")
        return marked(MARK, message, 409, person=person().id)
    if request.form.get("protocol") != str(PROTOCOL):
        message = gettext("This phone speaks another version of the queue. Open Holdfast on it anew.")
        return marked(MARK, message, 409, protocol=PROTOCOL)
    sent, sent_at = _sent(), entries.moment(request.form.get("sent_at"), "sent_at")
    page = _shown()
    device = Device(seats.name(request.form.get("device", "")), sent_at=sent_at, queued=True)
    whose, lead = _whose()
    receipts = Batch(whose, device, partial(_take_in, whose, lead), lead).judge(sent)
    g.by_itself = not any(_is_fresh(entry, device) for entry in sent)
    answer = {"holdfast": MARK, "person": person().id, "instance": instance.name(db.session())}
    answer["receipts"] = [_written(receipt) for receipt in receipts]
    try:
        answer |= {"page": _page(*page)} if page else {}
    except Exception:  # what is kept is answered for, whatever can't be drawn of it
        db.session.rollback()
        current_app.logger.exception("the page of a queue")
    return jsonify(answer)


def _whose() -> tuple[Actor, Actor | None]:
    """Whose entries these are, and the lead who hands them in for somebody who can't sign in any more."""
    if not (given := request.form.get("for", "")):
        return actor(), None
    number = row_id(given)
    person_of = db.session().get(Person, number) if number is not None else None
    return signed_in(receiving.must_look_after(db.session(), actor(), person_of)), actor()


def _sent() -> list[dict[str, Any]]:
    """The entries as they came. Raises InvalidError for what is no queue at all."""
    if len(request.form.get("entries", "")) > LONGEST:
        raise InvalidError(N_("A phone sends a list of at most %(n)s entries."), n=MOST)
    given = _json("entries", None)
    if not isinstance(given, list) or len(given) > MOST:
        raise InvalidError(N_("A phone sends a list of at most %(n)s entries."), n=MOST)
    ids = [entries.identity(entry) for entry in given]
    if len(set(ids)) < len(ids):
        raise InvalidError(N_("Two of these entries have the same id."))
    return given


def _json(name: str, otherwise: Any) -> Any:
    try:
        return json.loads(request.form.get(name) or "null", parse_constant=_no_number) or otherwise
    except (ValueError, RecursionError):
        raise InvalidError(N_("“%(name)s” is no JSON that can be read."), name=name) from None


def _no_number(text: str) -> None:
    raise ValueError(text)


def _is_fresh(raw: dict[str, Any], device: Device) -> bool:
    """Whether somebody has made an entry just now: then it is them who ask, and not a phone in a pocket."""
    try:
        at = entries.moment(raw.get("at"), "at")
    except InvalidError:
        return False
    return at is not None and device.sent_at is not None and device.sent_at - at < FRESH


def _take_in(whose: Actor, lead: Actor | None, entry: PhoneEntry) -> Sequence[Piece]:
    """The evidence of an entry, checked and put away. Raises HoldfastError."""
    run, uploads = _run_of(whose, lead, entry), []
    for place, sent in enumerate(entry.files):
        given = request.files.get(f"file:{entry.id}:{place}")
        if given is None:
            raise UnavailableError(N_("A file of this has not arrived. It is sent once more."))
        uploads.append(Upload(sent.input, given.stream.read(content.LARGEST + 1), sent.name))
    return intake.take_in(db.session(), store(), now(), run, entry.text("step"), uploads)


def _run_of(whose: Actor, lead: Actor | None, entry: PhoneEntry) -> Run:
    device = Device(queued=True, by=lead.id if lead else None)
    try:
        number = receiving.number_of(db.session(), whose, entry)
        return senders.find(db.session(), whose, now(), number, entry.id, device)
    except NotFoundError:
        raise NotFoundError(receiving.NOT_HERE) from None


def _written(receipt: Receipt) -> dict[str, Any]:
    """A receipt as the phone reads it."""
    status = receipt.why.status if receipt.why and receipt.state in ("refused", "again") else None
    return {
        "id": str(receipt.id),
        "state": receipt.state,
        "status": status or _STATUS.get(receipt.state, 503),
        "why": _why(receipt),
        "run": receipt.run,
        "flag": receipt.flag,
        "evidence": receipt.evidence,
    }


def _why(receipt: Receipt) -> str:
    if receipt.why is not None:
        return error_text(receipt.why)
    if receipt.waits is None or receipt.state != "late":
        return ""
    if receipt.declined:
        return gettext("Kept. A lead has decided that it does not count.")
    return gettext("Kept, and a lead decides: it came late, and %(why)s.", why=why_late(receipt.waits))


def _shown() -> tuple[int, str, str] | None:
    """The run page that is open: its run, what was seen there, and the revision; None for none.

    Raises InvalidError, before anything is judged.
    """
    page = _json("page", {})
    if not page:
        return None
    number = page.get("run") if isinstance(page, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= entries.LARGEST_NUMBER:
        raise InvalidError(N_("“%(name)s” is no JSON that can be read."), name="page")
    return number, str(page.get("seen", "")), str(page.get("revision", ""))


def _page(number: int, seen: str, revision: str) -> dict[str, Any]:
    """What has changed on the run page that is open, to be put in by the elements' ids.

    `refresh` where it shows another state or revision of the run than there is by now; `lost` says in words
    why its reader may not see it any more, and `html` is then the whole notice, where there is one.
    """
    session = db.session()
    session.expire_all()
    try:
        run = loading.load(session, actor(), number, "run.see")
    except (ForbiddenError, NotFoundError) as error:
        html = lost.notice(error) if isinstance(error, NotTheirsError) else ""
        return {"html": html, "seen": "", "lost": error_text(error)}
    then = changes_since.read(seen)
    if run.state != "open" or (revision or str(run.revision_id)) != str(run.revision_id):
        return {"html": "", "seen": "", "refresh": True}
    view, steps = changed_since(run, changes_since.states(run, then) if then else [])
    html = render_template(
        "phone/queue.html", view=view, changed=steps, deviations=listing.of_run(session, run)
    )
    return {"html": html, "seen": str(then.with_records(run.records)) if then else ""}
