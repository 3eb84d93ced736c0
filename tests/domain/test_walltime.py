"""What a clock on the wall says is one moment, also where clocks go forward or back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.installation import NOW
from tracker.domain import walltime
from tracker.errors import InvalidError

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-31T14:30", "2026-03-31T12:30"),  # as a browser sends it; summer
        ("2026-01-31 14:30", "2026-01-31T13:30"),  # winter
        ("31.3.2026 14:30", "2026-03-31T12:30"),
        ("2026-03-31 14:30:59", "2026-03-31T12:30:59"),
        ("14:30", "2026-03-31T12:30"),  # today, as the place has it
        ("2026-04-01", "2026-04-01T21:59"),  # until the end of the day
        ("2026-03-31T14:30-05:00", "2026-03-31T19:30"),
        ("2026-03-31T14:30Z", "2026-03-31T14:30"),
        ("2026-03-29 02:30", "2026-03-29T01:30"),  # never shown: 03:30, half an hour after the change
        ("2026-10-25 02:30", "2026-10-25T00:30"),  # shown twice: the first
        ("2026-10-25 03:00", "2026-10-25T02:00"),
        ("0001-01-02 00:00", None),
        ("9999-12-31 23:59", None),
        ("2026-02-30 10:00", None),
        ("2026-03-31 25:00", None),
        ("03/31/2026 14:30", None),
        ("tomorrow", None),
        ("2026-03-31 14", None),
        ("9999-12-31T23:59-12:00", None),
    ],
)
def test_a_time_as_people_write_it(text: str, moment: str | None) -> None:
    if moment is None:
        with pytest.raises(InvalidError):
            walltime.read(text, BERLIN, NOW)
    else:
        assert walltime.read(text, BERLIN, NOW) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


def test_nothing_is_no_time() -> None:
    assert walltime.read("  ", BERLIN, NOW) is None


def test_today_is_the_day_of_the_place() -> None:
    late = datetime(2026, 3, 31, 23, 0, tzinfo=UTC)  # in Berlin it is tomorrow already
    assert walltime.read("08:00", BERLIN, late) == datetime(2026, 4, 1, 6, 0, tzinfo=UTC)


def test_a_field_shows_what_was_written() -> None:
    for text in ("2026-03-31T14:30", "2026-12-01T00:00"):
        assert walltime.as_field(walltime.read(text, BERLIN, NOW), BERLIN) == text
    assert walltime.as_field(None, BERLIN) == ""
