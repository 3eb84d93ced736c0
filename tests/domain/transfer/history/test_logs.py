"""Event logs: each case is a run of an SOP whose steps name the activities."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.domain.transfer.history.conftest import Take
from tracker.authoring.sync import publish
from tracker.errors import InvalidError, NotFoundError
from tracker.models import Outcome, Person, Record, Revision, Run, Step
from tracker.reports import data

RETURNS = """\
# Take a return

1. Open the parcel {#open activity="Open parcel"}
2. Check the goods. {#check .critical}
3. Pay it back {#pay activity=Refund}
4. Write a note {#note .optional}
5. Ask the customer {#ask when="open = yes"}
"""


def event(name: str, time: str, who: str = "", transition: str = "") -> str:
    given = f'<string key="concept:name" value="{name}"/><date key="time:timestamp" value="{time}"/>'
    given += f'<string key="org:resource" value="{who}"/>' if who else ""
    given += f'<string key="lifecycle:transition" value="{transition}"/>' if transition else ""
    return f"<event>{given}</event>"


def trace(name: str, *events: str) -> str:
    other = '<int key="amount" value="7"/><boolean key="ok" value="true"/><float key="p" value="0.5"/>'
    nested = '<list key="parts"><values><string key="concept:name" value="inner"/></values></list>'
    return f'<trace>{other}<string key="concept:name" value="{name}"/>{nested}{"".join(events)}</trace>'


def log(*traces: str, attributes: str = "") -> str:
    head = f"<?xml version='1.0'?>\n<!-- made by a test -->\n<log{attributes}>\n"
    return head + "\n".join(traces) + "\n</log>"


@pytest.fixture
def returns(app: Flask, workspace: Path, session: Session) -> str:
    (workspace / "sops/returns.md").write_text(RETURNS)
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    return "returns"


def outcomes(session: Session, ref: str) -> dict[str, str]:
    query = select(Outcome.step_key, Outcome.outcome).join(Run, Run.id == Outcome.run_id)
    return dict(session.execute(query.where(Run.ref == ref)).all())


def test_a_case_is_a_run_with_its_steps_people_and_times(take: Take, session: Session, returns: str) -> None:
    content = log(
        trace(
            "R-1",
            event("Open parcel", "2025-03-30T01:59:00.500+01:00", "paul"),
            event("Fetch coffee", "2025-03-30T03:01:00+02:00", "rosa"),
            event("check the goods", "2025-03-30T03:02:00+02:00", "paul"),
            event("Archive", "2025-03-30T04:00:00+02:00", "rosa"),
        )
    )
    job = take(content, sop=returns, name="log.xes")
    assert (job.written, job.errors) == (1, [])
    run = session.scalars(select(Run).where(Run.ref == "R-1")).one()
    assert (run.sop_id, run.state, run.subject_ref) == ("returns", "done", "R-1")
    assert run.started_at == datetime(2025, 3, 30, 0, 59, 0, 500000, tzinfo=UTC)
    assert run.closed_at == datetime(2025, 3, 30, 2, 0, tzinfo=UTC)
    assert run.started_by.login == "paul" and run.closed_by.login == "rosa" and run.started_by.imported
    assert outcomes(session, "R-1") == {
        "open": "done", "check": "done", "pay": "omitted", "note": "na", "ask": "na",
    }  # fmt: skip
    recorded = [(r.step_key, r.kind, r.person.login, r.device_at) for r in run.records]
    assert recorded == [
        ("open", "done", "paul", run.started_at),
        ("check", "done", "paul", datetime(2025, 3, 30, 1, 2, tzinfo=UTC)),
    ]
    assert job.notes == [
        "4 activities, 2 are steps; the others were passed over: Fetch coffee (1), Archive (1).",
        "The step “pay” is no activity of the log: it counts as omitted.",
    ]


def test_the_runs_revision_is_a_historys_own_with_the_steps_as_they_are(
    take: Take, session: Session, returns: str
) -> None:
    take(log(trace("R-1", event("Refund", "2025-03-30T12:00:00Z"))), sop=returns, name="log.xes")
    revision = session.scalars(select(Revision).where(Revision.label == "imported")).one()
    assert revision.number is None and revision.published_at == datetime(2025, 3, 30, 12, tzinfo=UTC)
    steps = session.scalars(select(Step).where(Step.revision_id == revision.id).order_by(Step.position)).all()
    assert [step.key for step in steps] == ["open", "check", "pay", "note", "ask"]
    assert steps[1].critical and steps[3].optional and steps[2].text == "Pay it back"


@pytest.mark.parametrize("attributes", ["", ' xmlns="http://www.xes-standard.org/"', ' xmlns="urn:other"'])
def test_the_namespace_does_not_matter(take: Take, returns: str, attributes: str) -> None:
    content = log(trace("R-1", event("Refund", "2025-03-30T12:00:00")), attributes=attributes)
    assert take(content, sop=returns, name="log.xes").written == 1


def test_same_times_midnights_and_missing_people_do_no_harm(
    take: Take, session: Session, returns: str
) -> None:
    midnight = "2025-03-30T00:00:00+01:00"
    content = log(trace("R-1", event("Refund", midnight), event("Open parcel", midnight)), trace("R-2"))
    job = take(content, sop=returns, name="log.xes")
    run = session.scalars(select(Run)).one()
    assert run.started_at == run.closed_at and run.started_by is None
    assert {record.step_key for record in run.records} == {"open", "pay"}
    assert job.notes[-1] == "1 cases have no events and were passed over."


def test_only_what_was_completed_counts_where_the_log_tells_of_it(
    take: Take, session: Session, returns: str
) -> None:
    content = log(
        trace(
            "R-1",
            event("Open parcel", "2025-01-01T10:00:00Z", "a", "start"),
            event("Open parcel", "2025-01-01T10:05:00Z", "b", "complete"),
            event("Open parcel", "2025-01-01T11:00:00Z", "c", "COMPLETE"),
            event("Refund", "2025-01-01T12:00:00Z", "d", "start"),
        ),
        trace("R-2", event("Open parcel", "2025-01-01T10:00:00Z", "a", "start")),
    )
    take(content, sop=returns, name="log.xes")
    query = select(Run.ref, Record.step_key, Person.login).join(Record, Record.run_id == Run.id)
    found = session.execute(query.join(Person, Person.id == Record.person_id))
    assert sorted(found) == [("R-1", "open", "b"), ("R-1", "pay", "d")]
    assert outcomes(session, "R-2")["open"] == "omitted"


def test_an_activity_of_two_steps_has_to_occur_twice(
    app: Flask, workspace: Path, take: Take, session: Session
) -> None:
    text = "# Wash\n\n1. Wash it {#one activity=Wash}\n2. Wash it again {#two activity=Wash}\n"
    (workspace / "sops/wash.md").write_text(text)
    publish(app, app.config["HOLDFAST"])
    once, twice = event("Wash", "2025-01-01T10:00:00Z"), event("Wash", "2025-01-01T11:00:00Z")
    take(log(trace("A", once), trace("B", once, twice)), sop="wash", name="log.xes")
    assert outcomes(session, "A") == {"one": "done", "two": "omitted"}
    assert outcomes(session, "B") == {"one": "done", "two": "done"}


def test_a_log_can_be_taken_in_again(take: Take, returns: str) -> None:
    first = trace("R-1", event("Refund", "2025-03-30T12:00:00Z"))
    more = trace("R-2", event("Refund", "2025-03-29T12:00:00Z"))
    take(log(first), sop=returns, name="log.xes")
    job = take(gzip.compress(log(first, more).encode()), sop=returns, name="log.XES.gz")
    assert (job.written, job.passed_over) == (1, 1)


@pytest.mark.parametrize(
    ("bad", "line", "words"),
    [
        (event("Refund", "soon"), 5, "“soon” is no time"),
        ("<event><string key='concept:name' value='Refund'/></event>", 5, "the event has no time"),
        ("</trace><trace><string key='concept:name' value='R-1'/>", 5, "“R-1” already"),
        ("</trace><trace>" + event("Refund", "2025-01-01T10:00:00Z"), 5, "the trace has no name"),
    ],
)
def test_an_error_names_its_line_and_nothing_is_imported(
    take: Take, session: Session, returns: str, bad: str, line: int, words: str
) -> None:
    good = event("Refund", "2025-01-01T10:00:00Z")
    job = take(log(trace("R-1", good, "\n", bad)), sop=returns, name="log.xes")
    assert len(job.errors) == 1 and job.errors[0].startswith(f"log.xes:{line}: ") and words in job.errors[0]
    assert session.scalars(select(Run)).all() == []


LAUGHS = '<!DOCTYPE log [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>\n'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            LAUGHS + "<log><trace><string key='concept:name' value='&b;'/></trace></log>",
            "log.xes:1: .*DOCTYPE",
        ),
        ('<!DOCTYPE log SYSTEM "file:///etc/passwd">\n<log/>', "DOCTYPE"),
        ("<html>\n<p>Not found</p></html>", "begins with <html>"),
        ("<log>\n<trace>\n", "log.xes:3: .*no element found"),
        ("run,sop\n1,2\n", "syntax error"),
        ("<log>" + "<list>" * 60, "more than 50 deep"),
        (f"<log note='{'x' * (3 << 20)}'/>", "longer than"),
        (log(trace("R-1")), "has no events"),
        (log(trace("R-1", event("Dance", "2025-01-01T10:00:00Z"))), "None of the activities.*Dance"),
    ],
)
def test_what_is_no_log_of_this_sop_is_refused(take: Take, returns: str, content: str, words: str) -> None:
    with pytest.raises(InvalidError, match=words):
        take(content, sop=returns, name="log.xes")


def test_half_a_gzip_file_is_said_to_be_one(take: Take, returns: str) -> None:
    whole = gzip.compress(log(trace("R-1", event("Refund", "2025-01-01T10:00:00Z"))).encode())
    for content in (whole[:-9], b"<log/>"):
        with pytest.raises(InvalidError, match="no whole gzip file"):
            take(content, sop=returns, name="log.xes.gz")


def test_an_sop_that_is_not_there_is_said(take: Take) -> None:
    with pytest.raises(NotFoundError, match="no SOP “nothing”"):
        take(log(), sop="nothing", name="log.xes")


def test_a_bomb_of_a_gigabyte_is_refused_in_little_memory(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xes.gz"
    with gzip.open(bomb, "wb", compresslevel=1) as file:
        file.write(b"<log><trace><string key='concept:name' value='")
        for _ in range(1024):
            file.write(b"x" * (1 << 20))
    code = (
        "import resource, sys; from pathlib import Path; from tracker.domain.transfer.history import xes\n"
        "from tracker.errors import InvalidError\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: list(xes.traces(Path(sys.argv[1])))\n"
        "except InvalidError as error: print(error)\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, bomb], capture_output=True, text=True, check=True)
    said, grown = done.stdout.splitlines()
    assert "longer than" in said and int(grown) < 30


RECEIPT = """\
---
id: receipt
title: Receive an application
---
1. Confirm receipt {#confirm activity="Confirmation of receipt"}
2. Check the confirmation {#check activity="T02 Check confirmation of receipt"}
3. T04 Determine confirmation of receipt {#determine}
4. Print and send it {#send activity="T05 Print and send confirmation of receipt"}
5. Is advice to stop needed? {#stop-advice activity="T06 Determine necessity of stop advice"}
6. Is an indication to stop needed? {#stop activity="T10 Determine necessity to stop indication"}
"""

ACTIVITIES = {
    "confirm": "Confirmation of receipt",
    "check": "T02 Check confirmation of receipt",
    "determine": "T04 Determine confirmation of receipt",
    "send": "T05 Print and send confirmation of receipt",
    "stop-advice": "T06 Determine necessity of stop advice",
    "stop": "T10 Determine necessity to stop indication",
}


def test_a_real_logs_omitted_steps_equal_a_recomputation(
    app: Flask, workspace: Path, take: Take, session: Session, material: Callable[[str], Path]
) -> None:
    (workspace / "sops/receipt.md").write_text(RECEIPT)
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    file = material("eventlogs") / "receipt.xes.gz"
    job = take(file, sop="receipt")
    assert (job.written, job.lines, job.errors) == (1434, 8577, [])
    assert job.notes[0].startswith("27 activities, 6 are steps; the others were passed over: ")
    space, missing = "{http://www.xes-standard.org/}", Counter()
    with gzip.open(file) as content:
        cases = ElementTree.parse(content).getroot().findall(f"{space}trace")
    for case in cases:
        names = {
            string.get("value")
            for string in case.iterfind(f"{space}event/{space}string")
            if string.get("key") == "concept:name"
        }
        missing.update(key for key, name in ACTIVITIES.items() if name not in names)
    rows = data.weak_points(session, sop_id="receipt")
    omitted = {row["step"]: row for row in rows if row["kind"] == "omitted"}
    assert {key: row["count"] for key, row in omitted.items()} == {key: missing[key] for key in ACTIVITIES}
    assert {row["n"] for row in omitted.values()} == {len(cases)} == {1434}
    assert (f"{omitted['check']['rate']:.1%}", f"{omitted['stop']['rate']:.1%}") == ("8.2%", "10.5%")
    assert not any(row["count"] for row in rows if row["kind"] != "omitted")


def test_a_log_of_midnights_without_people_comes_in(
    app: Flask, workspace: Path, take: Take, session: Session, material: Callable[[str], Path]
) -> None:
    text = "# Travel\n\n1. Start trip\n2. End trip\n3. Request Payment\n4. Payment Handled\n"
    (workspace / "sops/travel.md").write_text(text)
    publish(app, app.config["HOLDFAST"])
    job = take(material("eventlogs") / "bpic2020_permit_log_1_trace_per_variant.xes.gz", sop="travel")
    assert (job.written, job.errors) == (1478, [])
    assert session.scalars(select(Person).where(Person.imported)).all() == []


def test_an_activity_is_the_same_however_the_log_writes_it(
    session: Session, returns: str, take: Take
) -> None:
    events = event("ＯＰＥＮ\u00a0PARCEL", "2026-03-31T14:05:00Z") + event(
        "re\u00adfund.", "2026-03-31T14:06:00Z"
    )
    take(log(trace("R-1", events)), sop=returns, name="log.xes")
    done = select(Outcome.step_key).join(Run, Run.id == Outcome.run_id).where(Outcome.outcome == "done")
    assert set(session.scalars(done.where(Run.ref == "R-1"))) == {"open", "pay"}
