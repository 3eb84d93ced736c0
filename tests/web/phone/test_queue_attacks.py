"""Somebody who means harm, or a phone gone wrong, sends a queue: nothing breaks, and nothing is gained."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.evidence import photo
from tests.support.installation import Cast, Visitor
from tests.support.queues import Phone, states
from tracker.domain.records import late_records
from tracker.domain.runs import changes_since
from tracker.models import Evidence, NotedEntry, Person, Record, Revision, Run, Sop
from tracker.web.phone import batches

Visit = Callable[[Person | None], Visitor]


@pytest.fixture
def oskar(visit: Visit, cast: Cast) -> Phone:
    """The phone of somebody who has nothing to do with Sam's runs."""
    return Phone(visit(cast.outsider), cast.outsider, device="b" * 24)


def test_a_receipt_stands_whatever_becomes_of_the_next_entry(oskar: Phone, run: Run) -> None:
    """What waits for a lead is answered, also where an entry after it is taken back."""
    late, broken = oskar.record(run.id, "scan", "T", age=3), oskar.record(run.id, "nowhere", age=3)
    receipts = oskar.send(late, broken)
    assert states(receipts) == ["late", "refused"] and "had no part" in receipts[0]["why"]
    assert oskar.send(late, broken) == receipts


def test_a_start_has_the_name_that_its_phone_made_and_no_other(sam: Phone) -> None:
    """Names that other programs give, such as an order's number, could be guessed."""
    (receipt,) = sam.send(sam.entry("start", {"sop": "pack", "subject": "7"}, ref="order-7"))
    assert receipt["state"] == "refused" and "“ref”" in receipt["why"]


def test_somebody_elses_start_is_nobodys_own(sam: Phone, visit: Visit, cast: Cast) -> None:
    started = sam.entry("start", {"sop": "pack", "subject": "7"})
    (kept,) = sam.send(started)
    lena = Phone(visit(cast.lead), cast.lead, device="c" * 24)
    (receipt,) = lena.send(started | {"person": lena.person_id})
    assert kept["state"] == "kept" and (receipt["state"], receipt["run"]) == ("refused", None)
    assert "used for something else" in receipt["why"]


def test_a_name_of_a_run_tells_only_those_who_may_see_it(
    sam: Phone, oskar: Phone, visit: Visit, cast: Cast
) -> None:
    started = sam.entry("start", {"sop": "pack", "subject": "7"})
    sam.send(started)
    address = f"/runs/ref/{started['id']}"
    assert [visitor.get(address).status_code for visitor in (sam.visitor, visit(cast.lead))] == [303, 303]
    assert oskar.visitor.get(address).status_code == visit(cast.other_lead).get(address).status_code == 404


def test_nobody_chooses_rules_of_long_ago(session: Session, sam: Phone) -> None:
    pack = session.get_one(Sop, "pack")
    old = pack.in_force
    assert old is not None
    old.published_at -= timedelta(days=100)
    new = Revision(
        sop_id="pack", number=2, label="2", title="Pack", source="", html="", published_at=old.published_at
    )
    session.add(new)
    session.flush()
    pack.in_force_id = new.id
    for days, state in ((1, "kept"), (40, "refused")):
        new.published_at = datetime.now(UTC) - timedelta(days=days)
        session.commit()
        given = {"sop": "pack", "revision": old.id, "subject": f"7-{days}"}
        (receipt,) = sam.send(sam.entry("start", given, age=60))
        assert receipt["state"] == state, receipt
    assert "long been replaced" in receipt["why"]
    pack.in_force_id, pack.retired_at = old.id, datetime.now(UTC) - timedelta(days=40)
    session.commit()
    (receipt,) = sam.send(sam.entry("start", {"sop": "pack", "revision": old.id, "subject": "8"}, age=60))
    assert receipt["state"] == "refused"


def test_what_is_no_page_is_said_before_anything_is_judged(session: Session, sam: Phone, run: Run) -> None:
    assert sam.post([sam.record(run.id, "scan", "T")], page="7").status_code == 422
    assert not session.scalars(select(Record)).all()


def test_what_is_kept_is_answered_for_though_its_page_cant_be_drawn(
    session: Session, sam: Phone, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes_since, "states", None)  # a fault of ours
    page = {"run": run.id, "seen": "0.0.0.0.0", "revision": run.revision_id}
    answer = sam.post([sam.record(run.id, "scan", "T")], page=json.dumps(page)).get_json()
    assert states(answer["receipts"]) == ["kept"] and "page" not in answer


def test_numbers_that_json_has_not_are_noted_as_words(session: Session, sam: Phone, run: Run) -> None:
    raw = json.dumps([sam.record(run.id, "nowhere", "0.5")]).replace('"0.5"', "1e999")
    assert states(sam.post(raw).get_json()["receipts"]) == ["refused"]
    assert session.scalars(select(NotedEntry)).one().entry["data"]["value"] == "inf"


def test_a_stranger_lets_few_records_wait_in_runs_of_others(
    oskar: Phone, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(late_records, "MOST_OF_STRANGER", 2)
    assert states(oskar.send(*(oskar.record(run.id, "scan", "T", age=5) for _ in range(4)))) == [
        "late", "late", "again", "again",
    ]  # fmt: skip


def test_what_a_stranger_is_refused_is_for_their_own_lead(
    session: Session, oskar: Phone, run: Run, visit: Visit, cast: Cast
) -> None:
    """It says nothing of the run that it names, and stands on no page of those who look after that."""
    named = oskar.record(run.id, "nowhere", "T"), oskar.entry("close", {"omit": []}, run=run.id)
    receipts = oskar.send(*named)
    assert [(receipt["state"], receipt["run"]) for receipt in receipts] == [("refused", None)] * 2
    assert "Oskar" not in visit(cast.lead).get("/late").text
    assert "Oskar" in visit(cast.other_lead).get("/late").text
    assert {row.run_id for row in session.scalars(select(NotedEntry))} == {None}


def test_a_strangers_files_are_not_taken(oskar: Phone, run: Run, app: Flask) -> None:
    shot = oskar.record(run.id, "box", "M", age=5, files=[{"name": "a.jpg", "input": "photo"}])
    (receipt,) = oskar.send(shot, files={f"file:{shot['id']}:0": (photo(), "a.jpg")})
    assert (receipt["state"], receipt["status"]) == ("refused", 403)
    assert not list(app.config["EVIDENCE"].names(datetime.now(UTC) + timedelta(days=1)))


@pytest.mark.parametrize(
    ("name", "shown", "saved"),
    [
        ("evil.html", "evil.html", "evil.txt"),
        ("../../etc/passwd", "passwd", "passwd.txt"),
        ("..\\..\\x.svg", "x.svg", "x.txt"),
        ("\u202egnp.exe", "gnp.exe", "gnp.txt"),
        ("nul\0.p\ud800ng", "nul.png", "nul.txt"),
        ("a.txt\r\nSet-Cookie: a=b", "a.txt Set-Cookie: a=b", "a.txt"),
        ('"; filename="a.html', '"; filename="a.html', "-; filename=-a.txt"),
        ("...", "", "evidence-1.txt"),
    ],
)
def test_whatever_a_file_is_called_it_is_kept_and_saved_as_what_it_is(
    session: Session, sam: Phone, run: Run, name: str, shown: str, saved: str
) -> None:
    """What it is said to be counts no more than its name; neither does the name beside its content."""
    told = [{"name": name, "input": "file", "type": "text/html"}]
    entry = sam.record(run.id, "scan", "T", files=told)
    brought = {f"file:{entry['id']}:0": (b"see <script>window.ran=1</script>", "other.html")}
    assert states(sam.send(entry, files=brought)) == ["kept"]
    session.rollback()
    kept = session.scalars(select(Evidence)).one()
    assert (kept.name, kept.media_type) == (shown, "text/plain")
    answer = sam.visitor.get(f"/runs/{run.id}/evidence/{kept.id}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{saved}"'
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_file_goes_with_the_entry_that_names_it_and_no_other(
    session: Session, sam: Phone, run: Run
) -> None:
    """One that is not there is waited for; one that nobody has named is left."""
    named = [{"name": "a.txt", "input": "file"}]
    first, second = (sam.record(run.id, "scan", value, files=named) for value in "AB")
    brought = {f"file:{first['id']}:{place}": (b"%d" % place, "x") for place in range(3)}
    assert states(sam.send(first, second, files=brought)) == ["kept", "again"]
    session.rollback()
    assert [row.size for row in session.scalars(select(Evidence))] == [1]


def test_pictures_that_take_long_leave_the_rest_for_later(
    session: Session, sam: Phone, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "LONGEST_LOOK", 0.0)
    named = [{"name": "a.jpg", "input": "photo"}]
    shots = [sam.record(run.id, step, "T", files=named) for step in ("scan", "scan")]
    files = {f"file:{shot['id']}:0": (photo(), "a.jpg") for shot in shots}
    assert states(sam.send(*shots, sam.record(run.id, "weigh", "500"), files=files)) == [
        "kept", "again", "kept",
    ]  # fmt: skip
    assert states(sam.send(shots[1], files=files)) == ["kept"]
