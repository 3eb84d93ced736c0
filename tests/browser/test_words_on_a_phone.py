"""Whatever people and documents are called, and whatever is typed: what a phone draws of it is text."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser.conftest import House, Line, Take, opening, session_cookie
from tests.support.phones import Phone
from tracker.db import db, new_id, writing
from tracker.models import Person, Record

pytestmark = pytest.mark.browser

WORDS = "<b data-hit>$&$'{{7*7}} %(n)s {n} \u202eabc"
"""HTML, patterns of replacements, templates of several kinds, a mark that turns what follows."""

PLAIN = "<b data-hit>$&$'"

WORDY = f"""\
---
id: wordy
title: "A {PLAIN}"
owner: olga
close: by-hand
---
1. Look at \\{PLAIN} {{#constructor .critical}}
2. Weigh it {{#valueOf input=number unit="{PLAIN}" min=20 max=30}}

    !!! recovery "Off {PLAIN}"
        Weigh \\{PLAIN} again.

3. Choose {{#choose input=choice options="constructor, {PLAIN}, no"}}
4. Only then {{#then when="choose = constructor"}}
5. Say what \\{PLAIN} is {{#say input=text}}
6. Number it {{#coded input=text pattern="[0-9]+"}}
7. Add a file {{#file input=file}}
8. Hand over \\{PLAIN} {{#toString}}
"""


@pytest.fixture(scope="module", autouse=True)
def wordy(house: House) -> None:
    """An SOP full of such words is in force, and Sam is called so."""
    (house.workspace / "sops/wordy.md").write_text(WORDY)
    house.publish()
    with house.app.app_context():
        with writing() as session:
            sam = session.scalars(select(Person).where(Person.login == "sam")).one()
            sam.name = f"Sam {PLAIN}"
        db.session.remove()


def is_text(page: Page, *places: str) -> None:
    """The words stand in these places as they are, and nowhere as anything else."""
    for place in places:
        expect(page.locator(place).first).to_contain_text(PLAIN)
    assert page.locator("[data-hit]").count() == 0


def record(phone: Phone, run: int, step: str, outcome: str = "done", **said: str) -> None:
    """Say something about a step, and wait until the page shows it."""
    phone.add("record", {"step": step, "outcome": outcome, "value": "", **said}, run=run)


def test_words_are_text_wherever_a_phone_draws_them(take: Take, house: House, line: Line) -> None:
    run = opening(house, sop="wordy")
    line.fault = lambda method, path: "cut" if path.startswith("/queue") else None
    phone = take("sam")
    page = phone.page
    page.goto(f"/runs/{run}")
    page.locator("html[data-phone=ready]").wait_for()
    page.locator("[data-step=constructor]").get_by_role("button", name="Done").first.click()
    expect(page.locator("#undo-line")).to_contain_text("Step 1 done")
    for step, outcome, said in (
        ("valueOf", "done", {"value": "5", "note": WORDS}),
        ("choose", "done", {"value": PLAIN}),
        ("say", "done", {"value": WORDS + " x" * 400}),
        ("coded", "done", {"value": WORDS}),
        ("toString", "failed", {"reason": WORDS, "note": WORDS}),
    ):
        record(phone, run, step, outcome, **said)
        expect(page.locator(f"[data-step='{step}']")).to_have_class(re.compile("hf-is-"))
    rows = [f"[data-step='{step}']" for step in ("constructor", "valueOf", "choose", "say", "toString")]
    is_text(page, *rows, "#saved ~ *, main")
    expect(page.locator("[data-step=then]")).to_have_class(re.compile("hf-step"))
    page.locator("[data-close] button, form[data-close]").first.wait_for(state="attached")
    page.evaluate("document.querySelector('form[data-close]')?.requestSubmit()")  # asks what is left out
    page.locator("dialog[open]").wait_for()
    is_text(page)
    page.keyboard.press("Escape")
    ref = str(new_id())
    phone.add(
        "start",
        {"sop": "wordy", "subject": WORDS, "revision": 1},
        id=ref,
        shown={"title": WORDS, "run": WORDS},
    )
    page.goto("/phone")
    expect(page.locator("#waiting li")).to_have_count(7)
    is_text(page, "#waiting")
    page.goto("/")
    page.locator(f"[data-ref='{ref}']").wait_for()
    is_text(page, f"[data-ref='{ref}']")
    line.fault = lambda method, path: None
    page.goto(f"/runs/{run}")
    phone.rests()
    expect(page.locator("[data-step=coded]")).to_contain_text("does not look like what this step asks for")
    is_text(page, "[data-step=coded]", "#saved")
    page.goto("/phone")
    is_text(page, "#refused")
    page.context.clear_cookies()
    page.context.add_cookies([session_cookie(house, "lena") | {"url": line.url}])
    page.goto("/phone")
    is_text(page, "#others")
    page.goto("/late")
    is_text(page, "main")


def test_what_nobody_sees_and_no_database_keeps_is_left_out(take: Take, house: House) -> None:
    """Else the phone would show as done what the server can't take, and nobody could put it right."""
    run = opening(house, sop="wordy")
    phone = take("sam")
    page = phone.page
    page.goto(f"/runs/{run}")
    page.locator("html[data-phone=ready]").wait_for()
    page.locator("[data-step=constructor]").get_by_role("button", name="Done").first.click()
    page.locator("[data-step=say] form.hf-do").evaluate("""(form) => {
        form.elements.value.value = "a\\0b";
        form.requestSubmit(form.querySelector(".hf-big"));
    }""")
    expect(page.locator("[data-step=say]")).to_have_class(re.compile("hf-is-done"))
    phone.rests()
    with house.app.app_context():
        kept = db.session.scalars(select(Record.value).where(Record.run_id == run)).all()
        db.session.remove()
    assert "ab" in kept
