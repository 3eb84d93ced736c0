"""Closed runs with every record and value, as a spreadsheet of the reader's country opens it, and back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tracker.db import new_id, write_in_chunks
from tracker.domain.people import places
from tracker.domain.transfer import history
from tracker.models import Outcome, Person, Record, Run, SecurityEntry, Sop
from tracker.reports import whole_runs

Visit = Callable[[Person | None], Visitor]
AT = datetime(2026, 3, 30, 12, tzinfo=UTC)
ALL = "/closed-runs/records?period=all"


@pytest.fixture
def runs(session: Session, cast: Cast) -> dict[str, Run]:
    """Three closed runs: one with all that can stand in a run, one elsewhere, one of another SOP."""
    made = {
        "whole": _run(session, cast, "pack", "=1+1", cast.lead.location_id, AT),
        "elsewhere": _run(session, cast, "pack", "1043", cast.other_lead.location_id, AT - timedelta(days=9)),
        "counted": _run(session, cast, "count", "Regal 7", None, AT - timedelta(days=400)),
    }
    whole = made["whole"]
    mistyped = _record(session, whole, "weigh", "failed", 31000.0, 1, reason='zu schwer; "sehr"\nschwer')
    _record(session, whole, "weigh", "undone", None, 2, cancels_id=mistyped.id)
    _record(session, whole, "weigh", "failed", 12.125, 3, reason="zu leicht")
    _record(session, whole, "weigh", "done", 1250.5, 4, note="nachgewogen")
    _record(session, whole, "scan", "done", "'+49170", 5)
    for step, outcome, recovered in (
        ("scan", "done", False), ("weigh", "failed", True), ("flyer", "na", False),
        ("hand", "omitted", False),
    ):  # fmt: skip
        _outcome(session, whole, step, outcome, recovered)
    _outcome(session, made["elsewhere"], "scan", "omitted")
    _record(session, made["counted"], "pieces", "done", -3.5, 1)
    _outcome(session, made["counted"], "pieces", "done")
    session.commit()
    return made


def _run(session: Session, cast: Cast, sop: str, about: str, place: int | None, at: datetime) -> Run:
    run = Run(
        sop_id=sop, revision_id=session.get_one(Sop, sop).in_force_id, state="done", subject_ref=about,
        location_id=place, started_at=at - timedelta(hours=1), closed_at=at, closed_by_id=cast.staff.id,
    )  # fmt: skip
    session.add(run)
    session.flush()
    return run


def _record(session: Session, run: Run, step: str, kind: str, value: Any, minute: int, **more: Any) -> Record:
    at = run.started_at + timedelta(minutes=minute)
    about = {"id": new_id(), "run_id": run.id, "step_key": step, "kind": kind, "value": value}
    record = Record(**about, device_at=at, received_at=at, person_id=run.closed_by_id, **more)
    session.add(record)
    session.flush()
    return record


def _outcome(session: Session, run: Run, step: str, outcome: str, recovered: bool = False) -> None:
    about = {
        "run_id": run.id,
        "sop_id": run.sop_id,
        "revision_id": run.revision_id,
        "closed_at": run.closed_at,
    }
    session.add(Outcome(step_key=step, outcome=outcome, recovered=recovered, **about))


def lines(answer: TestResponse, mark: str = ",") -> list[dict[str, str]]:
    assert answer.status_code == 200 and answer.text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(answer.text[1:]), delimiter=mark))


def whole(answer: TestResponse) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


def test_every_record_and_value_stands_in_it(visit: Visit, cast: Cast, runs: dict[str, Run]) -> None:
    found = lines(visit(cast.admin).get(ALL + "&as=semicolon"), ";")
    about = [line for line in found if line["subject"] == "'=1+1"]
    assert [(line["step"], line["outcome"], line["value"]) for line in about] == [
        ("scan", "done", "''+49170"),
        ("weigh", "undone", "31000"), ("weigh", "undone", ""), ("weigh", "failed", "12,1250"),
        ("weigh", "done", "1250,5"),
        ("flyer", "na", ""), ("hand", "omitted", ""),
    ]  # fmt: skip
    weighed = found[1]
    assert weighed["recorded"] == "failed" and weighed["reason"] == 'zu schwer; "sehr"\nschwer'
    assert (weighed["counted"], weighed["put_right"], weighed["unit"]) == ("failed", "yes", "g")
    assert weighed["recorded_on"] == "2026-03-30 13:01:00"  # in Berlin, summer time
    assert [line["outcome"] for line in found if line["subject"] == "1043"] == ["omitted"]


def test_json_lines_hold_a_run_each(visit: Visit, cast: Cast, runs: dict[str, Run]) -> None:
    answer = visit(cast.admin).get(ALL + "&as=jsonl")
    assert answer.headers["Content-Type"].startswith("application/jsonl")
    first, _, last = whole(answer)
    assert (first["subject"], first["closed_at"], first["zone"]) == ("=1+1", AT.isoformat(), "Europe/Berlin")
    weigh = next(step for step in first["steps"] if step["step"] == "weigh")
    assert [(one["recorded"], one["value"], one["counts"]) for one in weigh["records"]] == [
        ("failed", 31000.0, False), ("undone", None, False), ("failed", 12.125, True), ("done", 1250.5, True),
    ]  # fmt: skip
    assert last["steps"][0]["records"][0]["value"] == -3.5


@pytest.mark.parametrize(
    ("language", "mark", "value"),
    [
        ("de-DE,de;q=0.9", ";", "1250,5"),
        ("fr", ";", "1250,5"),
        ("en-US", ",", "1250.5"),
        ("de-CH", ";", "1250.5"),
    ],
)
def test_it_is_written_as_the_readers_spreadsheet_reads_it(
    visit: Visit, cast: Cast, runs: dict[str, Run], language: str, mark: str, value: str
) -> None:
    answer = visit(cast.admin).get(ALL, headers={"Accept-Language": language})
    assert value in [line["value"] for line in lines(answer, mark)]


def test_a_lead_gets_what_was_done_where_they_lead(
    visit: Visit, cast: Cast, runs: dict[str, Run], session: Session
) -> None:
    for who, subjects in (
        (cast.lead, ["=1+1"]),
        (cast.other_lead, ["1043"]),
        (cast.area_owner, ["Regal 7"]),
        (cast.admin, ["=1+1", "1043", "Regal 7"]),
    ):
        assert [run["subject"] for run in whole(visit(who).get(ALL + "&as=jsonl"))] == subjects
    count = session.get_one(Sop, "count")
    count.owner_name = count.owner_key = cast.staff.login
    session.commit()
    assert [run["subject"] for run in whole(visit(cast.staff).get(ALL + "&as=jsonl"))] == ["Regal 7"]
    count = session.get_one(Sop, "count")
    count.owner_name = count.owner_key = None
    session.commit()
    for path in (ALL, "/closed-runs/download"):
        assert visit(cast.staff).get(path).status_code == 403
    assert "Download closed runs" in visit(cast.lead).get("/board/closed?period=all").text
    assert "CSV with semicolons, decimals as 1,5" in visit(cast.lead).get("/closed-runs/download").text


@pytest.mark.parametrize(
    ("more", "subjects"),
    [
        ("?first=2026-03-30&last=2026-03-30", ["=1+1"]),
        ("?first=2026-03-01&last=2026-03-29", ["1043"]),
        ("?period=all&sop=count", ["Regal 7"]),
        ("?period=all&sop=pack&step=weigh&what=failed", ["=1+1"]),
        ("?period=all&what=omitted", ["=1+1", "1043"]),
        ("?period=all&weekday=0", ["=1+1"]),
        ("?period=all&who={staff}", ["=1+1", "1043", "Regal 7"]),
    ],
)
def test_it_holds_the_runs_of_the_list(
    visit: Visit, cast: Cast, runs: dict[str, Run], more: str, subjects: list[str]
) -> None:
    more = more.format(staff=cast.staff.id)
    visitor = visit(cast.admin)
    answer = visitor.get(f"/closed-runs/records{more}&as=jsonl")
    assert [run["subject"] for run in whole(answer)] == subjects
    assert "/closed-runs/records" in visitor.get(f"/closed-runs{more}").text


def test_what_is_wrong_with_the_address_is_told(visit: Visit, cast: Cast) -> None:
    for more in ("&as=xlsx", "&weekday=9", "&first=soon"):
        assert visit(cast.admin).get(ALL + more).status_code == 422


def test_however_many_there_are_few_are_held(
    visit: Visit, cast: Cast, runs: dict[str, Run], session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_runs, "AT_ONCE", 2)
    for number in range(7):  # several of the same moment
        _run(session, cast, "pack", f"more-{number}", None, AT - timedelta(hours=number // 4))
    session.commit()
    for more in ("", "&what=any", "&what=lost"):
        found = [run["number"] for run in whole(visit(cast.admin).get(f"{ALL}&as=jsonl{more}"))]
        assert len(found) == len(set(found)) == {"": 10, "&what=any": 3, "&what=lost": 2}[more]
    closed = [run["closed_at"] for run in whole(visit(cast.admin).get(f"{ALL}&as=jsonl"))]
    assert closed == sorted(closed, reverse=True)


def test_the_file_is_named_and_the_download_is_noted(
    visit: Visit, cast: Cast, runs: dict[str, Run], session: Session
) -> None:
    answer = visit(cast.admin).get("/closed-runs/records?first=2026-03-01&sop=pack&as=comma")
    assert 'filename="closed-runs-pack-2026-03-01.csv"' in answer.headers["Content-Disposition"]
    noted = session.scalars(select(SecurityEntry).where(SecurityEntry.kind == "export")).one()
    assert noted.data["file"] == "closed-runs-pack-2026-03-01.csv"


@pytest.mark.parametrize(("form", "mark"), [("semicolon", ";"), ("comma", ","), ("tab", "\t")])
def test_what_is_downloaded_comes_in_again(
    visit: Visit, cast: Cast, runs: dict[str, Run], session: Session, tmp_path: Path, form: str, mark: str
) -> None:
    places.add_location(session, by(cast.admin), NOW, name="Köln", zone="Europe/Berlin")
    session.commit()
    answer = visit(cast.admin).get(f"{ALL}&as={form}")
    file, old = tmp_path / "again.csv", [run.ref for run in runs.values()]
    text = answer.text
    for ref in old:
        text = text.replace(ref, f"copy-{ref}")
    file.write_text(text, newline="")
    job = history.check(session, history.Import(file, "UTC"))
    assert job.errors == [] and job.runs == 3
    write_in_chunks(history.units(job, NOW))
    session.rollback()
    for ref in old:
        first, copy = (
            session.scalars(select(Run).where(Run.ref == name)).one() for name in (ref, f"copy-{ref}")
        )
        for name in ("sop_id", "revision_id", "subject_ref", "location_id", "started_at", "closed_at"):
            assert getattr(first, name) == getattr(copy, name), name
        assert _told(session, first) == _told(session, copy)


def _told(session: Session, run: Run) -> tuple[Any, Any]:
    outcomes = select(Outcome.step_key, Outcome.outcome, Outcome.recovered).where(Outcome.run_id == run.id)
    taken_back = select(Record.cancels_id).where(Record.cancels_id.is_not(None))
    records = select(Record.step_key, Record.kind, Record.value, Record.device_at, Record.person_id)
    records = records.where(Record.run_id == run.id, Record.kind != "undone", Record.id.not_in(taken_back))
    rows = session.execute(records.order_by(Record.device_at)).all()
    return sorted(tuple(row) for row in session.execute(outcomes)), [tuple(row) for row in rows]
