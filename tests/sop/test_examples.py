"""A pattern is told as a text that has its form."""

from __future__ import annotations

import pytest

from tracker.sop import patterns
from tracker.sop.examples import example

MADE = {
    "[A-Z]{2}-[0-9]+": "AB-345",
    "[^ ]{4}": "A1B2",
    "[A-Za-z0-9]{4}": "A1B2",
    r"\d{4}-\d+": "1234-567",
    r"\w+@\w+\.de": "A1B@2C3.de",
    "3[0-9]{4}": "31234",
    "PO[- ]?[0-9]{5,8}": "PO-23456",
    "TOTE-.*": "TOTE-A1B",
    "^(a|bc)?x+$": "axxx",
}


@pytest.mark.parametrize("pattern", MADE)
def test_an_example_has_the_form(pattern: str) -> None:
    assert example(pattern) == MADE[pattern] and patterns.matches(pattern, MADE[pattern])


@pytest.mark.parametrize("pattern", ["(?=a)a", r"(a)\1", r"\s+", "[0-9]{30}", "", "a{200}", "[", "(?!)"])
def test_there_is_none_rather_than_a_wrong_one(pattern: str) -> None:
    assert example(pattern) == ""


@pytest.mark.parametrize(
    "pattern",
    ["((((((a{99}){99}){99}){99}){99}){99}){99}", "((((((?:^){99}){99}){99}){99}){99}){99}"],
)
def test_what_is_repeated_in_repeats_costs_nothing(pattern: str) -> None:
    assert example(pattern) == ""
