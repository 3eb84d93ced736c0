"""Templates and styles can be read: lines fit a screen, a block has a line of its own, no sheet is unused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.installation import Visitor
from tracker.share import share
from tracker.web import styles

TEMPLATES = Path(share("templates"))
STATIC = Path(styles.__file__).parent.parent / "static"
BLOCK = "div|p|ul|ol|li|section|nav|header|form|table|thead|tbody|tr|td|th|details|summary|article|h[1-3]"

texts = sorted(path for path in TEMPLATES.rglob("*") if path.suffix in (".html", ".css"))
sheets = sorted((STATIC / "styles").glob("*.css"))


@pytest.mark.parametrize("path", [*texts, *sheets], ids=lambda path: path.name)
def test_lines_fit_a_screen(path: Path) -> None:
    lines = path.read_text().splitlines()
    long = [n for n, line in enumerate(lines, 1) if len(line) > 120 and "url(" not in line]
    assert long == []


@pytest.mark.parametrize(
    "path", [path for path in texts if path.suffix == ".html"], ids=lambda path: path.name
)
def test_a_line_begins_one_block_at_most(path: Path) -> None:
    """A cell or item with a link in it may stand in a line; two blocks side by side or nested may not."""
    nested = re.compile(rf"<({BLOCK})\b(?:[^>\"]|\"[^\"]*\")*>.*<({BLOCK})\b")
    crowded = [n for n, line in enumerate(path.read_text().splitlines(), 1) if nested.search(line)]
    assert crowded == []


@pytest.mark.parametrize("sheet", styles.SHEETS)
def test_every_sheet_is_sent_in_its_order(visit: Visitor, sheet: str) -> None:
    nobody, parts = visit(None), styles.SHEETS[sheet]
    answer = nobody.get(f"/static/{sheet}")
    assert (
        answer.content_type == "text/css; charset=utf-8" and "max-age=3600" in answer.headers["Cache-Control"]
    )
    places = [answer.text.index((STATIC / f"styles/{part}.css").read_text()) for part in parts]
    assert places == sorted(places)
    again = nobody.client.get(f"/static/{sheet}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_no_sheet_is_forgotten() -> None:
    assert {path.stem for path in sheets} == {part for parts in styles.SHEETS.values() for part in parts}
