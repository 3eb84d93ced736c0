"""A number is what was meant: where it can be read in two ways it is asked, and none loses its digits."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.domain.conftest import Do
from tracker.domain import numbers
from tracker.errors import InvalidError
from tracker.models import Run
from tracker.words.figures import amount
from tracker.words.voice import Texts


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1500", "1500"), ("1,5", "1.5"), ("1.5", "1.5"), ("0.500", "0.5"), ("0,500", "0.5"),
        ("1.234,5", "1234.5"), ("1,234.5", "1234.5"), ("1.500.000", "1500000"), ("1 500", "1500"),
        ("1\u202f500,25", "1500.25"), ("1'500", "1500"), ("1’500.5", "1500.5"), ("1.5000", "1.5"),
        ("−18,5", "-18.5"), ("–3", "-3"), ("+7", "7"), ("１２，５", "12.5"), ("12345.678", "12345.678"),
        ("12345678901", "12345678901"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_was_meant(typed: str, meant: str) -> None:
    assert numbers.number(typed) == Decimal(meant)


@pytest.mark.parametrize("typed", ["1.500", "1,500", "-12.345", "999,000", "+1.000"])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Europe/London", ""])
def test_what_can_be_read_in_two_ways_is_asked_about(typed: str, zone: str) -> None:
    with pytest.raises(InvalidError, match="two ways") as asked:
        numbers.number(typed, zone)
    readings = sorted(numbers.number(str(asked.value.details[name])) or 0 for name in ("first", "second"))
    small, large = sorted(readings, key=abs)
    assert large == 1000 * small


@pytest.mark.parametrize(
    ("typed", "zone", "first", "second"),
    [
        ("1.500", "Europe/Berlin", "1500", "1,5"),
        ("1,500", "Europe/Berlin", "1,5", "1500"),
        ("1.500", "Europe/London", "1.5", "1500"),
        ("1,500", "America/New_York", "1500", "1.5"),
        ("12.345", "Europe/Warsaw", "12345", "12,3450"),  # with four decimals it is no thousand
        ("1.500", "Europe/Zurich", "1.5", "1500"),
        ("1.500", "UTC", "1.5", "1500"),
    ],
)
def test_the_places_own_reading_is_named_first(typed: str, zone: str, first: str, second: str) -> None:
    with pytest.raises(InvalidError) as asked:
        numbers.number(typed, zone)
    assert (asked.value.details["first"], asked.value.details["second"]) == (first, second)


@pytest.mark.parametrize(
    "typed", ["", "three", "1.2.3", "1,2,3", "1..5", "1e5", "--1", "1.50.000", "5 g", "1 5"]
)
def test_what_is_no_number_is_none(typed: str) -> None:
    assert numbers.number(typed) is None


def test_a_record_is_not_made_of_a_guess(start: Callable[..., Run], do: Do) -> None:
    run = start(subject="1042")
    do(run, "scan", value="T1")
    with pytest.raises(InvalidError, match=r"Write 1500, or 1,5 if"):
        do(run, "weigh", value="1.500")
    assert do(run, "weigh", value="1500").value == 1500


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (12345678901, "12 345 678 901"), (123456789012.5, "123 456 789 012.5"), (30000.0, "30 000"),
        (0.1 + 0.2, "0.3"), (0.00001, "0.00001"), (-18.5, "-18.5"), ("1e5", "1e5"), (True, "True"),
    ],
)  # fmt: skip
def test_a_number_is_shown_with_all_its_digits(value: object, shown: str) -> None:
    assert amount(Texts("en"), value) == shown.replace(" ", "\u202f")


@pytest.mark.parametrize("typed", ["-0", "−0", "-0,00"])
def test_there_is_one_zero(typed: str) -> None:
    assert numbers.written(float(numbers.number(typed) or 0)) == "0"
    assert str(numbers.number(typed)) == "0"
