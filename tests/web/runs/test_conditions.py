"""A step with a condition on the run's page: it says in words when it is to be done."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.support.installation import Cast, Visitor
from tracker.authoring.sync import publish
from tracker.db import new_id
from tracker.models import Person

Visit = Callable[[Person | None], Visitor]

PARCEL = """\
---
id: parcel
title: Send a parcel
owner: olga
---
1. Is there <glass> in it? {#glass input=choice options="yes, no"}
2. Wrap the glass {#wrap .critical .verify role=lead takes=2m at-least=9s activity=wrap when="glass = yes"}
    1. Fill the corners {#corners}
3. Hand it over {#hand}
"""


@pytest.fixture
def address(app: Flask, workspace: Path, visit: Visit, cast: Cast) -> str:
    (workspace / "sops/parcel.md").write_text(PARCEL)
    publish(app, app.config["HOLDFAST"])
    return visit(cast.staff).post("/start/parcel", {"subject": "", "ref": "x"}).location


def row(page: str, number: int) -> str:
    """The text of one step's row."""
    part = re.split(r'<li id="step-\d+"', page)[number + 1]
    return " ".join(re.sub(r"<[^>]*>", " ", part.split("</li>")[0]).split())


def say(visitor: Visitor, address: str, step: str, value: str = "") -> str:
    form = {"id": str(new_id()), "step": step, "kind": "done", "value": value}
    return visitor.htmx(f"{address}/records", form).text


def test_a_step_says_when_it_is_to_be_done(visit: Visit, cast: Cast, address: str) -> None:
    sam = visit(cast.staff)
    page = sam.get(address).text
    assert "0 of 3 done" in page
    for number in (1, 2):
        assert "Only if “Is there &lt;glass&gt; in it?” is yes" in row(page, number)
        assert "waits for an earlier answer" in row(page, number) and "Done" not in row(page, number)
    answer = say(sam, address, "glass", "no")
    assert re.findall(r'<li id="step-(\d+)"', answer) == ["0", "1", "2", "3"]
    assert "not applicable" in row(answer, 1) and "nothing to do here" in row(answer, 1)
    assert "2 of 3 done, 1 of them not needed" in answer
    say(sam, address, "hand")
    assert "Every step has its record" in sam.get(address).text
    assert sam.post(f"{address}/close").status_code == 303
    assert "not applicable" in row(sam.get(address).text, 2)


def test_a_step_whose_condition_holds_is_the_next_and_says_what_it_asks(
    visit: Visit, cast: Cast, address: str
) -> None:
    sam = visit(cast.staff)
    answer = say(sam, address, "glass", "yes")
    current = answer.split('aria-current="step"')[1].split("</li>")[0]
    assert "Wrap the glass" in current and "waits" not in current
    for words in ("Critical", "A second person signs (lead)", "2 min", "At least 9 s", "Activity: wrap"):
        assert re.search(
            rf'class="hf-badge [^>]*>[^<]*(<svg.*?</svg>)? *{re.escape(words)}</span>', current
        ), words
