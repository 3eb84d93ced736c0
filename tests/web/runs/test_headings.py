"""A run shows the parts of its document: the headings between its steps, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.support.installation import Cast, Visitor
from tracker.authoring.sync import publish
from tracker.models import Person

Visit = Callable[[Person | None], Visitor]

DESK = """\
# Members' desk

## Add a member

1. Open **Members** {#open}
2. Type the name {#type}

## Close an <b>account</b>

The member must have paid all fees.

1. Search for the member {#search}
2. Print the letter {#print}
"""
POLISH = (
    DESK.replace("Add a member", "Dodaj osobę")
    .replace("Open **Members**", "Otwórz listę")
    .replace("Close an <b>account</b>", "Zamknij konto")
)


@pytest.fixture
def address(app: Flask, workspace: Path, visit: Visit, cast: Cast) -> str:
    (workspace / "sops/fulfillment/desk.md").write_text(DESK)
    (workspace / "sops/fulfillment/desk.pl.md").write_text(POLISH)
    publish(app, app.config["HOLDFAST"])
    return str(visit(cast.staff).post("/start/fulfillment-desk", {"subject": "1"}).location)


def rows(page: str) -> list[str]:
    """The headings and the numbers of the steps, in order."""
    return [
        re.sub(r"<[^>]+>", "", shown).strip()
        for shown in re.findall(
            r'<li class="hf-section".*?</li>|<span class="hf-number[^>]*>.*?</span>', page, re.S
        )
    ]


def test_headings_stand_between_the_steps(address: str, visit: Visit, cast: Cast) -> None:
    page = visit(cast.staff).get(address).text
    assert rows(page) == ["Add a member", "1", "2", "Close an account", "3", "4"]


def test_they_are_in_the_language_of_the_reader(address: str, visit: Visit, cast: Cast) -> None:
    page = visit(cast.staff).get(address, headers={"Accept-Language": "pl"}).text
    assert rows(page) == ["Dodaj osobę", "1", "2", "Zamknij konto", "3", "4"]


def test_one_part_has_no_heading_of_its_own(visit: Visit, cast: Cast) -> None:
    visitor = visit(cast.staff)
    page = visitor.get(str(visitor.post("/start/pack", {"subject": "7"}).location)).text
    assert "hf-section" not in page
