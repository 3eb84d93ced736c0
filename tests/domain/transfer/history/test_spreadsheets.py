"""A history as Excel and people of many countries write it: what is clear is taken, the rest is told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.domain.transfer.history.conftest import Take
from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tracker.domain.people import places
from tracker.errors import InvalidError
from tracker.models import Record, Run

CASES = Path(__file__).parents[5] / "shared" / "cases" / "reports"
HEADER = "run;sop;subject;location;step;outcome;reason;value;actor;device_at\n"
ROW = "r{n};pack;10{n};Porto;weigh;done;;{value};lena;{at}\n"


def rows(*given: tuple[str, str]) -> str:
    """A table with a value and a time in each line."""
    return HEADER + "".join(ROW.format(n=n, value=value, at=at) for n, (value, at) in enumerate(given, 1))


def values(session: Session) -> list[object]:
    return list(session.scalars(select(Record.value).order_by(Record.device_at)))


def days(session: Session) -> list[str]:
    return [f"{at:%Y-%m-%d %H:%M}" for at in session.scalars(select(Run.started_at).order_by(Run.id))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_every_encoding_and_mark_of_a_spreadsheet(
    take: Take, session: Session, cast: Cast, encoding: str, mark: str
) -> None:
    places.add_location(session, by(cast.admin), NOW, name="Köln Nord", zone="Europe/Berlin")
    session.commit()
    text = (
        "Run;SOP;Location;Step;Outcome;Device At;Reason\r\nr1;pack;Köln Nord;scan;Skipped;2026-03-31 14:05;"
    )
    text += '"zu spät,\r\nzu klein;"\r\n;;;;;;\r\n;;;;;;\r\n'
    job = take(text.replace(";", mark).encode(encoding), zone="UTC")
    assert job.errors == [] and (job.lines, job.written) == (1, 1)
    assert days(session) == ["2026-03-31 12:05"]
    assert session.scalars(select(Record.reason)).one() == f"zu spät, zu klein{mark.strip()}".replace(
        ",;", ","
    )


@pytest.mark.parametrize("first", ["sep=;\n", '"sep=;"\n', "SEP=;\r\n", "\n\n"])
def test_what_stands_before_the_names(take: Take, first: str) -> None:
    assert take(first + rows(("1,5", "31.03.2026 14:05"))).written == 1


def test_outcomes_in_capitals(take: Take) -> None:
    table = "run,sop,step,outcome,device_at\n"
    lines = [f"r{n},pack,scan,{o},2026-03-31 14:05\n" for n, o in enumerate(["Done", "NA", "N/A", "omitted"])]
    assert take(table + "".join(lines)).written == 4


@pytest.mark.parametrize(
    "at",
    [
        *(
            "31.03.2026 14:05",
            "31.3.2026 14:05:00",
            "31/03/2026 14:05",
            "31-03-2026 14:05",
            "2026/03/31 14:05",
        ),
        *("3/31/2026 2:05 PM", "31.03.2026, 14:05 Uhr", "31.03.2026 14.05", "31/03/2026 14h05"),
        *("2026-03-31 14:05", "2026-03-31T14:05:00+01:00", "31.03.2026 14:05:00+01:00", "2026.03.31. 14:05"),
    ],
)
def test_days_that_are_clear(take: Take, session: Session, at: str) -> None:
    assert take(rows(("5", at))).errors == []
    assert days(session) == ["2026-03-31 13:05"]  # in summer time


@pytest.mark.parametrize(
    "at", ["46112.5868", "31.03.26 14:05", "31.02.2026", "13/13/2026", "3/31/2026 14:05 PM"]
)
def test_days_that_are_none(take: Take, at: str) -> None:
    job = take(rows(("5", at)))
    assert len(job.errors) == 1 and "is no time" in job.errors[0]


def test_a_day_that_may_be_two_is_told_with_both(take: Take, session: Session) -> None:
    job = take(rows(("5", "03/04/2026 10:00"), ("5", "2026-05-01 10:00"), ("5", "04/05/2026")))
    assert job.errors == [
        "history.csv:2: “03/04/2026 10:00” may be 2026-04-03 or 2026-03-04. Write the day like 2026-03-31.",
        "history.csv:4: “04/05/2026” may be 2026-05-04 or 2026-04-05. Write the day like 2026-03-31.",
    ]
    assert not session.scalar(select(func.count(Run.id)))


@pytest.mark.parametrize(
    ("other", "read"), [("31/03/2026 10:00", "2026-04-03 09:00"), ("3/31/2026 10:00", "2026-03-04 10:00")]
)
def test_other_lines_settle_a_day(take: Take, session: Session, other: str, read: str) -> None:
    job = take(rows(("5", "03/04/2026 10:00"), ("5", other)))
    assert job.errors == [] and (job.lines, job.runs, job.written) == (2, 2, 2)
    assert days(session)[0] == read


def test_lines_that_contradict_each_other_settle_nothing(take: Take) -> None:
    job = take(rows(("5", "03/04/2026"), ("5", "31/03/2026"), ("5", "3/31/2026"), ("5", "5/5/2026")))
    assert [error.split(": ")[0] for error in job.errors] == ["history.csv:2"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2,5", 2.5),
        ("2.5", 2.5),
        ("1.234,5", 1234.5),
        ("1 234,5", 1234.5),
        ("-0,125", -0.125),
        ("about 3", "about 3"),
    ],
)
def test_numbers_that_are_clear(take: Take, session: Session, written: str, kept: object) -> None:
    assert take(rows((written, "2026-03-31"))).errors == [] and values(session) == [kept]


def test_a_number_that_may_be_two_is_told(take: Take) -> None:
    job = take(rows(("1.500", "2026-03-31"), ("7", "2026-03-31")))
    assert job.errors == ["history.csv:2: “1.500” can be read in two ways. Write 1500, or 1.5."]


@pytest.mark.parametrize(("other", "read"), [("2,5", 1500.0), ("2.5", 1.5)])
def test_other_lines_settle_a_number(take: Take, session: Session, other: str, read: float) -> None:
    assert take(rows(("1.500", "2026-03-30"), (other, "2026-03-31"))).errors == []
    assert values(session)[0] == read


def test_a_comma_too_much_is_told(take: Take) -> None:
    """With commas between the cells, an unquoted decimal comma moves all that follows."""
    job = take("run,sop,step,outcome,device_at,value\nr1,pack,weigh,done,2026-03-31,2,5\n")
    assert len(job.errors) == 1 and "more fields than columns" in job.errors[0]


def test_every_line_is_told_up_to_a_bound_and_then_each_kind(take: Take) -> None:
    job = take(rows(*[("1", "soon")] * 150, ("1", "late"), ("1", "soon")))
    assert [error.split(":")[1] for error in job.errors] == [*map(str, range(2, 102)), "152"]
    assert job.wrong == 152


def test_letters_that_were_not_in_utf_8_are_mentioned(take: Take) -> None:
    assert take(rows(("5", "2026-03-31")).replace("lena", "Özlem").encode("cp1252")).notes == [
        "The file is not in UTF-8: its letters were read as Windows-1252."
    ]


@pytest.mark.skipif(not CASES.is_dir(), reason="the small cases are not here")
@pytest.mark.parametrize(
    "case",
    ["F24-trailing-empty-rows", "M-import-cp1252", "M-import-german-dates", "M-import-header-with-space",
     "M-import-outcome-capital", "M-import-utf16", "ok/import-excel-ok", "ok/import-trailing-columns",
     "ok/import-us-dates"],
)  # fmt: skip
def test_small_cases_come_in(take: Take, session: Session, case: str) -> None:
    job = take(CASES / f"{case}.csv", create=True)
    assert job.errors == [] and job.written >= 1
    assert {at.date() for at in session.scalars(select(Run.closed_at)) if at} <= {
        datetime(2026, 3, 31, tzinfo=UTC).date()
    }


TIMES = "run,sop,step,outcome,device_at,started_at,closed_at\n"


def test_a_run_that_ends_before_it_begins_is_told(take: Take) -> None:
    job = take(TIMES + "r1,pack,scan,done,2026-03-01 10:00,2026-03-02 10:00,2026-02-01 10:00\n")
    assert job.written == 0 and len(job.errors) == 1
    assert "2026-02-01 10:00" in job.errors[0] and "before it began" in job.errors[0]


@pytest.mark.parametrize(
    ("began", "closed"), [("2026-03-01 11:00", ""), ("", "2026-03-01 09:00"), ("2026-03-01 11:00",) * 2]
)
def test_no_run_takes_less_than_no_time(take: Take, session: Session, began: str, closed: str) -> None:
    """What the line leaves open follows from the rest of it: a device's clock may have been wrong."""
    assert take(TIMES + f"r1,pack,scan,done,2026-03-01 10:00,{began},{closed}\n").written == 1
    run = session.scalars(select(Run).where(Run.ref == "r1")).one()
    assert run.closed_at is not None and run.started_at <= run.closed_at


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_without_end_is_told_with_and_without_quotes(take: Take, quote: str) -> None:
    """What is taken in must be what a download of it can bring back: there it stands in quotes."""
    job = take(rows((quote + "x" * 200_000 + quote, "2026-03-31 14:05")))
    assert job.written == 0 and "longer than" in job.errors[0]


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-be"])
def test_letters_of_four_bytes_are_no_list(take: Take, encoding: str) -> None:
    mark = "" if encoding == "utf-32" else "\ufeff"
    with pytest.raises(InvalidError, match="read as text"):
        take((mark + rows(("1", "2026-03-31 14:05"))).encode(encoding))
