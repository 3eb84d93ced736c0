"""Finished runs from elsewhere: whole or not at all, once, and never mistaken for what happened here."""

from __future__ import annotations

from datetime import UTC, date, datetime
from math import sqrt

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.domain.transfer.history.conftest import Take
from tests.support.actors import by
from tests.support.installation import NAMES, NOW, PASSWORD, Cast
from tracker.domain.people import accounts, places
from tracker.errors import InvalidError
from tracker.models import Event, Location, Outcome, Person, Record, Revision, Run, Sop
from tracker.reports import data

HEADER = "run,sop,revision,subject,location,step,outcome,reason,value,actor,device_at\n"
GOOD = HEADER + (
    "r1,pack,v7,1042,Porto,scan,done,,TOTE-7,paul,2025-07-01T12:00:00\n"
    "r2,pack,v7,1043,Berlin,scan,skipped,no time,,lena,2025-07-01T12:00:00\n"
    "r1,pack,v7,1042,Porto,weigh,failed,too  light,5,paul,2025-07-01T12:05:00\n"
    "r1,pack,v7,1042,Porto,weigh,done,,250,paul,2025-07-01T12:06:00\n"
    "r2,pack,v7,1043,Berlin,hand,omitted,,,lena,2025-07-01T12:01:00+05:00\n"
    "r1,pack,v7,1042,Porto,flyer,na,,,paul,2025-07-01T12:07:00\n"
)


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_runs_come_in_whole_with_records_and_outcomes(take: Take, session: Session) -> None:
    job = take(GOOD)
    assert (job.written, job.passed_over, job.errors) == (2, 0, [])
    first = session.scalars(select(Run).where(Run.ref == "r1")).one()
    assert (first.state, first.subject_ref, first.revision.label) == ("done", "1042", "v7")
    rows = {o.step_key: o for o in session.scalars(select(Outcome).where(Outcome.run_id == first.id))}
    assert {key: row.outcome for key, row in rows.items()} == {
        "scan": "done",
        "weigh": "failed",
        "flyer": "na",
    }
    assert rows["weigh"].recovered and rows["weigh"].reason == "too light"
    assert [(r.step_key, r.kind, r.value) for r in first.records] == [
        ("scan", "done", "TOTE-7"), ("weigh", "failed", "5"), ("weigh", "done", "250"),
    ]  # fmt: skip
    second = session.scalars(select(Run).where(Run.ref == "r2")).one()
    kept = dict(
        session.execute(select(Outcome.step_key, Outcome.outcome).where(Outcome.run_id == second.id)).all()
    )
    assert kept == {"scan": "skipped", "hand": "omitted"}


def test_a_naive_time_is_the_locations_and_an_aware_one_itself(take: Take, session: Session) -> None:
    take(GOOD + "r3,pack,v7,1,Osaka,scan,done,,,paul,2025-07-01T12:00:00\n")
    starts = dict(session.execute(select(Run.ref, Run.started_at)).all())
    assert starts["r1"] == datetime(2025, 7, 1, 11, tzinfo=UTC)  # Porto, summer time
    assert starts["r2"] == datetime(2025, 7, 1, 7, 1, tzinfo=UTC)  # +05:00
    assert starts["r3"] == datetime(2025, 7, 1, 3, tzinfo=UTC)  # unknown: the installation's zone


def test_what_is_there_is_passed_over(take: Take, session: Session) -> None:
    take(GOOD)
    before = [count(session, table) for table in (Run, Record, Outcome, Person, Revision)]
    job = take(GOOD + "r3,pack,v7,1,,scan,done,,,paul,2025-07-01T12:00:00\n")
    assert (job.written, job.passed_over) == (1, 2)
    after = [count(session, table) for table in (Run, Record, Outcome, Person, Revision)]
    assert [b - a for a, b in zip(before, after, strict=True)] == [1, 1, 1, 0, 0]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("r9,nothing,v7,1,,scan,done,,,p,2025-07-01T12:00:00", "no SOP “nothing”"),
        ("r9,pack,v7,1,,lift,done,,,p,2025-07-01T12:00:00", "no step “lift”"),
        ("r9,pack,v7,1,,scan,finished,,,p,2025-07-01T12:00:00", "“finished” is none of"),
        ("r9,pack,v7,1,,scan,done,,,p,yesterday", "“yesterday” is no time"),
        ("r9,pack,v7,1,,scan,done,,,p,0001-01-01T00:00:00+10:00", "is no time"),
        ("r9,pack,v7,1,,scan,done,,,p,0202-07-01T12:00:00", "is no time"),
        ("r9,pack,v7,1,,scan,done,,,p,", "“device_at” is empty"),
        ("r9,pack,v7,1\0,,scan,done,,,p,2025-07-01T12:00:00", "NUL"),
        ("r9,pack,v7,1,,sc\tan,done,,,p,2025-07-01T12:00:00", "“step” holds a line break"),
        ("r9,a/b,v7,1,,scan,done,,,p,2025-07-01T12:00:00", "can’t stand in an address"),
        ("r9,pack,v7,1,,..,done,,,p,2025-07-01T12:00:00", "can’t stand in an address"),
        (f"{'r' * 201},pack,v7,1,,scan,done,,,p,2025-07-01T12:00:00", "“run” holds more than 200"),
        (f"r9,pack,v7,1,{'W' * 201},scan,done,,,p,2025-07-01T12:00:00", "“location” holds more than 200"),
        (",pack,v7,1,,scan,done,,,p,2025-07-01T12:00:00", "“run” is empty"),
    ],
)
def test_an_error_names_its_line_and_nothing_is_imported(
    take: Take, session: Session, line: str, words: str
) -> None:
    job = take(GOOD + line + "\n")
    assert len(job.errors) == 1 and job.errors[0].startswith("history.csv:8: ") and words in job.errors[0]
    assert count(session, Run) == count(session, Record) == count(session, Outcome) == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("run,sop,step\nr1,pack,scan\n", "no column outcome, device_at"),
        ("", "no column"),
        (GOOD.replace("no time", "zu spät").encode("latin-1"), "not UTF-8"),
    ],
)
def test_a_file_that_is_no_history_is_refused(take: Take, session: Session, content: str, words: str) -> None:
    with pytest.raises(InvalidError, match=words):
        take(content)
    assert count(session, Run) == 0


def test_a_column_more_and_a_byte_order_mark_do_no_harm(take: Take) -> None:
    lines = GOOD.splitlines()
    content = "\ufeff" + "\n".join([lines[0] + ",mood", *(line + ",good" for line in lines[1:])])
    assert take(content).written == 2


@pytest.mark.parametrize("mark", [";", "\t"])
def test_a_table_as_a_spreadsheet_saves_it_comes_in(take: Take, mark: str) -> None:
    """Semicolons or tabs, capitals and spaces among the names, the lines of Windows."""
    head, *lines = GOOD.replace(",", mark).splitlines()
    content = "\ufeff" + "\r\n".join([head.title().replace(mark, f"{mark} "), *lines])
    assert take(content).written == 2


def test_create_makes_what_is_not_known_and_never_in_force(take: Take, session: Session) -> None:
    content = GOOD + "r9,old-sop,v1,1,,dust-off,done,,,p,2025-07-01T12:00:00\n"
    content += "r8,pack,v1,1,,lift,done,,,p,2025-07-01T12:00:00\n"
    in_force = session.get_one(Sop, "pack").in_force_id
    assert take(content, create=True).written == 4
    old = session.get_one(Sop, "old-sop")
    assert old.in_force_id is None and old.retired_at is not None
    assert session.get_one(Sop, "pack").in_force_id == in_force
    labels = session.scalars(
        select(Revision.label).where(Revision.sop_id == "pack", Revision.number.is_(None))
    )
    assert sorted(labels) == ["v1", "v7"]


def test_people_of_a_history_cannot_sign_in(take: Take, session: Session) -> None:
    take(GOOD)
    paul = session.scalars(select(Person).where(Person.login == "paul")).one()
    assert paul.imported and paul.password_hash is None
    for password in ("", PASSWORD):
        assert accounts.authenticate(session, "paul", password) is None
    assert count(session, Person) == len(NAMES) + 1  # lena was known


def test_an_import_is_one_event_each_for_what_it_made(take: Take, session: Session) -> None:
    take(GOOD)
    kinds = session.scalars(select(Event.kind).where(Event.at == NOW, Event.kind.like("%import%"))).all()
    assert sorted(kinds) == ["person.imported", "revision.imported", "run.imported", "run.imported"]


def test_weak_points_equal_a_recomputation_from_the_file(take: Take, session: Session) -> None:
    rows, months = [], 12
    for number in range(40):
        outcome = ("failed", "skipped", "omitted", "na", "done", "done", "done")[number % 7]
        at = f"2025-{number % months + 1:02}-01T12:00:00+00:00"
        rows.append(f"r{number},pack,v1,{number},,scan,{outcome},,,paul,{at}")
        if number < 9:
            rows.append(f"r{number},pack,v1,{number},,hand,failed,,,paul,{at}")
    take(HEADER + "\n".join(rows) + "\n")
    found = {(row["step"], row["kind"]): row for row in data.weak_points(session)}
    days = (datetime(2025, 12, 1) - datetime(2025, 1, 1)).days
    for step in ("scan", "hand"):
        outcomes = [row.split(",")[6] for row in rows if row.split(",")[5] == step]
        n = sum(outcome != "na" for outcome in outcomes)
        for kind in ("skipped", "failed", "omitted"):
            x = outcomes.count(kind)
            p, z = x / n, 1.96
            middle, spread = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
            row = found[step, kind]
            assert (row["sop"], row["n"], row["count"]) == ("pack", n, x)
            assert row["rate"] == (pytest.approx(p) if n >= 10 else None)
            assert row["low"] == pytest.approx(max(0, (middle - spread) / (1 + z * z / n)), abs=1e-12)
            assert row["high"] == pytest.approx((middle + spread) / (1 + z * z / n))
            assert row["per_month"] == pytest.approx(n / days * 30.44)
    assert data.weak_points(session, sop_id="count") == []
    since = data.weak_points(session, since=date(2025, 12, 1))
    late = [row.split(",") for row in rows if "2025-12" in row]
    n = sum(row[5] == "scan" and row[6] != "na" for row in late)
    assert {row["n"] for row in since if row["step"] == "scan"} == {n}


def imported(session: Session, label: str) -> Revision:
    return session.scalars(select(Revision).where(Revision.sop_id == "pack", Revision.label == label)).one()


def test_a_historys_revision_dates_from_its_first_run(take: Take, session: Session) -> None:
    line = "r{n},pack,v7,1,Porto,scan,done,,,paul,{at}\n"
    take(HEADER + line.format(n=1, at="2025-07-02T12:00:00") + line.format(n=2, at="2025-07-01T12:00:00"))
    assert imported(session, "v7").published_at == datetime(2025, 7, 1, 11, tzinfo=UTC)
    session.rollback()
    take(HEADER + line.format(n=3, at="2025-08-01T12:00:00"))
    assert imported(session, "v7").published_at == datetime(2025, 7, 1, 11, tzinfo=UTC)
    session.rollback()
    take(HEADER + line.format(n=4, at="2024-12-01T12:00:00"))
    assert imported(session, "v7").published_at == datetime(2024, 12, 1, 12, tzinfo=UTC)
    kinds = session.scalars(select(Event.kind).where(Event.kind.like("revision.%"), Event.at == NOW)).all()
    assert sorted(kinds) == ["revision.imported", "revision.redated"]


def test_a_published_revision_keeps_its_date_and_steps(take: Take, session: Session) -> None:
    revision = session.get_one(Sop, "pack").in_force
    assert revision is not None
    date, steps = revision.published_at, len(revision.steps)
    line = f"r1,pack,{revision.label},1,Porto,lift,done,,,paul,2020-07-02T12:00:00\n"
    take(HEADER + line, create=True)
    session.refresh(revision)
    assert (revision.published_at, len(revision.steps)) == (date, steps)
    assert session.scalars(select(Run)).one().revision_id == revision.id


def test_steps_of_a_historys_revision_are_those_that_the_sop_has(take: Take, session: Session) -> None:
    take(GOOD + "r3,pack,v7,1,,lift-box,done,,,paul,2025-07-01T12:00:00\n", create=True)
    steps = {step.key: step for step in imported(session, "v7").steps}
    assert steps["scan"].critical and steps["scan"].text == "Scan the tote" and steps["flyer"].optional
    assert (steps["lift-box"].text, steps["lift-box"].attributes) == ("lift box", {})


def test_the_lines_of_a_run_may_lie_anywhere(take: Take, session: Session) -> None:
    lines = [
        f"r{run},pack,v7,{run},Porto,{step},{outcome},,,p{run % 3},2025-07-{run % 28 + 1:02}T12:0{minute}\n"
        for minute, (step, outcome) in enumerate([("scan", "done"), ("weigh", "failed"), ("weigh", "done")])
        for run in range(300)
    ]
    job = take(HEADER + "".join(lines))
    assert (job.runs, job.written, job.lines) == (300, 300, 900)
    refs = session.scalars(select(Run.ref).order_by(Run.id)).all()
    assert refs == [f"r{run}" for run in range(300)]
    run = session.scalars(select(Run).where(Run.ref == "r7")).one()
    assert [(r.step_key, r.kind) for r in run.records] == [
        ("scan", "done"), ("weigh", "failed"), ("weigh", "done"),
    ]  # fmt: skip
    assert count(session, Outcome) == 600


def test_a_quote_that_is_never_closed_is_said_to_be_one(take: Take, session: Session) -> None:
    lines = [f"r{n},pack,v7,1,,scan,done,,,p,2025-07-01T12:00:00\n" for n in range(3000)]
    with pytest.raises(InvalidError, match=r"history.csv:\d+: .* longer than 131072 .* quotation mark"):
        take(GOOD + 'r9,pack,v7,1,,scan,skipped,"too late,,p,2025-07-01T12:00:00\n' + "".join(lines))
    assert count(session, Run) == 0


@pytest.mark.parametrize("after", ["", 'r9,pack,scan,done,2025-07-01T12:00:00,"late"\n'])
def test_a_quote_that_is_never_closed_swallows_no_runs(take: Take, session: Session, after: str) -> None:
    """In the last column everything that follows would be one long reason, and nobody would know."""
    lines = "".join(f"r{n},pack,scan,done,2025-07-01T12:00:00,\n" for n in range(9))
    open_quote = 'r10,pack,scan,skipped,2025-07-01T12:00:00,"too late\n'
    with pytest.raises(InvalidError, match=r"history.csv:1[12]: a quotation mark .* has no partner"):
        take("run,sop,step,outcome,device_at,reason\n" + open_quote + lines + after)
    assert count(session, Run) == 0


def test_midnights_clock_changes_and_wrong_clocks_come_in_as_written(take: Take, session: Session) -> None:
    take(
        HEADER
        + "night,pack,v7,1,Berlin,scan,done,,,p,2025-07-01T23:59:30\n"
        + "night,pack,v7,1,Berlin,hand,done,,,p,2025-07-02T00:00:30\n"
        + "spring,pack,v7,1,Berlin,scan,done,,,p,2025-03-30T01:59:00\n"
        + "spring,pack,v7,1,Berlin,hand,done,,,p,2025-03-30T02:30:00\n"
        + "autumn,pack,v7,1,Berlin,scan,done,,,p,2025-10-26T02:30:00\n"
        + "autumn,pack,v7,1,Berlin,hand,done,,,p,2025-10-26T02:30:00+01:00\n"
        + "clock,pack,v7,1,Berlin,scan,done,,,p,2025-07-04T12:00:00\n"
        + "clock,pack,v7,1,Berlin,hand,done,,,p,2025-07-01T12:00:00\n"
    )
    took = {run.ref: (run.closed_at - run.started_at).total_seconds() for run in session.scalars(select(Run))}
    assert took == {"night": 60, "spring": 31 * 60, "autumn": 3600, "clock": 3 * 86400}


def test_records_are_named_as_a_device_names_them(take: Take, session: Session) -> None:
    take(GOOD)
    ids = session.scalars(select(Record.id).order_by(Record.device_at)).all()
    assert {id.version for id in ids} == {7} and ids == sorted(ids)


def test_many_short_lines_and_blank_ones_do_no_harm(take: Take) -> None:
    lines = "".join(f"{n},pack,scan,done,2025-07-01T12:00:00\n\n" for n in range(250))
    job = take("run,sop,step,outcome,device_at,note\n" + lines)
    assert (job.lines, job.written) == (250, 250)


def test_places_and_people_of_a_history_are_those_there_are(session: Session, cast: Cast, take: Take) -> None:
    """A Mac writes “ö” as two characters: no second place comes of it, and its times stay in the zone."""
    places.add_location(session, by(cast.admin), NOW, name="Köln Nord", zone="Europe/Berlin")
    accounts.add(session, by(cast.admin), NOW, login="özlem", name="Özlem", password=None)
    session.commit()
    names = select(Location.name).union_all(select(Person.login))
    before = session.scalars(names).all()
    text = "run,sop,subject,location,step,outcome,actor,device_at\n"
    text += "N-1,pack,Ord‑1,Ko\u0308ln Nord,scan,done,O\u0308ZLEM,2026-03-31 14:05\n"
    text += "N-2,pack,'+49170555,KÖLN NORD,scan,done,ÖZLEM,2026-03-31 14:05\n"
    job = take(text, zone="UTC")
    assert job.errors == [] and job.written == 2
    assert sorted(session.scalars(names)) == sorted(before)
    runs = session.scalars(select(Run).where(Run.ref.in_(["N-1", "N-2"])).order_by(Run.ref)).all()
    assert {run.closed_at.isoformat() for run in runs if run.closed_at} == {"2026-03-31T12:05:00+00:00"}
    assert [(run.subject_ref, run.subject_key) for run in runs] == [
        ("Ord‑1", "ord-1"), ("+49170555", "+49170555"),
    ]  # fmt: skip
