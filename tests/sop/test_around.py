"""What differs beside the steps: prose, links and front matter, word by word, and whether it matters."""

from __future__ import annotations

import pytest

from tests.sop.conftest import document
from tracker.sop import around
from tracker.sop.excerpts import excerpt, parts

OLD = """\
---
title: Pay invoices
due: 4h
---
# Pay invoices

Every invoice that came in the morning is paid by 14:00.

| Bank | Limit |
| --- | --- |
| North | 5000 |

## Steps

1. Open the [bank](bank.md) {#open}

    Its page has a lock. The code is on the wall.

    !!! recovery "It is shut"
        Call the bank by 15:00.

2. Pay {#pay}

!!! note "Mind"
    Never pay twice.
"""


def told(*edits: tuple[str, str]) -> tuple[list[str], bool]:
    text = OLD
    for edit in edits:
        assert edit[0] in text
        text = text.replace(*edit)
    steps = document(OLD).steps, document(text).steps
    found = around.compare(OLD, text, *steps)
    return [str(around.sentence(difference)) for difference in found], around.is_material(found)


@pytest.mark.parametrize(
    ("edit", "sentence", "material"),
    [
        (("14:00", "12:00"), "Beside the steps: “… the morning is paid by 14:00” now reads "
         "“… the morning is paid by 12:00”.", True),
        (("| North | 5000 |", "| North | 6000 |"), "Beside the steps: “| North | 5000 |” now reads "
         "“| North | 6000 |”.", True),
        (("Never pay twice", "Never ever pay twice"), "Beside the steps: “Never pay twice” now reads "
         "“Never ever pay twice”.", True),
        (("Every invoice", "Every inovice"), "Beside the steps: “Every invoice that came in the morning …” "
         "now reads “Every inovice that came in the morning …”.", False),
        (("## Steps", "Ask who is new.\n\n## Steps"), "Beside the steps is new: “Ask who is new”.", True),
        (("(bank.md)", "(other.md)"), "The link “bank” now leads to other.md; it led to bank.md.", True),
        (("due: 4h", "due: 2h"), "“due” is now 2 h; it was 4 h.", True),
        (("due: 4h", "due: 4h\nowner: maria"), "“owner” is now maria; there was none.", False),
    ],
)  # fmt: skip
def test_each_is_told_by_its_words(edit: tuple[str, str], sentence: str, material: bool) -> None:
    assert told(edit) == ([sentence], material)


@pytest.mark.parametrize(
    "edit",
    [
        ("1. Open the", "1. Look at the"),
        ("The code is", "A code is"),
        ("Call the bank by 15:00", "Call them by 16:00"),
        ("\n2. Pay", "\n\n\n2. Pay"),
        ("(bank.md)", "(../money/bank.md)"),
        ("{#pay}", "{#pay .critical}"),
    ],
)
def test_what_is_in_the_steps_or_said_by_blanks_is_not_told_again(edit: tuple[str, str]) -> None:
    assert told(edit) == ([], False)


def test_what_stands_below_a_reworded_step_is_told_too() -> None:
    from tracker.sop import changes

    new = OLD.replace("Open the", "Go to the").replace("on the wall", "in the safe")
    (change,) = changes.compare(document(OLD).steps, document(new).steps)
    assert [name for name, *_ in change.details] == ["text", "body"]
    assert str(changes.sentences(change)[1]).endswith("“… a lock. The code is in the safe”.")


def test_words_in_a_language_without_blanks() -> None:
    assert [part.text for part in parts("毎朝九時に払う", "毎朝八時に払う") if part.kind != "same"] == [
        "九",
        "八",
    ]


def test_a_long_text_is_cut_and_compared_in_a_moment() -> None:
    before, after = ("one " * 20_000) + "end", ("two " * 20_000) + "end"
    assert all(len(text) < 400 for text in excerpt(before, after))
    assert len(parts(before, after)) == 3
