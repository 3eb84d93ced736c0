"""What a spreadsheet opens runs nothing, whatever its separator, and comes back as it was."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracker.domain.dispatch import lists
from tracker.domain.transfer import cells

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
BEFORE = [
    "",
    " ",
    "\t",
    "\r",
    "\ufeff",
    "\u200b",
    "\xa0",
    "\u3000",
    "\x00",
    "\x1f",
    '"',
    '""',
    " \u200b\ufeff",
]
SEPARATORS = ["", "a;", "a,", "a\t", "a\n", "a\r\n", "a|", ";;", "a; b;", '"a";']
NUMBERS = ["-12,5", "-12.5", "+3", "-1.234.567,89", "-1 000", "-0", "−12,5", "12", "-5%"]


def formulas(text: str) -> list[str]:
    """The cells that begin a formula in the file that holds this text, by each separator."""
    out = io.StringIO()
    csv.writer(out).writerow(["first", cells.safe(text), "last"])
    found = []
    for separator in ",;\t|":
        for row in csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=separator):
            found += [cell for part in row for cell in re.split(r"[\r\n]", part) if _runs(cell)]
    return found


def _runs(cell: str) -> bool:
    seen = re.sub(
        r"^[\s\x00-\x1f\x7f-\x9f\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\"]+", "", cell
    )
    return seen[:1] in tuple(SIGNS) and not re.fullmatch(r'[+-][\d., \xa0\u202f]+%?"*', seen)


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("before", BEFORE)
def test_no_cell_begins_a_formula(separator: str, before: str) -> None:
    for sign in SIGNS:
        text = f"{separator}{before}{sign}SUM(A1)"
        assert formulas(text) == [] and cells.safe(text) != text
        assert cells.restore(cells.safe(text)) == text


@pytest.mark.parametrize("text", ["\t1", "\r1", "=1+1", "-1+cmd|' /C calc'!A0", "-2|x", "+49 170 1234567"])
def test_what_begins_with_a_sign_is_marked(text: str) -> None:
    assert cells.safe(text).startswith("'")
    assert formulas(text) == []


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_stays_one(number: str) -> None:
    assert cells.safe(number) == number and cells.safe(f"S, {number}; 7") == f"S, {number}; 7"


@pytest.mark.parametrize("text", ["Weigh = good", "a-b", "me@shop.example", "it's", "'quoted'", "1 + 1", ""])
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert cells.safe(text) == cells.restore(text) == text


@given(st.text(st.sampled_from("=+-@'\"\t\r\n,;|. a1\u200b\ufeff\uff1d") | st.characters(), max_size=12))
@example("'=1")
@example("\t\t=")
@example("\n\n'=")
def test_everything_is_safe_and_comes_back(text: str) -> None:
    assert cells.restore(cells.safe(text)) == text
    assert formulas(text) == []


def test_a_list_that_was_downloaded_is_read_as_it_was() -> None:
    text = f"subject,aliases\n{cells.safe('=1042')},{cells.safe('@7')}\n"
    assert lists.read(text).lines[0].fields == {"subject": "=1042", "aliases": "@7"}
    assert lists.read(cells.safe("-77-4")).lines[0]["subject"] == "-77-4"


@pytest.mark.parametrize("text", ["+49170555", "-12", "@shop-1", "+49170|-12", "'+49", "-1 000", "=1"])
def test_what_others_have_marked_is_recognised(text: str) -> None:
    """Spreadsheets and other programs put an apostrophe before numbers with a sign, too."""
    assert cells.restore(cells.safe(text)) == text
    if text[0] != "'":
        assert cells.restore(f"'{text}") == text
