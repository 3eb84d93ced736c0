"""A document of several procedures taken apart: nothing is lost, and every line knows where it stood."""

from __future__ import annotations

import pytest

from tracker.sop.parse import read
from tracker.sop.split import pieces

DESK = """\
---
title: Desk
owner: maria
roles: [desk]
tags:
  - members
---
# Desk

How we work, see [closing](#close-an-account).

## Add a member

1. Open **Members**, as in [the manual][man]
2. Type the name[^1]

### After that

1. Press save

## Scope

Only ours.

## Close an account

See [Add](#add-a-member), [Scope](#scope) and [how](#after-that), [first](#find).

1. Search for the member {#find}
2. Print the letter

[man]: pay.md
[^1]: As in the passport.
"""


def texts(text: str) -> dict[str, str]:
    return {piece.name: piece.text for piece in pieces(text, "desk.md", "desk")}


def test_each_procedure_is_a_document_and_the_rest_leads_to_them() -> None:
    rest, add, close = (read(text, "a.md") for text in texts(DESK).values())
    assert list(texts(DESK)) == ["", "add-a-member", "close-an-account"]
    assert (rest.title, rest.steps, "Only ours." in rest.source) == ("Desk", (), True)
    assert "- [Add a member](desk/add-a-member.md)\n" in rest.source
    assert [step.text for step in add.steps] == [
        "Open Members, as in the manual", "Type the name^1", "Press save",
    ]  # fmt: skip
    assert [step.key for step in close.steps] == ["find", "print-the-letter"]


def test_a_heading_becomes_the_title_and_those_below_it_follow() -> None:
    add = texts(DESK)["add-a-member"]
    assert "\n# Add a member\n" in add and "\n## After that\n" in add
    under = (
        "Desk\n====\n\nAdd one\n-------\n1. Open it\n2. Save it\n\nEnd one\n----\n1. Find it\n2. Print it\n"
    )
    assert texts(under)["end-one"] == "End one\n====\n1. Find it\n2. Print it\n"


def test_what_the_front_matter_says_of_all_is_kept() -> None:
    meta = read(texts(DESK)["add-a-member"], "a.md").meta
    assert (meta.owner, meta.roles, meta.tags, meta.title) == ("maria", ("desk",), ("members",), None)
    toml = '+++\ntitle = "Desk"\nowner = "maria"\n\n[extra]\nowner = 3\n+++\n' + DESK.split("---\n", 2)[2]
    meta = read(texts(toml)["add-a-member"], "a.md").meta
    assert (meta.owner, meta.title, meta.extra) == ("maria", None, {})


def test_links_lead_to_where_their_anchors_are_now_as_seen_from_the_document() -> None:
    assert "[closing](desk/close-an-account.md)" in texts(DESK)[""]
    close = texts(DESK)["close-an-account"]
    assert "[Add](desk/add-a-member.md)" in close and "[how](desk/add-a-member.md#after-that)" in close
    assert "[Scope](desk.md#scope)" in close and "[first](#find)" in close


def test_definitions_come_along_where_they_are_used() -> None:
    add = texts(DESK)["add-a-member"]
    assert add.endswith("1. Press save\n\n[man]: pay.md\n[^1]: As in the passport.\n")
    assert "[man]" not in texts(DESK)[""]


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=repr)
def test_every_line_knows_where_it_stood(newline: str) -> None:
    lines = DESK.split("\n")
    for piece in pieces(DESK.replace("\n", newline), "desk.md", "desk"):
        assert piece.text.count("\n") == piece.text.count(newline) == len(piece.lines) - 1
        for line, at in zip(piece.text.split(newline), piece.lines, strict=True):
            plain = line.lstrip("#").split("](")[0]
            assert not plain.strip() or plain.startswith("- [") or plain in lines[at - 1]


@pytest.mark.parametrize(
    "text",
    ["", "1. Open it\n2. Save it\n", "# Desk\n\n## Steps\n1. Open it\n2. Save it\n\n## Notes\n\n- Slowly\n"],
)
def test_one_procedure_is_left_whole(text: str) -> None:
    assert pieces(text, "desk.md", "desk") == []


def test_two_parts_of_one_name_are_two_files() -> None:
    text = "# Desk\n## Weigh it\n1. Tare it\n2. Read it\n## Weigh it\n1. Tare it\n2. Note it\n"
    assert list(texts(text)) == ["", "weigh-it", "weigh-it-2"]
