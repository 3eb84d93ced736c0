"""A list opens one run for each of its lines, once, wherever it is cut off and however often it is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tracker.db import write_in_chunks
from tracker.domain.dispatch import batches
from tracker.domain.library import publishing
from tracker.domain.runs import lifecycle, subjects
from tracker.errors import ConflictError, ForbiddenError, HoldfastError
from tracker.models import Batch, Event, Run

Start = Callable[..., Run]


def clock() -> datetime:
    return NOW


def kept(session: Session, cast: Cast, text: str, sop: str = "pack", **more: Any) -> Batch:
    actor = more.pop("actor", cast.lead)
    batch = batches.prepare(session, by(actor), NOW, sop_id=sop, text=text, **more)
    session.commit()
    return batch


def opened(session: Session, cast: Cast, batch: Batch, **more: Any) -> Batch:
    batches.begin(session, by(cast.lead), NOW, batch, **more)
    session.commit()
    assert batches.claim(session, NOW, "w") == batch.id
    session.commit()
    for part in batches.parts(session, clock, batch.id, "w"):
        write_in_chunks(part)
    session.refresh(batch)
    return batch


def counts(batch: Batch) -> tuple[str, int, int, int, int]:
    return batch.state, batch.handled, batch.opened, batch.passed_over, batch.wrong


def test_a_line_is_a_run_with_its_event(session: Session, cast: Cast) -> None:
    text = "subject,assignee,team,role,due,location\n1,sam,,,,\n2,,packing,,2026-03-31 20:00,\n"
    text += "3,,,picker,,Berlin\n4,,,,,\n"
    batch = opened(session, cast, kept(session, cast, text))
    assert counts(batch) == ("done", 4, 4, 0, 0)
    found = {run.subject_ref: run for run in session.scalars(select(Run))}
    assert [found["1"].assignee_id, found["2"].team_id, found["3"].role] == [
        cast.staff.id, cast.staff.team_id, "picker",
    ]  # fmt: skip
    assert found["2"].due_at == NOW.replace(hour=18) and found["4"].due_at == NOW + timedelta(hours=4)
    assert {run.location_id for run in found.values()} == {cast.lead.location_id}
    assert {(run.subject_kind, run.started_by_id, run.state) for run in found.values()} == {
        ("order", cast.lead.id, "open")
    }
    assert {(run.unsigned, run.held_by) for run in found.values()} == {(0, None)}  # as `standing.keep` writes
    events = session.scalars(select(Event).where(Event.kind == "run.started")).all()
    assert {event.subject for event in events} == {f"run:{run.id}" for run in found.values()}
    assert {(event.person_id, event.data["batch"]) for event in events} == {(cast.lead.id, batch.id)}
    lives = session.scalars(select(Event.kind).where(Event.subject == f"batch:{batch.id}").order_by(Event.id))
    assert lives.all() == ["batch.kept", "batch.begun", "batch.done"]


def test_errors_are_told_by_line_and_stop_nothing_else(session: Session, cast: Cast, start: Start) -> None:
    start(subject="9")
    text = (
        "subject,assignee,team,role,due,location\n"
        "1,,,,,\n,sam,,,,\n1,,,,,\n2,nobody,,,,\n3,sam,Packing,,,\n4,,Sewing,,,\n5,,,pikcer,,\n"
        "6,,,,soon,\n7,,,,2020-01-01 10:00,\n8,,,,,Porto\n8,,,,,Paris\n9,,,,,\n10,,,,,\n"
        + "x" * 201
        + ",,,,,\n"
    )
    batch = kept(session, cast, text)
    preview = batches.preview(session, by(cast.lead), NOW, batch)
    assert [row.subject for row in preview.good] == ["1", "10"]
    assert [row.subject for row in preview.again] == ["9"]
    said = {line.number: str(error) for line, error in preview.wrong}
    words = {
        3: "Say which order", 4: "line 2 already", 5: "“nobody”", 6: "one of",
        7: "“Sewing”. There are: Packing",
        8: "“pikcer”. There are: picker", 9: "“soon” is no time", 10: "passed", 11: "don’t lead at Porto",
        12: "no location “Paris”", 15: "200 characters",
    }  # fmt: skip
    assert set(said) == set(words) and all(words[number] in said[number] for number in said)
    assert counts(opened(session, cast, batch)) == ("done", 14, 2, 1, 11)
    left = {line.number for line, _ in batches.unopened(session, by(cast.lead), NOW, batch)}
    assert left == {*words, 13}


def test_the_same_list_sent_again_is_the_same_list(session: Session, cast: Cast) -> None:
    batch = opened(session, cast, kept(session, cast, "1\n2\n"))
    assert kept(session, cast, "1\r\n2  \r\n\r\n").id == batch.id
    for run in session.scalars(select(Run)):
        lifecycle.cancel(session, by(cast.lead), NOW, run, "called off")
    session.commit()
    batches.begin(session, by(cast.lead), NOW, batch)
    assert batches.claim(session, NOW, "other") is None
    assert kept(session, cast, "1\n2\n", assignee=cast.staff).id != batch.id
    assert session.scalar(select(func.count()).select_from(Run)) == 2


def test_work_that_comes_up_again_is_the_list_once_more(session: Session, cast: Cast) -> None:
    batch = kept(session, cast, "1\n2\n")
    with pytest.raises(ConflictError):
        batches.repeat(session, by(cast.lead), NOW, batch)
    opened(session, cast, batch)
    copy = batches.repeat(session, by(cast.lead), NOW, batch)
    assert batches.repeat(session, by(cast.lead), NOW, batch).id == copy.id != batch.id
    session.commit()
    assert counts(opened(session, cast, copy)) == ("done", 2, 0, 2, 0)
    again = batches.repeat(session, by(cast.lead), NOW, copy)
    session.commit()
    assert counts(opened(session, cast, again, anyway=True)) == ("done", 2, 2, 0, 0)


def test_work_that_was_cut_off_is_gone_on_with_and_opens_nothing_twice(session: Session, cast: Cast) -> None:
    batch = kept(session, cast, "\n".join(map(str, range(100))))
    batches.begin(session, by(cast.lead), NOW, batch)
    assert batches.claim(session, NOW, "first") == batch.id
    session.commit()
    writes = next(batches.parts(session, clock, batch.id, "first"))
    write_in_chunks(writes[:2])  # and then the process is killed
    assert batches.claim(session, NOW, "second") is None
    later = NOW + batches.SILENT + timedelta(seconds=1)
    assert batches.claim(session, later, "second") == batch.id
    session.commit()
    with pytest.raises(batches.LostError):  # the first was only slow
        write_in_chunks(writes[2:])
    for part in batches.parts(session, clock, batch.id, "second"):
        write_in_chunks(part)
    session.refresh(batch)
    assert counts(batch) == ("done", 100, 100, 0, 0)
    assert session.scalar(select(func.count(Run.subject_ref.distinct()))) == 100


def test_what_is_true_by_then_decides(session: Session, cast: Cast, start: Start) -> None:
    batch = kept(session, cast, "subject;assignee\n1;\n2;sam\n3;\n")
    start(subject="1")
    cast.staff.disabled_at = NOW
    session.commit()
    assert counts(opened(session, cast, batch)) == ("done", 3, 1, 1, 1)
    other = kept(session, cast, "4\n5\n")
    batches.begin(session, by(cast.lead), NOW, other)
    publishing.retire(session, NOW, "pack")
    session.commit()
    batches.claim(session, NOW, "w")
    for part in batches.parts(session, clock, other.id, "w"):
        write_in_chunks(part)
    session.refresh(other)
    assert counts(other) == ("done", 2, 0, 0, 2)


def test_other_names_are_kept_and_mean_the_same(session: Session, cast: Cast, start: Start) -> None:
    opened(session, cast, kept(session, cast, "subject,aliases\n1042,#A1 | 4711\n"))
    assert subjects.aliases_of(session, "order", "1042") == ["#A1", "4711"]
    preview = batches.preview(session, by(cast.lead), NOW, kept(session, cast, "4711\n4712\n"))
    assert [row.subject for row in preview.again] == ["1042"]


def test_who_may_keep_see_and_open_a_list(session: Session, cast: Cast) -> None:
    batch = kept(session, cast, "1\n")
    for stranger in (cast.staff, cast.other_lead):
        with pytest.raises(ForbiddenError):
            batches.load(session, by(stranger), batch.id)
        with pytest.raises(ForbiddenError):
            batches.begin(session, by(stranger), NOW, batch)
    assert batches.load(session, by(cast.admin), batch.id) is batch
    with pytest.raises(ForbiddenError):
        kept(session, cast, "1\n", actor=cast.staff)
    with pytest.raises(ForbiddenError):
        kept(session, cast, "1\n", location=cast.outsider.location)
    for wrong in ({"sop": "nothing"}, {"text": " "}, {"due": NOW}):
        with pytest.raises(HoldfastError):
            kept(session, cast, **{"text": "1\n", **wrong})
