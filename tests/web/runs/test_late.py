"""What came late over HTTP: kept whatever has happened, seen by everybody, decided by a lead in one press."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.evidence import photo
from tests.support.installation import Cast, Visitor
from tracker.db import new_id
from tracker.domain.runs import assignment, lifecycle, loading
from tracker.models import Event, Evidence, LateRecord, Outcome, Person, Record, Run, SequenceGap

Visit = Callable[[Person | None], Visitor]
MINUTE = timedelta(minutes=1)


def ago(minutes: float) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)


def form(
    step: str, kind: str = "done", age: float = 0, off: timedelta = timedelta(0), **more: str
) -> dict[str, str]:
    """What a phone sends of a record that it made `age` minutes ago, by a clock that is `off`."""
    sent = datetime.now(UTC) + off
    times = {"device_at": (sent - timedelta(minutes=age)).isoformat(), "device_now": sent.isoformat()}
    return (
        {"id": str(new_id()), "step": step, "kind": kind, "reason": "" if kind == "done" else "torn"}
        | times
        | more
    )


@pytest.fixture
def run(session: Session, cast: Cast) -> Run:
    """An order that was begun an hour ago."""
    found = lifecycle.start(session, by(cast.staff), ago(60), "pack", subject="1042", assignee=cast.staff)
    session.commit()
    return found


@pytest.fixture
def closed(session: Session, cast: Cast, visit: Visit, run: Run) -> Run:
    """The same, scanned and weighed, and closed ten minutes ago."""
    sam = visit(cast.staff)
    for given in (form("scan", value="T"), form("weigh", value="500")):
        assert sam.post(f"/runs/{run.id}/records", given).status_code == 303
    session.rollback()
    loaded = loading.load(session, by(cast.staff), run.id, "run.close", lock=True)
    lifecycle.close(session, by(cast.staff), ago(10), loaded, omit=["box", "hand"])
    session.commit()
    return run


def outcome(session: Session, run: Run, step: str) -> str:
    session.rollback()
    session.expire_all()
    return session.get_one(Outcome, (run.id, step)).outcome


def count(session: Session, table: Any) -> int | None:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table))


def test_a_form_that_calls_itself_offline_is_a_direct_request(
    session: Session, cast: Cast, visit: Visit, closed: Run
) -> None:
    sam, address = visit(cast.staff), f"/runs/{closed.id}/records"
    scan = closed.records[0].id
    for given in (form("weigh", "failed"), form("scan", "undone", cancels=str(scan)), form("hand")):
        assert sam.post(address, given | {"offline": "1"}).status_code == 409
    assert (count(session, Record), count(session, LateRecord)) == (2, 0)


def test_what_would_change_a_closed_run_waits_and_a_lead_accepts_it(
    session: Session, cast: Cast, visit: Visit, closed: Run
) -> None:
    sam, lena, given = (
        visit(cast.staff),
        visit(cast.lead),
        form("weigh", "failed", age=20, note="It was open"),
    )
    answer = sam.htmx(f"/runs/{closed.id}/records", given)
    assert answer.status_code == 202 and "Kept, and a lead decides" in answer.text
    assert sam.htmx(f"/runs/{closed.id}/records", given).status_code == 202
    assert count(session, LateRecord) == 1 and outcome(session, closed, "weigh") == "done"
    for page in ("/", "/board", "/signoffs"):
        assert "1 record came late and waits for your decision" in lena.get(page).text, page
        assert "came late and wait" not in visit(cast.other_lead).get(page).text
    assert "came late and waits for your" not in sam.get("/").text
    shown = sam.get(f"/runs/{closed.id}").text
    assert "Came late, a lead decides" in shown and "Accept" not in shown
    history = sam.get(f"/runs/{closed.id}/history").text
    assert "It was open" in history and "·</small>" not in history
    listed = lena.get("/late").text
    assert (
        "order 1042" in listed
        and "It was open" in listed
        and "it would change what the closed run says" in listed
    )
    chosen = {"record": given["id"], "verdict": "accept"}
    assert lena.post(f"/runs/{closed.id}/late", chosen).status_code == 303
    assert "1 record counts now." in lena.get("/late").text
    assert outcome(session, closed, "weigh") == "failed"
    assert "accepted what came late" in sam.get(f"/runs/{closed.id}/history").text
    assert "a lead has accepted it" in sam.get(f"/runs/{closed.id}").text
    assert "Nothing that came late waits for you" in lena.get("/late").text
    assert sam.htmx(f"/runs/{closed.id}/records", given).status_code == 200


def test_all_of_a_run_is_accepted_in_one_press(
    session: Session, cast: Cast, visit: Visit, closed: Run
) -> None:
    sam, lena = visit(cast.staff), visit(cast.lead)
    sent = [form("weigh", "failed", age=20), form("flyer", age=19), form("scan", "failed", age=18)]
    for given in sent:
        assert sam.post(f"/runs/{closed.id}/records", given).status_code == 303
    page = lena.get(f"/runs/{closed.id}").text
    ticked = re.findall(r'name="record" value="([^"]+)"[^>]* checked', page)
    assert ticked == [given["id"] for given in sent]
    data = {"record": ticked, "verdict": "accept", "back": "run"}
    answer = lena.post(f"/runs/{closed.id}/late", data)
    assert answer.location.endswith(f"/runs/{closed.id}#late")
    assert "3 records count now." in lena.get(f"/runs/{closed.id}").text
    assert [outcome(session, closed, step) for step in ("weigh", "flyer", "scan")] == [
        "failed",
        "done",
        "failed",
    ]


def test_a_second_lead_is_told_and_nothing_is_doubled(
    session: Session, cast: Cast, visit: Visit, closed: Run
) -> None:
    given = form("weigh", "failed", age=20)
    visit(cast.staff).post(f"/runs/{closed.id}/records", given)
    lena, ada = visit(cast.lead), visit(cast.admin)
    chosen = {"record": given["id"], "verdict": "decline", "reason": "another parcel"}
    assert lena.post(f"/runs/{closed.id}/late", chosen).status_code == 303
    assert ada.post(f"/runs/{closed.id}/late", chosen | {"verdict": "accept"}).status_code == 303
    assert "Lena has declined this already." in ada.get("/late").text
    assert outcome(session, closed, "weigh") == "done" and count(session, Record) == 2
    answer = visit(cast.staff).htmx(f"/runs/{closed.id}/records", given)
    assert answer.status_code == 202 and "does not count" in answer.text


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"verdict": "accept"},
        {"verdict": "x", "record": str(new_id())},
        {"verdict": "accept", "record": "one"},
    ],
)
def test_a_decision_about_nothing_is_refused_in_words(
    cast: Cast, visit: Visit, closed: Run, given: dict[str, str]
) -> None:
    assert visit(cast.lead).post(f"/runs/{closed.id}/late", given).status_code == 422


def test_what_counts_by_itself_is_saved_as_ever(
    session: Session, cast: Cast, visit: Visit, closed: Run
) -> None:
    answer = visit(cast.staff).htmx(
        f"/runs/{closed.id}/records", form("hand", age=20, off=timedelta(days=-900))
    )
    assert answer.status_code == 200 and outcome(session, closed, "hand") == "done"
    history = visit(cast.staff).get(f"/runs/{closed.id}/history").text
    assert "came after the run was closed" in history and "the device’s clock is wrong" in history


def test_who_has_lost_the_run_brings_what_they_made_and_sees_nothing_of_it(
    session: Session, cast: Cast, visit: Visit, run: Run
) -> None:
    assignment.take_over(
        session, by(cast.lead), ago(10), loading.load(session, by(cast.lead), run.id, "run.see", lock=True)
    )
    session.commit()
    sam, address = visit(cast.staff), f"/runs/{run.id}/records"
    lost = sam.htmx(address, form("scan", value="T"))
    assert lost.status_code == 409 and "Lena has this run now" in lost.text
    answers = [
        sam.htmx(address, form("scan", age=20, value="T")),
        sam.htmx(address, form("weigh", age=5, value="9")),
    ]
    assert [answer.status_code for answer in answers] == [200, 202]
    stranger = visit(cast.outsider).htmx(address, form("weigh", age=30, value="500"))
    for answer in (*answers, stranger):
        assert "Kept." in answer.text and "1042" not in answer.text and "Weigh" not in answer.text
    assert visit(cast.outsider).post(address, form("weigh", age=30, value="500")).location == "/"
    assert (count(session, Record), count(session, LateRecord)) == (1, 3)


def test_a_photo_that_came_late_is_kept_shown_to_the_lead_and_accepted_with_its_record(
    app: Any, workspace: Any, session: Session, cast: Cast, visit: Visit
) -> None:
    from tracker.authoring.sync import publish

    (workspace / "sops/door.md").write_text(
        "1. Photograph the door {#photo input=photo}\n2. Lock it {#lock}\n"
    )
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    run = lifecycle.start(session, by(cast.staff), ago(60), "door", assignee=cast.staff)
    assignment.take_over(session, by(cast.lead), ago(30), run)
    session.commit()
    sam, lena, given = visit(cast.staff), visit(cast.lead), form("photo", age=5)
    answer = sam.post(f"/runs/{run.id}/records", given | {"photo": (BytesIO(photo()), "door.jpg")})
    assert answer.status_code == 303 and count(session, LateRecord) == 1 and count(session, Evidence) == 0
    place = f"/runs/{run.id}/late/{given['id']}/evidence/0"
    assert place in lena.get("/late").text
    shown = lena.get(place)
    assert shown.mimetype == "image/jpeg" and "sandbox" in shown.headers["Content-Security-Policy"]
    assert visit(cast.other_lead).get(place).status_code == 403 and sam.get(place).status_code == 403
    assert lena.get(place[:-1] + "1").status_code == 404
    from tracker.worker.sweeping import sweep

    assert sweep(app, everything=True).files == 0
    lena.post(f"/runs/{run.id}/late", {"record": given["id"], "verdict": "accept"})
    assert count(session, Evidence) == 1 and "came late" in lena.get(f"/runs/{run.id}").text


def test_a_gap_in_the_numbers_of_a_device_is_told_to_the_lead_until_it_is_filled(
    session: Session, cast: Cast, visit: Visit, run: Run
) -> None:
    sam, lena = visit(cast.staff), visit(cast.lead)

    def send(step: str, seq: int, **more: Any) -> None:
        given = form(step, device_id="a" * 24, device_seq=str(seq), **more)
        assert sam.post(f"/runs/{run.id}/records", given).status_code == 303

    send("scan", 7, value="T")
    send("hand", 10)
    board = lena.get("/board").text
    assert re.search(r"2 records of Sam’s device, made between .* have not arrived", board)
    assert (
        "have not arrived" in lena.get("/late").text
        and "have not arrived" in lena.get(f"/runs/{run.id}/history").text
    )
    assert "have not arrived" not in visit(cast.other_lead).get("/board").text
    send("box", 8, value="S", age=2)
    assert "1 record of Sam’s device" in lena.get("/board").text
    send("weigh", 9, value="500", age=2)
    assert "arrived" not in lena.get("/board").text
    send("flyer", 9, age=2)
    assert "the numbers of its device run backwards" in lena.get(f"/runs/{run.id}").text
    assert count(session, SequenceGap) == 1


def test_a_lead_sees_one_line_for_what_is_kept_by_itself_until_somebody_has_seen_it(
    session: Session, cast: Cast, visit: Visit, run: Run
) -> None:
    sam, lena = visit(cast.staff), visit(cast.lead)
    session.rollback()
    loaded = loading.load(session, by(cast.lead), run.id, "run.cancel", lock=True)
    lifecycle.cancel(session, by(cast.lead), ago(10), loaded, "sold out")
    session.commit()
    for given in (form("scan", value="T", age=30), form("weigh", value="500", age=29)):
        assert sam.post(f"/runs/{run.id}/records", given).status_code == 303
    told = "2 records came late and are kept:"
    board = lena.get("/board").text
    assert board.count(told) == 1 and f'href="/runs/{run.id}"' in board
    page = " ".join(lena.get(f"/runs/{run.id}").text.split())
    assert page.count(told) == 1 and "came after the run was closed" in page
    assert told not in sam.get(f"/runs/{run.id}").text
    assert sam.post(f"/runs/{run.id}/late/sight").status_code == 403
    for _ in range(2):
        assert lena.post(f"/runs/{run.id}/late/sight").status_code == 303
    assert told not in lena.get("/board").text + lena.get(f"/runs/{run.id}").text
    session.rollback()
    assert session.scalar(select(func.count()).where(Event.kind == "late.seen")) == 1


def test_what_was_made_before_a_run_became_anothers_is_told_too(
    session: Session, cast: Cast, visit: Visit, run: Run
) -> None:
    session.rollback()
    loaded = loading.load(session, by(cast.lead), run.id, "run.assign", lock=True)
    assignment.assign(session, by(cast.lead), ago(10), loaded, assignee=cast.lead)
    session.commit()
    assert (
        visit(cast.staff).post(f"/runs/{run.id}/records", form("scan", value="T", age=30)).status_code == 303
    )
    assert "1 record came late and is kept:" in visit(cast.lead).get("/board").text
    assert "1 record came late and is kept:" not in visit(cast.other_lead).get("/board").text
    assert "came after the run had become another’s" in visit(cast.lead).get(f"/runs/{run.id}").text
