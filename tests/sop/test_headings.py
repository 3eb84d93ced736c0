"""The headings that stand over each step, and where each begins."""

from __future__ import annotations

from itertools import chain

import pytest

from tracker.sop.headings import between, by_key
from tracker.sop.parse import read


def begins(text: str) -> list[tuple[str, list[str]]]:
    """Each step's text with the headings that begin with it."""
    steps = read(text, "a.md").steps
    over = by_key(text, {step.key: step.line for step in steps})
    rows = between([over[step.key] for step in steps])
    return [(step.text, [name for _, name in names]) for step, names in zip(steps, rows, strict=True)]


DESK = "# Desk\n\n## Add one\n\n1. Open it\n2. Save it\n\n## Close one\n\n1. Search it\n2. Print it\n"


def test_each_procedure_of_a_document_begins_with_its_heading() -> None:
    assert begins(DESK) == [
        ("Open it", ["Add one"]), ("Save it", []), ("Search it", ["Close one"]), ("Print it", []),
    ]  # fmt: skip


@pytest.mark.parametrize("before", ["\ufeff", "---\nowner: maria\n---\n", '+++\nowner = "maria"\n+++\n'])
def test_the_lines_are_those_of_the_file(before: str) -> None:
    assert begins(before + DESK.replace("\n", "\r\n")) == begins(DESK)


@pytest.mark.parametrize("text", ["# Desk\n\n## Do\n\n1. Open it\n2. Save it\n", "1. Open it\n2. Save it\n"])
def test_a_heading_over_all_steps_tells_nothing(text: str) -> None:
    assert begins(text) == [("Open it", []), ("Save it", [])]


def test_what_stands_below_another_heading_keeps_it() -> None:
    text = "## Day\n### Door\n1. Open it\n### Till\n1. Count it\n## Night\n### Till\n1. Count again\n"
    assert [names for _, names in begins(text)] == [["Day", "Door"], ["Till"], ["Night", "Till"]]


def test_two_parts_of_one_name_are_two() -> None:
    text = "## Weigh it\n1. Tare it\n\n## Weigh it\n1. Tare again\n"
    assert [names for _, names in begins(text)] == [["Weigh it"], ["Weigh it"]]


def test_a_heading_that_is_a_step_is_not_said_twice_and_parts_below_it_are() -> None:
    text = "## Step 1: Prepare it\n\n### Tools\n1. Take it\n\n## Step 2: Close it\n\nQuickly.\n"
    assert begins(text) == [("Step 1: Prepare it", []), ("Take it", ["Tools"]), ("Step 2: Close it", [])]


def test_a_bold_line_stands_for_a_heading_but_not_within_a_step() -> None:
    text = "**Morning**\n\n1. **Open it**\n\n    1. Take it\n\n**Evening**\n\n- [ ] Lock it {#lock}\n"
    names = list(chain.from_iterable(names for _, names in begins(text)))
    assert names[0] == "Morning" and "Open it" not in names


def test_braces_and_marks_do_not_show() -> None:
    text = "## *Open* it {#one}\n1. Take it\n\n## Close `it`\n1. Leave it\n"
    assert [names for _, names in begins(text)] == [["Open it"], ["Close it"]]
