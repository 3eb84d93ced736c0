"""A phone's queue over HTTP: every entry judged by itself, kept once, and answered with a receipt."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.evidence import photo
from tests.support.installation import Cast, Visitor
from tests.support.queues import Phone, states
from tracker.db import new_id
from tracker.domain.runs import assignment, lifecycle, loading
from tracker.models import Event, Evidence, LateRecord, NotedEntry, Person, Record, Revision, Run, Sop

Visit = Callable[[Person | None], Visitor]


def count(session: Session, table: Any = Record) -> int:
    session.rollback()
    session.expire_all()
    return session.scalar(select(func.count()).select_from(table)) or 0


def revision(session: Session, sop: str = "pack") -> int:
    return session.get_one(Sop, sop).in_force_id or 0


def test_a_phone_is_told_who_is_signed_in_and_gets_a_token(sam: Phone) -> None:
    told = sam.visitor.get("/queue").get_json()
    assert (told["holdfast"], told["protocol"], told["person"]) == ("queue", 1, sam.person_id)
    assert told["token"] and len(told["instance"]) == 24 and told["restored"] is False
    assert datetime.fromisoformat(told["now"]).tzinfo is not None


def test_whoever_is_signed_out_hears_so_as_json(visit: Visit, cast: Cast) -> None:
    nobody = Phone(visit(None), cast.staff)
    assert nobody.visitor.get("/queue").get_json()["holdfast"] == "queue"
    assert nobody.visitor.get("/queue").status_code == 401
    answer = nobody.post([])
    assert answer.status_code == 401 and answer.get_json()["holdfast"] == "queue"


def test_an_old_token_is_answered_as_json(sam: Phone) -> None:
    answer = sam.visitor.client.post("/queue", data={"csrf_token": "old", "entries": "[]"})
    assert answer.status_code == 400 and answer.get_json()["holdfast"] == "queue"


def test_records_are_kept_in_order_and_answered_again_alike(session: Session, sam: Phone, run: Run) -> None:
    entries = [
        sam.record(run.id, "scan", "T-1"),
        sam.record(run.id, "weigh", "500"),
        sam.record(run.id, "box", "M"),
    ]
    first = sam.send(*entries)
    assert states(first) == ["kept"] * 3 and {receipt["run"] for receipt in first} == {run.id}
    assert sam.send(*entries) == first
    assert count(session) == 3
    kept = session.scalars(select(Record).order_by(Record.device_seq)).all()
    assert [(r.step_key, r.device_id, r.device_seq) for r in kept] == [
        ("scan", sam.device, 1), ("weigh", sam.device, 2), ("box", sam.device, 3),
    ]  # fmt: skip


def test_one_that_fails_stops_no_other(session: Session, sam: Phone, run: Run) -> None:
    receipts = sam.send(
        sam.record(run.id, "scan", "T-1"),
        sam.record(run.id, "nowhere"),
        sam.record(run.id, "weigh", "heavy"),
        sam.record(run.id, "box", "M"),
    )
    assert states(receipts) == ["kept", "refused", "refused", "kept"]
    assert "nowhere" in receipts[1]["why"] and receipts[2]["status"] == 422
    assert count(session) == 2
    assert {row.why for row in session.scalars(select(NotedEntry))} and count(session, NotedEntry) == 2


def test_a_run_is_started_and_worked_on_and_closed_without_network(
    session: Session, sam: Phone, cast: Cast
) -> None:
    started = sam.entry("start", {"sop": "pack", "revision": revision(session), "subject": "77"}, age=90)
    ref = started["id"]
    started["ref"] = ref
    entries = [
        started,
        sam.record(None, "scan", "T", ref=ref, age=80),
        sam.record(None, "weigh", "500", ref=ref, age=70),
        sam.record(None, "box", "M", ref=ref, age=65),
        sam.record(None, "hand", ref=ref, age=60),
        sam.entry("close", {"omit": [], "itself": True}, ref=ref, age=60),
    ]
    first = sam.send(*entries)
    assert states(first) == ["kept"] * 6
    assert sam.send(*entries) == first
    session.rollback()
    run = session.scalars(select(Run).where(Run.ref == ref)).one()
    assert (run.state, run.started_by_id, run.assignee_id) == ("done", cast.staff.id, cast.staff.id)
    assert run.closed_at and timedelta(minutes=29) < run.closed_at - run.started_at < timedelta(minutes=31)
    assert abs(datetime.now(UTC) - timedelta(minutes=90) - run.started_at) < timedelta(minutes=1)
    assert sam.visitor.get("/queue", query_string={"last": ref}).get_json()["restored"] is False


def test_what_belongs_to_a_refused_start_is_refused_with_it(session: Session, sam: Phone) -> None:
    started = sam.entry("start", {"sop": "nothing", "revision": None, "subject": "77"})
    receipts = sam.send(started, sam.record(None, "scan", "T", ref=started["id"]))
    assert states(receipts) == ["refused", "refused"]
    assert "nothing" in receipts[0]["why"] and receipts[1]["why"] == receipts[0]["why"]
    assert count(session) == 0 and count(session, Run) == 0


def test_a_start_follows_the_revision_that_the_phone_showed(session: Session, sam: Phone) -> None:
    old = session.get_one(Sop, "pack")
    shown = old.in_force_id
    new = Revision(
        sop_id="pack", number=2, label="2", title="Pack", source="", html="", published_at=datetime.now(UTC)
    )
    session.add(new)
    session.flush()
    old.in_force_id, old.retired_at = new.id, datetime.now(UTC)
    session.commit()
    (receipt,) = sam.send(sam.entry("start", {"sop": "pack", "revision": shown, "subject": "77"}, age=90))
    assert receipt["state"] == "kept"
    assert session.get_one(Run, receipt["run"]).revision_id == shown


def test_a_second_open_run_about_the_same_is_made_and_a_lead_is_told(
    session: Session, sam: Phone, run: Run
) -> None:
    started = sam.entry("start", {"sop": "pack", "revision": revision(session), "subject": "1042"}, age=90)
    (receipt,) = sam.send(started)
    assert (receipt["state"], receipt["flag"]) == ("kept", "twin") and receipt["run"] != run.id
    assert sam.send(started) == [receipt]
    session.rollback()
    row = session.scalars(select(NotedEntry)).one()
    assert (row.note, row.run_id, row.state) == ("twin", receipt["run"], "waiting")
    wanted = sam.entry("start", {"sop": "pack", "subject": "1042", "anyway": True})
    assert sam.send(wanted)[0]["flag"] is None and count(session, NotedEntry) == 1


def test_what_came_late_waits_for_a_lead(session: Session, sam: Phone, run: Run, cast: Cast) -> None:
    sam.send(sam.record(run.id, "scan", "T"), sam.record(run.id, "weigh", "500"))
    loaded = loading.load(session, by(cast.staff), run.id, "run.close", lock=True)
    lifecycle.close(session, by(cast.staff), datetime.now(UTC), loaded, omit=["box", "hand"])
    session.commit()
    fills = sam.record(run.id, "box", "S", age=5)
    changes = sam.record(run.id, "weigh", outcome="failed", reason="torn", age=5)
    receipts = sam.send(fills, changes)
    assert states(receipts) == ["kept", "late"] and receipts[0]["flag"] == "late"
    assert "a lead decides" in receipts[1]["why"] and receipts[1]["status"] == 202
    assert sam.send(fills, changes) == receipts
    assert (count(session), count(session, LateRecord)) == (3, 1)


@pytest.mark.parametrize("backwards", [False, True])
def test_whoever_takes_back_their_own_tick_without_network_asks_no_lead(
    session: Session, sam: Phone, run: Run, backwards: bool
) -> None:
    ticked = sam.record(run.id, "scan", "T-2", age=9)
    undone = sam.record(run.id, "scan", outcome="undone", cancels=ticked["id"], age=8)
    if backwards:  # the tick was put off, as where its photo did not get through
        assert states(sam.send(undone)) == ["late"]
        assert states(sam.send(ticked, undone)) == ["kept", "kept"]
    else:
        assert states(sam.send(ticked, undone)) == ["kept", "kept"]
    session.rollback()
    session.expire_all()
    kept = session.get_one(Run, run.id)
    assert [state.outcome for state in loading.states(kept)] == [None] * len(loading.steps(kept))
    assert (kept.late_waiting, count(session)) == (0, 2)


def test_what_came_late_is_read_with_the_time_when_it_was_made(
    session: Session, sam: Phone, run: Run
) -> None:
    ticked, closing = sam.record(run.id, "scan", "T-2", age=40), sam.entry("close", run=run.id, age=20)
    closing["data"] = {"omit": ["box", "hand"]}
    assert states(sam.send(ticked, sam.record(run.id, "weigh", "500", age=20), closing)) == ["kept"] * 3
    session.rollback()
    first, second = session.scalars(select(Record).order_by(Record.device_seq)).all()
    assert first.made_at and first.happened_at == first.made_at < second.happened_at < second.received_at
    for place in (f"/runs/{run.id}", f"/runs/{run.id}/history"):
        assert f'datetime="{first.made_at.isoformat()}"' in sam.visitor.get(place).text
    told = sam.visitor.get(f"/runs/{run.id}/history").text
    times = [told.index(f'datetime="{at.isoformat()}"') for at in (run.started_at, first.made_at)]
    assert times == sorted(times) and f'datetime="{first.received_at.isoformat()}"' in told
    told = told[told.index("hf-history") :]
    assert told.count("came <time") == 2 and told.index("T-2") < told.index("500") < told.index("closed")


def test_a_young_entry_is_judged_by_what_had_happened_when_it_was_made(
    session: Session, sam: Phone, run: Run, cast: Cast
) -> None:
    """The phone did not know yet that a lead had taken the run a moment later."""
    made = sam.record(run.id, "scan", "T", age=0.3)
    taken = loading.load(session, by(cast.lead), run.id, "run.take-over", lock=True)
    assignment.take_over(session, by(cast.lead), datetime.now(UTC) - timedelta(seconds=5), taken)
    session.commit()
    receipts = sam.send(made, sam.record(run.id, "weigh", "500"))
    assert states(receipts) == ["kept", "refused"] and receipts[0]["flag"] == "handed"
    assert receipts[1]["status"] == 409 and "Lena has this run now" in receipts[1]["why"]


@pytest.mark.parametrize("omit", [["weigh", "box", "hand"], ["weigh"]])
def test_closing_names_what_is_left_out(session: Session, sam: Phone, run: Run, omit: list[str]) -> None:
    closing = sam.entry("close", {"omit": omit}, run=run.id, age=3)
    receipts = sam.send(sam.record(run.id, "scan", "T", age=4), closing)
    session.rollback()
    session.expire_all()
    closed = len(omit) == 3
    assert states(receipts) == ["kept", "kept" if closed else "late"]
    assert session.get_one(Run, run.id).state == ("done" if closed else "open")
    assert count(session, NotedEntry) == (0 if closed else 1)
    assert sam.send(closing) == receipts[1:]


def test_a_closing_of_which_a_lead_was_told_closes_nothing_when_it_comes_again(
    session: Session, sam: Phone, run: Run
) -> None:
    """Whoever closed did not see what has been done since; and the lead may have seen to it."""
    closing = sam.entry("close", {"omit": ["weigh", "box", "hand"]}, run=run.id, age=3)
    told = sam.send(closing)
    assert states(told) == ["late"]
    assert states(sam.send(sam.record(run.id, "scan", "T"))) == ["kept"]
    assert sam.send(closing) == told
    session.rollback()
    session.expire_all()
    assert session.get_one(Run, run.id).state == "open"


def test_a_run_that_is_not_complete_stays_open_without_a_word(session: Session, sam: Phone, run: Run) -> None:
    assert states(sam.send(sam.entry("close", {"omit": [], "itself": True}, run=run.id))) == ["kept"]
    session.rollback()
    session.expire_all()
    assert session.get_one(Run, run.id).state == "open" and count(session, NotedEntry) == 0


def test_a_run_that_the_database_has_forgotten_is_not_known_here(
    session: Session, sam: Phone, run: Run
) -> None:
    other = sam.record(run.id, "scan", "T", ref=str(new_id()))  # the number is another run's by now
    receipts = sam.send(sam.record(4711, "scan", "T"), other)
    assert states(receipts) == ["refused"] * 2 and all("not known here" in r["why"] for r in receipts)
    assert count(session) == 0
    assert sam.visitor.get("/queue", query_string={"last": str(new_id())}).get_json()["restored"] is True


def test_photos_come_with_their_entry(session: Session, sam: Phone, workspace: Any, app: Flask) -> None:
    from tracker.authoring.sync import publish

    (workspace / "sops/shots.md").write_text(
        "---\nid: shots\n---\n1. Photograph it {#shot input=photo}\n2. Go {#go}\n"
    )
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    started = sam.entry("start", {"sop": "shots", "revision": revision(session, "shots")})
    two = [{"name": f"{n}.jpg", "input": "photo", "type": "image/jpeg", "size": 1} for n in "ab"]
    shot = sam.record(None, "shot", ref=started["id"], files=two)
    files = {f"file:{shot['id']}:{n}": (photo((40 + n, 30)), f"{n}.jpg") for n in range(2)}
    missing = sam.send(started, shot, files=dict(list(files.items())[:1]))
    assert states(missing) == ["kept", "again"] and count(session) == 0
    receipts = sam.send(started, shot, files=files)
    assert states(receipts) == ["kept"] * 2 and receipts[1]["evidence"] == 2
    assert sam.send(started, shot, files=files) == receipts
    assert (count(session), count(session, Evidence)) == (1, 2)


def test_what_another_has_made_on_this_phone_is_left_there(
    session: Session, sam: Phone, run: Run, cast: Cast, visit: Visit
) -> None:
    theirs = sam.record(run.id, "scan", "T") | {"person": cast.outsider.id}
    assert states(sam.send(theirs)) == ["again"] and count(session, NotedEntry) == 0
    wrong = sam.post([], person=str(cast.outsider.id))
    assert wrong.status_code == 409 and wrong.get_json()["person"] == cast.staff.id


def test_a_phone_of_another_version_is_told_so_and_nothing_is_taken(
    session: Session, sam: Phone, run: Run
) -> None:
    """The server may have been renewed since the phone asked; 409 is what phones try again."""
    answer = sam.post([sam.record(run.id, "scan", "T")], protocol="2")
    assert answer.status_code == 409 and answer.get_json()["protocol"] == 1
    assert count(session) == count(session, NotedEntry) == 0


WHOLE = [
    "",
    "null",
    "{",
    "7",
    '"x"',
    "{}",
    "[7]",
    "[null]",
    '[{"id": 3}]',
    '[{"id": "x"}]',
    "[NaN]",
    "[" * 3000,
]


@pytest.mark.parametrize("sent", WHOLE)
def test_what_is_no_queue_is_a_clear_422(sam: Phone, sent: str) -> None:
    answer = sam.post(sent)
    assert answer.status_code == 422 and answer.get_json()["holdfast"] == "queue", answer.text


ODD: list[dict[str, Any]] = [
    {"kind": "dance"}, {"kind": None}, {"kind": []}, {"data": None}, {"data": []}, {"data": 7},
    {"person": "1"}, {"person": None}, {"run": "1"}, {"run": -1}, {"run": 10**30}, {"run": True},
    {"seq": 1.5}, {"at": "yesterday"}, {"at": 7}, {"at": "0001-01-01T00:00:00+14:00"}, {"files": 7},
    {"files": [7]}, {"files": [{"name": {}}]}, {"ref": "x" * 100}, {"ref": {}}, {"files": [{}] * 11},
    {"data": {"step": {}}}, {"data": {"step": "scan", "outcome": ["done"]}}, {"data": {"step": "sc\0an"}},
    {"data": {"step": "scan", "outcome": "done", "value": "\ud800"}},
    {"data": {"step": "scan", "outcome": "done", "value": "x" * 5000}},
    {"data": {"step": "scan", "outcome": "undone", "cancels": "7"}},
    {"data": {"step": "scan", "outcome": "done", "value": [[[[[[[[[[1]]]]]]]]]]}},
    {"kind": "close", "data": {"omit": "all"}}, {"kind": "close", "data": {"omit": [7]}},
    {"kind": "close", "data": {"itself": "yes"}}, {"kind": "start", "data": {}},
    {"kind": "start", "data": {"sop": "pack", "revision": "x"}},
    {"kind": "start", "data": {"sop": "pack", "revision": 10**8, "subject": "7"}},
    {"kind": "start", "data": {"sop": "pack", "subject": "7", "from": []}},
    {"kind": "start", "data": {"sop": "pack", "subject": ""}},
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: json.dumps(odd)[:40])
def test_an_entry_of_any_shape_is_refused_by_itself_and_noted(
    session: Session, sam: Phone, run: Run, odd: dict[str, Any]
) -> None:
    good = sam.record(run.id, "scan", "T")
    receipts = sam.send(sam.record(run.id, "box", "M") | odd, good)
    assert states(receipts) == ["refused", "kept"] and receipts[0]["why"]
    assert 400 <= receipts[0]["status"] < 500
    assert (count(session), count(session, NotedEntry)) == (1, 1)


def test_too_many_at_once_are_not_taken(sam: Phone, run: Run) -> None:
    assert sam.post([sam.record(run.id, "scan", "T") for _ in range(101)]).status_code == 422


def test_an_outsider_changes_nothing(session: Session, visit: Visit, cast: Cast, run: Run) -> None:
    oskar = Phone(visit(cast.outsider), cast.outsider, device="b" * 24)
    receipts = oskar.send(
        oskar.record(run.id, "scan", "T"),
        oskar.entry("close", {"omit": ["scan", "weigh", "box", "hand"]}, run=run.id),
        oskar.entry("close", {"itself": True}, run=run.id),
        oskar.entry("claim", run=run.id),
    )
    assert states(receipts) == ["refused"] * 4 and {r["status"] for r in receipts} == {403}
    assert count(session) == 0 and session.get_one(Run, run.id).state == "open"


def test_the_open_page_is_told_what_has_changed(session: Session, sam: Phone, run: Run) -> None:
    page = sam.visitor.get(f"/runs/{run.id}").text
    seen = page.partition('data-etag="')[2].partition('"')[0] or "0.0.0.0.0"
    told = {"run": run.id, "seen": seen, "revision": run.revision_id}
    answer = sam.post([sam.record(run.id, "scan", "T")], page=json.dumps(told)).get_json()
    assert 'hx-swap-oob="true"' in answer["page"]["html"] and "Weigh the parcel" in answer["page"]["html"]
    odd = sam.post([], page='{"run": "x"}')
    assert odd.status_code == 422


def test_a_claim_is_for_who_comes_first(session: Session, sam: Phone, visit: Visit, cast: Cast) -> None:
    run = lifecycle.start(session, by(cast.lead), datetime.now(UTC), "opening", role=None)
    session.commit()
    lena = Phone(visit(cast.lead), cast.lead, device="c" * 24)
    claim = sam.entry("claim", run=run.id)
    assert states(sam.send(claim)) == ["kept"] and states(sam.send(claim)) == ["kept"]
    (lost,) = lena.send(lena.entry("claim", run=run.id))
    assert lost["state"] == "refused" and "Sam" in lost["why"]
    assert count(session, NotedEntry) == 0
    kinds = session.scalars(select(Event.kind).where(Event.subject == f"run:{run.id}")).all()
    assert kinds == ["run.started", "run.claimed"]
