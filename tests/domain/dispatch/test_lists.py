"""A list is read as people and spreadsheets write it; what can't be read is told by its line."""

from __future__ import annotations

import time

import pytest

from tracker.domain.dispatch import lists
from tracker.domain.transfer.sheets import encoding
from tracker.errors import InvalidError

TEXT = "Order No.;Aliases;due\n1042;#7;2026-03-31\nGrün 3;;\n"


def subjects(text: str) -> list[str]:
    return [line["subject"] for line in lists.read(text).lines if line.problem is None]


def problems(text: str) -> dict[int, str]:
    return {line.number: str(line.problem) for line in lists.read(text).lines if line.problem}


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_encoding_of_a_spreadsheet_is_read(name: str) -> None:
    sheet = lists.read(lists.tidy(encoding.decode(TEXT.encode(name))))
    assert [line["subject"] for line in sheet.lines] == ["1042", "Grün 3"]
    assert sheet.columns == ("subject", "aliases", "due")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_delimiter_and_end_of_line(delimiter: str, end: str) -> None:
    rows = [["subject", "Weight", "ASSIGNEE "], ['"a;b,c"', "3", "sam"], ["2", "", ""]]
    sheet = lists.read(lists.tidy(end.join(delimiter.join(row) for row in rows)))
    assert [(line["subject"], line["assignee"]) for line in sheet.lines] == [("a;b,c", "sam"), ("2", "")]
    assert (sheet.columns, sheet.unused) == (("subject", "assignee"), ("Weight",))


def test_without_columns_each_line_is_a_subject() -> None:
    assert subjects('1042\n\n  1043 \n"Smith, John"\nbin 3; left\n') == [
        "1042", "1043", "Smith, John", "bin 3; left",
    ]  # fmt: skip


def test_a_quotation_mark_that_is_never_closed_spoils_its_line_only() -> None:
    text = "subject,note\n1,fine\n" + '2,"open\n' + "".join(f"{n},\n" for n in range(3, 60))
    assert problems(text) == {3: "A quotation mark is not closed. Write it twice, or delete it."}
    assert subjects(text) == ["1", *map(str, range(3, 60))]


def test_a_quoted_field_may_run_over_lines_and_numbers_stay_those_of_the_file() -> None:
    text = 'subject,note\n1,"two\nlines"\n2,x,too much\n'
    assert list(problems(text)) == [4] and subjects(text) == ["1"]


def test_signs_that_nobody_can_see_are_an_error_of_their_line() -> None:
    assert list(problems("1042\n10\x0743\n1044")) == [2]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        (" \n\t\n", "empty"),
        ("1\n" * 100_002, "100 000|100000|100003"),
        ("assignee;due\nsam;2026-03-31\n", "No column is called subject"),
        ("order,subject\n1,2\n", "Two columns mean subject"),
    ],
)
def test_what_is_no_list_is_refused_whole_and_says_why(text: str, why: str) -> None:
    with pytest.raises(InvalidError, match=why):
        lists.read(text)


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04 a workbook", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1", b"\0" * 50, b"subject\na\0b\n"]
)
def test_a_file_that_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidError):
        lists.read(lists.tidy(encoding.decode(data)))


def test_a_hundred_thousand_lines_are_read() -> None:
    assert len(lists.read("\n".join(map(str, range(100_000)))).lines) == 100_000


def test_a_first_line_without_end_names_no_columns() -> None:
    before = time.process_time()
    sheet = lists.read("subject" + ",x" * 2_000_000 + "\n1042")
    assert (sheet.columns, len(sheet.lines)) == ((), 2)
    assert time.process_time() - before < 1


def test_quotes_in_every_line_take_no_longer() -> None:
    text = "subject\n" + '"a\n' * 5000
    assert len(problems(text)) > 0


@pytest.mark.parametrize("first", ["sep=;\n", '"sep=;"\n', "sep=\t\n", ""])
def test_a_line_that_tells_the_mark_is_none_of_the_list(first: str) -> None:
    mark = "\t" if "\t" in first else ";"
    assert subjects(lists.tidy(f"{first}subject{mark}due\nA-1{mark}\n{mark}\n{mark}\n")) == ["A-1"]
    assert subjects(f"{first}1042\n1043\n") == ["1042", "1043"]


def test_due_days_are_read_as_the_column_settles_them() -> None:
    text = "subject;due\n1;03/04/2027 14:30\n2;31/03/2027\n3;\n4;soon\n5;31.03.2027 14:30\n"
    assert [line["due"] for line in lists.read(text).lines] == [
        "2027-04-03T14:30:00", "2027-03-31", "", "soon", "2027-03-31T14:30:00",
    ]  # fmt: skip
    assert list(problems("subject;due\n1;03/04/2027\n2;04/03/2027\n3;05/05/2027")) == [2, 3]
