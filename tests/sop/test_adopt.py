"""Adopting a text: front matter is added, what is there stays, and the steps are the same as before."""

from __future__ import annotations

from textwrap import dedent

import pytest
import yaml

from tracker.sop.adopt import adopt, scalar


def adopted(text: str, **given: str) -> tuple[str, list[str]]:
    done = adopt(dedent(text).lstrip("\n"), "returns/inspect.md", {"id": "inspect", **given})
    return done.text, [note for _, note in done.notes]


def test_front_matter_is_put_before_the_text() -> None:
    text, notes = adopted("# Inspect: a return\n\n1. Open the parcel\n2. Check the seal\n", owner="maria")
    assert text.startswith('---\ntitle: "Inspect: a return"\nid: inspect\nowner: maria\n---\n# Inspect')
    assert notes == []


def test_what_is_written_already_stays() -> None:
    before = "---\nlayout: page\ntitle:  Mine\nms.date: 2024-01-01\n---\n1. Open it\n2. Close it\n"
    text, _ = adopted(before, owner="maria")
    assert text == before.replace("01\n---\n", "01\nid: inspect\nowner: maria\n---\n")


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=repr)
def test_front_matter_in_toml_goes_on_in_toml(newline: str) -> None:
    before = '+++\ntitle = "Mine"\n\n[extra]\nid = 3\n+++\n1. Open it\n2. Close it\n'.replace("\n", newline)
    made = adopt(before, "inspect.md", {"id": "inspect", "owner": 'José "Pepe"'})
    assert made.text.endswith(before.removeprefix(f"+++{newline}")) and made.notes == ()
    assert made.text.count("\r\n") == (made.text.count("\n") if newline == "\r\n" else 0)
    meta = made.document.meta
    assert (meta.id, meta.title, meta.owner) == ("inspect", "Mine", 'José "Pepe"')
    assert [step.text for step in made.document.steps] == ["Open it", "Close it"]


def test_line_endings_stay() -> None:
    text, _ = adopted("# Inspect\r\n\r\n1. Open it\r\n2. Close it\r\n")
    assert text.count("\r\n") == text.count("\n") and text.startswith("---\r\ntitle: Inspect\r\n")


def test_lists_that_were_told_apart_are_pinned_and_told() -> None:
    text, notes = adopted("""
        # Inspect

        ## Glossary

        1. Tote: a box on wheels
        2. Slip: the list that comes with it

        ## Procedure

        1. Open the parcel
        2. Check the seal
        3. Note the result
        """)
    assert "steps: Procedure\n" in text
    assert [note.split("(")[0] for note in notes[:2]] == [
        "the numbered list under “Glossary” ",
        "the numbered list under “Procedure” ",
    ]
    assert notes[0].endswith("not taken for steps.") and "“Procedure”" in notes[2]


def test_a_page_to_read_says_that_it_has_no_steps_only_when_asked() -> None:
    text, notes = adopted("# Words\n\nA tote is a box.\n")
    assert "steps:" not in text and notes == []
    asked = adopt("# Words\n\nA tote is a box.\n", "words.md", {}, pages=True)
    assert "steps: none\n" in asked.text and asked.notes == ()


def test_what_looks_like_steps_and_is_none_is_told_with_its_lines() -> None:
    made = adopt("# Count\n\n- Open the shelf\n- Count the pieces\n- Close the shelf\n", "count.md", {})
    assert "steps:" not in made.text
    ((line, note),) = made.notes
    assert line == 3 and note.startswith("Bullets look like steps and are none") and "lines 3, 4, 5" in note


def test_front_matter_that_can_not_be_read_is_told_and_left() -> None:
    before = "---\ntitle: [broken\n---\n1. Open it\n2. Close it\n"
    text, notes = adopted(before, owner="maria")
    assert text == before and "front matter can't be read" in notes[0]


@pytest.mark.parametrize(
    "value",
    ["Pack an order", "no", "2024-01-01", "3: two", 'say "so"', "- x", "#1", "é ü", "1e3", "x: y\\z", "~"],
)
def test_every_value_is_read_back(value: str) -> None:
    assert yaml.safe_load(f"k: {scalar(value)}") == {"k": value}
