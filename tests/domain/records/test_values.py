"""A text keeps its lines, ended in one way; a scanned code has none."""

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
