"""A pattern is a regular expression that ends in time on every text, or the author is told what to write."""

from __future__ import annotations

import time

import pytest

from tests.sop.conftest import document
from tracker.sop.patterns import LONGEST_TEXT, PatternError, check, matches

USED = [
    "[A-Z]{2}-[0-9]+",
    r"\d{4}-\d{2}-\d{2}",
    r"[^@ ]+@[^@ ]+\.[a-z]+",
    r"(?:\d{3}-)*\d{3}",
    r"(red|green|blue)( (light|dark))?",
    "(?i)sku-?[0-9a-z]{4,12}",
    "1Z[0-9A-Z]{16}",
    r"(\d)\1{3}",
    "",
]
HOSTILE = [
    "(a+)+",
    "(a*)*b",
    "(a|a)*b",
    "(a|aa)+b",
    "(.*)*x",
    r"(\w+\s?)*!",
    "a*a*a*a*a*a*b",
    "(?:a?){40}a{40}",
    "a?" * 40 + "a" * 40,
    "(?=(a+)+b)a",
    "((a{1,9}){1,9}){1,9}b",
    "(?:|a)+b",
    "(((((?:^){99}){99}){99}){99}){99}",
    "((((a{0}){99}){99}){99}){99}x",
    "(?:^){4000000000}",
]
TEXTS = [
    "a" * LONGEST_TEXT,
    "a" * (LONGEST_TEXT - 1) + "!",
    "1" * LONGEST_TEXT,
    "ab" * 100,
    "@." * 100,
    " " * 200,
]


@pytest.mark.parametrize("pattern", USED)
def test_what_people_write_is_accepted(pattern: str) -> None:
    check(pattern)


@pytest.mark.parametrize("pattern", HOSTILE)
def test_what_could_take_for_ever_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError, match="for ever") as refused:
        check(pattern)
    assert "at most three" in refused.value.hint


@pytest.mark.parametrize(
    "pattern", [*USED, ".*.*.*x", "a*a*a*b", "a?" * 23 + "b", "(a?b?){5}", "(a|aa){1,10}(a|b){1,9}c"]
)
def test_what_is_accepted_ends_in_time_on_the_worst_texts(pattern: str) -> None:
    check(pattern)
    begun = time.process_time()
    for text in TEXTS:
        matches(pattern, text)
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("pattern", ["(", "[z-a]", "a" * 201, "(?P<x", "a{2,1}"])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        check(pattern)


def test_the_whole_text_has_the_form_or_not() -> None:
    assert matches("[A-Z]{2}-[0-9]+", "AB-1")
    assert not matches("[A-Z]{2}-[0-9]+", "AB-1 ") and not matches("[A-Z]{2}-[0-9]+", "x AB-1")
    assert not matches(".*", "x" * (LONGEST_TEXT + 1))


def test_the_author_is_told_the_line_and_what_to_write() -> None:
    doc = document('# Scan\n\n1. Scan the tote {#scan input=scan pattern="(a+)+"}\n2. Go on\n')
    (problem,) = [found for found in doc.problems if "for ever" in found.message]
    assert problem.line == 3 and "at most three" in problem.hint
    assert "pattern" not in doc.steps[0].attributes
