"""What phones were refused is told to the lead, whole and with why, until somebody has seen to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import Cast, Visitor
from tests.support.queues import Phone, states
from tracker.domain.phone import noted_entries
from tracker.domain.runs import lifecycle
from tracker.models import Event, NotedEntry, Person, Run

Visit = Callable[[Person | None], Visitor]


@pytest.fixture
def run(session: Session, cast: Cast) -> Run:
    found = lifecycle.start(
        session, by(cast.staff), datetime.now(UTC), "pack", subject="1042", assignee=cast.staff
    )
    session.commit()
    return found


def rows(session: Session) -> list[NotedEntry]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(NotedEntry).order_by(NotedEntry.received_at)))


def test_a_lead_sees_what_was_refused_and_says_what_was_done(
    session: Session, sam: Phone, run: Run, visit: Visit, cast: Cast
) -> None:
    heavy = sam.record(run.id, "weigh", "heavy", note="scale is broken")
    lost = sam.record(4711, "scan", "T-77")
    for _ in range(2):
        assert states(sam.send(heavy, lost)) == ["refused", "refused"]
    lena = visit(cast.lead)
    for page in ("/board", "/"):
        assert "2 things that were done on phones need a look" in lena.get(page).text
        assert "on phones need" not in visit(cast.other_lead).get(page).text
    listed = lena.get("/late").text
    for words in (
        "scale is broken",
        "Weigh the parcel",
        "heavy",
        "T-77",
        "not known here",
        "Sam",
        "it is critical",
    ):
        assert words in listed, words
    address = f"/late/entries/{heavy['id']}/dismissal"
    assert visit(cast.other_lead).post(address, {"reason": "x"}).status_code == 404
    assert lena.post(address, {"reason": " "}).status_code == 422
    assert lena.post(address, {"reason": "weighed it again"}).status_code == 303
    assert lena.post(address, {"reason": "weighed it again"}).status_code == 409
    assert lena.post("/late/entries/x/dismissal", {"reason": "x"}).status_code == 404
    assert "scale is broken" not in lena.get("/late").text
    assert states(sam.send(heavy)) == ["refused"] and len(rows(session)) == 2
    told = session.scalars(select(Event.kind).where(Event.subject.like("entry:%")).order_by(Event.id)).all()
    assert told == ["entry.noted", "entry.noted", "entry.dismissed"]


def test_what_is_kept_after_all_needs_no_look(session: Session, sam: Phone, run: Run) -> None:
    started = sam.entry("start", {"sop": "pack", "subject": "77"})
    early = sam.record(None, "scan", "T", ref=started["id"])
    assert states(sam.send(early)) == ["refused"]
    assert states(sam.send(started, early)) == ["kept", "kept"]
    assert [row.state for row in rows(session)] == ["kept"]


def test_nobody_fills_a_leads_page(
    session: Session, sam: Phone, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noted_entries, "MOST_OF_PERSON", 2)
    receipts = sam.send(*(sam.record(run.id, "nowhere") for _ in range(4)), sam.record(run.id, "scan", "T"))
    assert states(receipts) == ["refused", "refused", "again", "again", "kept"]
    assert len(rows(session)) == 2


def test_what_is_shown_of_an_entry_may_be_of_any_shape(
    session: Session, sam: Phone, visit: Visit, cast: Cast
) -> None:
    odd = [
        {"data": 7},
        {"data": {"step": {}, "value": [1]}},
        {"files": "x"},
        {"kind": "dance"},
        {"data": {"step": "<b>x</b>\0", "note": "\ud800"}},
        {"at": "<i>"},
        {"x": [[[[[[[[[[[[]]]]]]]]]]]]},
    ]
    receipts = sam.send(*(sam.record(1, "scan") | more for more in odd))
    assert set(states(receipts)) == {"refused"}
    page = visit(cast.lead).get("/late")
    assert page.status_code == 200 and "<b>x" not in page.text
    assert len(rows(session)) == len(odd)


def test_what_belongs_together_is_one_line_and_seen_to_at_once(
    session: Session, sam: Phone, visit: Visit, cast: Cast
) -> None:
    started = sam.entry("start", {"sop": "nothing", "subject": "77"})
    records = [sam.record(None, f"step-{n}", ref=started["id"]) for n in range(12)]
    assert set(states(sam.send(started, *records))) == {"refused"}
    lena = visit(cast.lead)
    assert "1 thing that was done on a phone needs a look" in lena.get("/board").text
    page = lena.get("/late").text
    assert page.count("<article") == 1 and "step-0" in page and "step-11" in page
    assert page.count("nothing") and " from Sam at once" not in page
    given = {"reason": "started anew", "entry": re.findall(r'name="entry" value="([^"]+)"', page)}
    assert lena.post(f"/late/entries/{started['id']}/dismissal", given).status_code == 303
    assert {row.state for row in rows(session)} == {"dismissed"} and len(rows(session)) == 13
    assert noted_entries.to_decide(session, by(cast.lead)).entries == 0


def test_what_somebody_sends_to_fill_the_page_is_cleared_at_once(
    session: Session, sam: Phone, visit: Visit, cast: Cast
) -> None:
    sam.send(*(sam.record(None, "x", ref=f"r{n}") for n in range(30)))
    lena = visit(cast.lead)
    page = lena.get("/late").text
    session.rollback()
    assert page.count("<article") == noted_entries.to_decide(session, by(cast.lead)).entries == 30
    form = page.partition("All 30 of these from Sam at once")[2]
    first = re.findall(r"/late/entries/([^/]+)/dismissal", form)[0]
    given = {"reason": "made up", "entry": re.findall(r'name="entry" value="([^"]+)"', form)}
    assert visit(cast.other_lead).post(f"/late/entries/{first}/dismissal", given).status_code == 404
    assert lena.post(f"/late/entries/{first}/dismissal", given).status_code == 303
    session.rollback()
    assert noted_entries.to_decide(session, by(cast.lead)).entries == 0
