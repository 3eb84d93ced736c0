"""A moment names its clocks where they are not the reader's, and says which of two hours it is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tracker.words.moments import when
from tracker.words.voice import Voice

NOW = datetime(2026, 10, 20, 9, tzinfo=UTC)
DUE = datetime(2026, 10, 22, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("readers", "place", "said"),
    [
        ("UTC", "Europe/Berlin", "22 Oct 14:30 (Berlin)"),
        ("Europe/Berlin", "Europe/Berlin", "22 Oct 14:30"),
        ("Europe/Berlin", "Europe/Paris", "22 Oct 14:30"),  # the same clocks
        ("Europe/Berlin", "America/New_York", "22 Oct 08:30 (New York)"),
        ("Europe/Berlin", "America/Argentina/Buenos_Aires", "22 Oct 09:30 (Buenos Aires)"),
        ("Europe/Berlin", "UTC", "22 Oct 12:30 (UTC+00:00)"),
        ("Europe/Berlin", "Etc/GMT+3", "22 Oct 09:30 (UTC-03:00)"),
    ],
)
def test_the_clocks_of_the_place(readers: str, place: str, said: str) -> None:
    assert when(Voice("en", readers, NOW).at(place), DUE).striptags() == said


def test_the_hour_that_the_clocks_show_twice() -> None:
    voice = Voice("en", "Europe/Berlin", NOW)
    first, second = (datetime(2026, 10, 25, hour, 50, tzinfo=UTC) for hour in (0, 1))
    assert when(voice, first).striptags() == "25 Oct 02:50 (UTC+02:00)"
    assert when(voice, second).striptags() == "25 Oct 02:50 (UTC+01:00)"
    assert when(voice, datetime(2026, 10, 25, 2, 50, tzinfo=UTC)).striptags() == "25 Oct 03:50"
    there = Voice("en", "UTC", NOW).at("Europe/Berlin")
    assert when(there, first).striptags() == "25 Oct 02:50 (Berlin, UTC+02:00)"


def test_the_day_is_that_of_the_place() -> None:
    late = datetime(2026, 10, 20, 23, 30, tzinfo=UTC)
    assert when(Voice("en", "UTC", NOW).at("Europe/Berlin"), late).striptags() == "tomorrow 01:30 (Berlin)"
