"""Texts keep their lines, ended in one way; a scanned code has none; a choice is one, however written."""

from __future__ import annotations

import pytest

from tracker.domain.records.values import typed_value
from tracker.models import Step


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_the_lines_of_a_text_end_alike(end: str) -> None:
    step = Step(attributes={"input": "text"})
    assert typed_value(step, f"  lid torn{end}left side{end}") == ("lid torn\nleft side", "")


def test_a_scan_is_one_line() -> None:
    assert typed_value(Step(attributes={"input": "scan"}), "TOTE-\r\n7\r") == ("TOTE-7", "")


@pytest.mark.parametrize("typed", ["Größe L", "GRÖSSE l", "Gro\u0308ße\u00a0L", "größe Ｌ", " Größe l\u200e"])
def test_a_choice_is_one_however_it_is_written(typed: str) -> None:
    """It is kept as the SOP writes it, so that its figures are of one choice and its conditions see it."""
    step = Step(attributes={"input": "choice", "options": ["Größe S", "Größe L"]})
    assert typed_value(step, typed) == ("Größe L", "")
