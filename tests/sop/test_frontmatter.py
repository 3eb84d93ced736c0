"""Front matter: what it sets, and what a wrong one says."""

from __future__ import annotations

import pytest

from tests.sop.conftest import document
from tracker.sop import frontmatter
from tracker.sop.parse import read


def test_all_keys() -> None:
    doc = document("""
        ---
        id: pick-pack-ship
        title: Pick, pack and ship
        area: Order fulfillment
        owner: maria
        subject: order
        roles: [picker, packer]
        due: 4h
        review: 90d
        takes: 1h30m
        tolerance: 2%
        retired: true
        last_reviewed_on: 2024-01-31
        ---
        1. Scan it
    """)
    meta = doc.meta
    assert (doc.id, doc.title, doc.area, doc.takes) == (
        "pick-pack-ship", "Pick, pack and ship", "Order fulfillment", 5400,
    )  # fmt: skip
    assert (meta.due, meta.review, meta.tolerance, meta.roles, meta.retired) == (
        14400, 90, 0.02, ("picker", "packer"), True,
    )  # fmt: skip
    assert list(meta.extra) == ["last_reviewed_on"]
    assert doc.steps[0].line == 15 and not doc.problems


def test_everything_is_optional() -> None:
    doc = document("1. Open it\n", "returns/inspect_item.html.md")
    assert (doc.id, doc.title, doc.area) == ("returns-inspect_item", "Inspect item", "Returns")


def test_the_first_heading_is_the_title() -> None:
    assert document("The *way*\n=====\n\n1. Open it\n").title == "The way"


@pytest.mark.parametrize(
    "heading", ["# The way {#way}", "# The way {#way .wide}", "The way {#way}\n=====", "# The way {#way} #"]
)
def test_a_title_is_without_the_braces_behind_it(heading: str) -> None:
    assert document(f"{heading}\n\n1. Open it\n").title == "The way"


def test_braces_that_say_something_stay_in_a_title() -> None:
    assert document("# Install {version}\n\n1. Open it\n").title == "Install {version}"


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("due: banana", "due: 4h"),
        ("owner: [a]", "one person"),
        ("id: a b", "letters"),
        ("id: ../x", "letters"),
        ("review: 4h", "days"),
        ("tolerance: 200%", "2%"),
        ("retired: perhaps", "true or false"),
        ("roles: 5", "a list"),
        ("title: {a: b}", "text"),
    ],
)
def test_a_wrong_value_is_an_error_with_its_line(line: str, hint: str) -> None:
    doc = document(f"---\narea: Returns\n{line}\n---\n1. Open it\n")
    assert [(p.line, p.rule) for p in doc.errors] == [(3, "front-matter")]
    assert hint in doc.errors[0].hint
    assert str(doc.errors[0]).startswith("returns/inspect.md:3: ")


@pytest.mark.parametrize(
    ("matter", "line"),
    [
        ("owner: maria\ntitle: a: b", 3),
        ("owner: 'maria\n", 2),
        ("- a\n- b", 2),
        ("a: [", 2),
        ("x: !!python/name:os", 2),
    ],
)
def test_unreadable(matter: str, line: int) -> None:
    doc = document(f"---\n{matter}\n---\n1. Open it\n")
    assert doc.errors and doc.errors[0].line >= line
    assert len(doc.steps) == 1


def test_never_closed() -> None:
    doc = document("---\nowner: maria\n\n1. Open it\n")
    assert "never ends" in doc.errors[0].message


@pytest.mark.parametrize(
    ("given", "signer"),
    [
        ("quality", "quality"),
        ("yes", ""),
        ("true", ""),
        ("no", None),
        ("", None),
        ('"head of shift"', "head of shift"),
    ],
)
def test_who_signs_each_run(given: str, signer: str | None) -> None:
    meta, problems = frontmatter.read(f"verify: {given}", "pay.md")
    assert (meta.verify, problems) == (signer, [])


@pytest.mark.parametrize("given", ["[quality, lead]", "quality, lead", "{role: quality}", "2026-03-31"])
def test_one_role_signs_each_run(given: str) -> None:
    meta, [problem] = frontmatter.read(f"title: Pay\nverify: {given}", "pay.md")
    assert meta.verify is None and (problem.line, problem.error) == (3, True)
    assert "verify: quality" in problem.hint


TOML = """\
+++
# 1. Owner: the web team
title = "Renew the certificate"
owner = "maria"
roles = ["web"]
date = 2023-05-11
due = "4h"

[extra]
order = 3
+++

Once a year.

1. Request the certificate.
2. Copy it to the server.
"""


def test_front_matter_in_toml_is_read() -> None:
    doc = read(TOML, "web/renew.md")
    assert (doc.title, doc.meta.owner, doc.meta.roles, doc.meta.due) == (
        "Renew the certificate", "maria", ("web",), 14400,
    )  # fmt: skip
    assert [step.line for step in doc.steps] == [15, 16] and not doc.problems
    assert set(doc.meta.extra) == {"date", "extra"} and "title" not in doc.html


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ('due = "4h"', 'due = "soon"', 7),
        ('due = "4h"', "due = soon", 7),
        ('due = "4h"', 'owner = "paul"', 7),
        ("[extra]", "[extra", 9),
        ("order = 3", f"order = {'9' * 5000}", 10),
        ("order = 3", f"order = {'[' * 900}{']' * 900}", 2),
    ],
)
def test_what_is_wrong_in_toml_is_told_with_its_line(before: str, after: str, line: int) -> None:
    (problem,) = read(TOML.replace(before, after), "web/renew.md").errors
    assert (problem.line, problem.rule) == (line, "front-matter") and problem.hint


def test_toml_that_never_ends_is_told() -> None:
    (problem,) = read('+++\ntitle = "A"\n\n1. Open it\n2. Close it\n', "a.md").errors
    assert "never ends" in problem.message and "+++" in problem.hint


def test_plus_signs_that_are_no_front_matter_stay() -> None:
    assert [step.text for step in read("+++\n\n1. Open it\n2. Close it\n", "a.md").steps] == [
        "Open it",
        "Close it",
    ]
