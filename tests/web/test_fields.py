"""Fields for codes and names leave what is typed: no phone writes a capital or a correction into it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "templates"
CODES = r'name="(subject|alias|login|q)"'


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_capital_is_written_into_a_code(path: Path) -> None:
    fields = [field for field in re.findall(r"<input[^>]*>", path.read_text()) if re.search(CODES, field)]
    typed = [field for field in fields if "hidden" not in field and "checkbox" not in field]
    assert [field for field in typed if 'autocapitalize="none"' not in field] == []


def test_a_scanned_value_is_such_a_code() -> None:
    text = (TEMPLATES / "runs/doing.html").read_text()
    field = re.search(r"<input[^>]*data-wedge[^>]*>", text)
    assert field and 'autocapitalize="none"' in field[0] and 'spellcheck="false"' in field[0]
