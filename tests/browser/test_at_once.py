"""What is done on a run's page shows at once, with and without network, as the server will show it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser.conftest import Enter, House, start
from tests.support.evidence import photo
from tracker.db import db
from tracker.domain.evidence import pieces
from tracker.models import Record, Run

pytestmark = pytest.mark.browser

KINDS = """\
---
id: kinds
title: Every kind of step
owner: olga
subject: order
close: by-hand
---
1. Look at it {#look takes=20s}
2. Weigh it {#weigh .critical input=number unit=g min=20 max=30000}

    !!! recovery "Weight is off"
        Open it and **count again**.

3. Choose the box {#box input=choice options="S, M, L"}
4. Take two people {#two when="box = L"}
    1. Ask somebody {#ask}
5. Fold it {#fold when="box = S"}
6. Say what it is {#say input=text}
7. Scan the order {#scan input=scan match=subject}
8. Note the day {#day input=date}
9. Photograph it {#photo input=photo}
10. Add the list {#file input=file}
11. Sign for it {#sign input=signature}
12. Lock the shelf {#lock .critical}
    1. Close the gate {#gate}
    2. Hang up the sign {#hang .optional}
13. Hand it over {#hand}
"""

SHORT = """\
---
id: short
title: Two ticks
owner: olga
---
1. One thing {#one}
2. Another thing {#other}
"""


@pytest.fixture(scope="module", autouse=True)
def kinds(house: House) -> None:
    (house.workspace / "sops/kinds.md").write_text(KINDS)
    (house.workspace / "sops/short.md").write_text(SHORT)
    house.publish()


def ready(page: Page) -> None:
    """Wait for the page to be able to work by itself."""
    page.locator("html[data-phone=ready]").wait_for()


def press(page: Page, key: str, button: str = "Done") -> None:
    page.locator(f"[data-step='{key}']").get_by_role("button", name=button).first.click()


def is_recorded(page: Page, key: str, outcome: str) -> None:
    expect(page.locator(f"[data-step='{key}']")).to_have_class(re.compile(f"hf-is-{outcome}"))


def stood(page: Page, key: str) -> None:
    """Wait until a step is the one to do."""
    expect(page.locator(f"[data-step='{key}']")).to_have_class(re.compile("hf-current"))


def work(page: Page, picture: Path, text: Path) -> None:
    """Work through every kind of step, one failing at first, one skipped, and leave an optional one out."""
    press(page, "look")
    page.locator("#value-1").fill("5")
    press(page, "weigh")
    is_recorded(page, "weigh", "failed")
    expect(page.locator("[data-step=weigh]")).to_contain_text("count again")
    page.locator("[data-step=weigh]").get_by_role("button", name="I have read this").click()
    page.locator("#value-1").fill("1 500")
    press(page, "weigh", "Put right")
    stood(page, "box")
    page.locator("[data-step=box] .hf-choice label", has_text="L").click()  # one tap is the answer
    stood(page, "two")
    press(page, "two")
    press(page, "ask")
    stood(page, "say")
    page.locator("[data-step=say] .hf-do summary", has_text="Add a note").click()
    page.locator("[data-step=say] .hf-do [name=note]").fill("in blue paper")
    page.locator("[data-step=say] [name=value]").fill("A vase\nof glass")
    press(page, "say")
    page.locator("[data-step=scan] [name=value]").fill("another")
    press(page, "scan")
    expect(page.locator("#message")).to_contain_text("but the run is about")
    page.locator("[data-step=scan] [name=value]").fill(page.locator(".hf-subject").inner_text())
    press(page, "scan")
    stood(page, "day")
    page.locator("[data-step=day] [name=value]").fill("2026-03-31")
    press(page, "day")
    stood(page, "photo")
    page.locator("[data-step=photo] [name=photo]").set_input_files(picture)
    page.locator("[data-step=photo] .hf-piece").wait_for()
    press(page, "photo")
    stood(page, "file")
    page.locator("[data-step=file] [name=file]").first.set_input_files(text)
    page.locator("[data-step=file] .hf-piece").wait_for()
    press(page, "file")
    stood(page, "sign")
    page.locator("[data-step=sign] [name=value]").fill("Sam")
    press(page, "sign")
    stood(page, "lock")
    press(page, "lock")
    page.locator("[data-step=gate] summary", has_text="Skip").click()
    page.locator("[data-step=gate]").get_by_role("button", name="Not needed this time").click()
    is_recorded(page, "gate", "skipped")
    page.locator("[data-step=hand] > details > summary").click()
    press(page, "hand")
    is_recorded(page, "hand", "done")


def rows(page: Page) -> list[str]:
    """The rows of the page as HTML, without what differs from one drawing to the next, and the marks of what waits."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("li[data-step], #end")].map((row) => {
            const copy = row.cloneNode(true);
            copy.querySelectorAll(".hf-unsent, canvas, .hf-proof, .hf-proof-note, template").forEach((one) => one.remove());
            copy.querySelectorAll("time").forEach((one) => one.replaceWith("TIME"));
            copy.querySelectorAll("[name=csrf_token], [name=id], [name=form_id], [name^=device]").forEach((one) => one.remove());
            copy.querySelectorAll("*").forEach((one) => {
                for (const name of ["data-htmx-powered", "open", "data-turned", "data-sign-ready", "data-stamped", "data-elapsed"])
                    one.removeAttribute(name);
            });
            for (const name of ["hf-shown", "hf-from-right", "hf-from-left", "hf-unread", "htmx-added"]) copy.classList.remove(name);
            const now = copy.getAttribute("aria-current");
            copy.removeAttribute("aria-current");
            if (now) copy.setAttribute("aria-current", now);
            ["data-stands", "data-htmx-powered"].forEach((name) => copy.removeAttribute(name));
            return copy.outerHTML;
        })"""
    )
    return [re.sub(r"\s*(<[^>]+>)\s*", r"\1", re.sub(r"\s+", " ", row)) for row in found]


def records(house: House, number: int) -> list[tuple[Any, ...]]:
    """What the server has of a run, in the order in which it was made."""
    with house.app.app_context():
        found = db.session.scalars(select(Record).where(Record.run_id == number).order_by(Record.id)).all()
        run = db.session.get_one(Run, number)
        files = pieces.of_run(db.session, run)
        told = [
            (
                r.step_key,
                r.kind,
                str(r.value).replace(run.subject_ref, "SUBJECT"),
                r.reason,
                r.note,
                r.flag,
                [piece.digest for piece in files.get(r.id, ())],
            )
            for r in found
        ]
        db.session.remove()
    return told


def number_of(page: Page) -> int:
    return int(re.findall(r"/runs/(\d+)", page.url)[0])


def sent(page: Page) -> None:
    """Wait until nothing waits on the phone."""
    expect(page.locator(".hf-unsent")).to_have_count(0)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    place = tmp_path_factory.mktemp("files")
    picture, text = place / "photo.jpg", place / "list.txt"
    picture.write_bytes(photo())
    text.write_text("one, two")
    return picture, text


def test_a_run_of_every_kind_is_worked_without_network_as_with_it(
    enter: Enter, house: House, files: tuple[Path, Path]
) -> None:
    online, offline = enter("sam"), enter("sam", watched=False)
    start(online, "kinds", "7001")
    ready(online)
    work(online, *files)
    sent(online)
    start(offline, "kinds", "7002")
    ready(offline)
    offline.context.set_offline(True)
    work(offline, *files)
    assert records(house, number_of(offline)) == []
    drawn = rows(offline)
    offline.context.set_offline(False)
    sent(offline)
    worked = records(house, number_of(online))
    assert len(worked) == 15 and records(house, number_of(offline)) == worked
    expect(offline.locator("[data-stands]")).to_have_count(14)
    shown = rows(offline)
    assert [one for one, other in zip(drawn, shown, strict=True) if one != other] == [
        other for one, other in zip(drawn, shown, strict=True) if one != other
    ]
