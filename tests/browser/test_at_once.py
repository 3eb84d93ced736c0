"""What is done on a run's page shows at once, with and without network, as the server will show it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser.conftest import Enter, House, saved, start
from tests.support.evidence import photo
from tests.support.patience import until
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
    (house.workspace / "sops/tags.md").write_text(
        SHORT.replace("short", "tags").replace("\n---\n1", "\nsubject: order\n---\n1")
    )
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


_ROWS = """() => [...document.querySelectorAll("li[data-step], #end")].map((row) => {
    const copy = row.cloneNode(true);
    const drop = (what) => copy.querySelectorAll(what).forEach((one) => one.remove());
    drop(".hf-unsent, canvas, .hf-proof, .hf-proof-note, template");
    drop("[name=csrf_token], [name=id], [name=form_id], [name^=device]");
    copy.querySelectorAll("time").forEach((one) => one.replaceWith("TIME"));
    const own = ["htmx-powered", "turned", "sign-ready", "stamped", "elapsed"].map((name) => `data-${name}`);
    own.push("open");
    for (const one of copy.querySelectorAll("*")) own.forEach((name) => one.removeAttribute(name));
    const shown = ["hf-shown", "hf-from-right", "hf-from-left", "hf-unread", "htmx-added"];
    copy.classList.remove(...shown);
    const now = copy.getAttribute("aria-current");
    ["aria-current", "data-stands", "data-htmx-powered"].forEach((name) => copy.removeAttribute(name));
    if (now) copy.setAttribute("aria-current", now);
    return copy.outerHTML;
})"""


def rows(page: Page) -> list[str]:
    """The rows of the page as HTML, without what differs from one drawing to the next, and what waits."""
    found: list[str] = page.evaluate(_ROWS)
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


def state_of(house: House, number: int) -> str:
    with house.app.app_context():
        state = db.session.get_one(Run, number).state
        db.session.remove()
    return state


def number_of(page: Page) -> int:
    return int(re.findall(r"/runs/(\d+)", page.url)[0])


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
    saved(online)
    start(offline, "kinds", "7002")
    ready(offline)
    offline.context.set_offline(True)
    work(offline, *files)
    expect(offline.locator("[data-keeping]")).to_have_count(0)
    assert records(house, number_of(offline)) == []
    drawn = rows(offline)
    offline.context.set_offline(False)
    saved(offline)
    worked = records(house, number_of(online))
    assert len(worked) == 15 and records(house, number_of(offline)) == worked
    expect(offline.locator("[data-stands]")).to_have_count(14)
    assert [pair for pair in zip(drawn, rows(offline), strict=True) if pair[0] != pair[1]] == []


def entries(page: Page) -> list[dict[str, Any]]:
    """What the phone has of the run of this page."""
    found: list[dict[str, Any]] = page.evaluate(
        """async () => {
            const { run, ref } = JSON.parse(document.getElementById("run-definition").textContent);
            const place = document.querySelector("script[src*='phone/run.js']").src;
            const { entries } = await import(place.replace("run.js", "queue.js"));
            return entries({ run: run || null, ref: ref ?? location.pathname.split("/").at(-1) });
        }"""
    )
    return found


def acted(page: Page) -> None:
    page.evaluate(
        """() => {
            window.acted = [];
            document.addEventListener("holdfast:acted", ({ detail }) => window.acted.push(detail));
        }"""
    )


def told(page: Page, number: int) -> list[dict[str, Any]]:
    """What was told of so many acts: each is told when the phone has written it down, after it is shown."""
    page.wait_for_function("number => window.acted.length >= number", arg=number)
    acts: list[dict[str, Any]] = page.evaluate("window.acted")
    return acts


def test_what_was_done_is_told_and_taken_back(enter: Enter, house: House) -> None:
    page = enter("sam", watched=False)
    start(page, "short", "")
    ready(page)
    acted(page)
    page.context.set_offline(True)
    press(page, "one")
    stood(page, "other")
    assert [{name: value for name, value in one.items() if name != "entry"} for one in told(page, 1)] == [
        {"step": "one", "number": "1", "name": "One thing", "outcome": "done", "over": False}
    ]
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('holdfast:undo', { detail: { id: window.acted[0].entry } }))"
    )
    stood(page, "one")
    expect(page.locator("[data-step=one] .hf-record")).to_have_count(0)
    assert [one["outcome"] for one in told(page, 2)] == ["done", "undone"]
    page.context.set_offline(False)
    saved(page)
    stood(page, "one")
    expect(page.locator("#so-far")).to_have_text("0 of 2")
    assert [kind for _, kind, *_ in records(house, number_of(page))] == ["done", "undone"]


def test_a_run_ends_by_itself_once_its_last_tick_stands(enter: Enter, house: House) -> None:
    page = enter("sam", watched=False)
    start(page, "short", "")
    ready(page)
    acted(page)
    page.context.set_offline(True)
    press(page, "one")
    press(page, "other")
    expect(page.locator("#end")).to_contain_text("Closed here")
    assert [one["over"] for one in told(page, 2)] == [False, True]
    page.locator(".hf-undo-line").get_by_role("button", name="Undo").click()
    stood(page, "other")
    expect(page.locator("#end")).to_contain_text("Close this run")
    press(page, "other")
    page.evaluate("document.dispatchEvent(new CustomEvent('holdfast:stands', { detail: { over: true } }))")
    expect(page.locator("[data-closed-here]")).to_have_count(0)
    page.context.set_offline(False)
    expect(page.get_by_text("Closed by Sam")).to_be_visible()


@pytest.mark.parametrize("sop", ["short", "tags"])
def test_what_comes_next_stands_beside_the_undo_line_and_settles_the_end(
    enter: Enter, house: House, sop: str
) -> None:
    page = enter("sam")
    page.clock.install()  # the undo line stays until the clock is moved
    start(page, sop, "tag-1" if sop == "tags" else "")
    ready(page)
    first, number = page.url, number_of(page)
    press(page, "one")
    press(page, "other")
    end = page.locator("#end")
    expect(end).to_contain_text("What comes next")
    page.clock.run_for(1_000)
    saved(page)
    expect(page.locator("#undo-line")).to_contain_text("Undo")
    expect(end).to_contain_text("What comes next")
    if sop == "tags":
        field = end.get_by_label("Scan or type the next order")
        field.fill("tag-2")
        field.press("Enter")
    else:
        end.get_by_role("button", name="Start Two ticks again").click()

    def gone_on() -> bool:
        page.clock.run_for(5)  # what waits for a moment only goes on; the undo line does not end by it
        return "/runs/" in page.url and page.url.split("#")[0] != first.split("#")[0]

    until(gone_on, page)
    page.clock.run_for(2_000)
    until(lambda: state_of(house, number) == "done", page)


def test_the_steps_that_nobody_touched_are_asked_about_before_it_is_closed(
    enter: Enter, house: House
) -> None:
    page = enter("sam", watched=False)
    start(page, "short", "")
    ready(page)
    page.context.set_offline(True)
    press(page, "one")
    page.get_by_role("button", name="Close this run").click()
    asking = page.get_by_role("dialog")
    expect(asking).to_contain_text("Nobody has touched 1 step")
    expect(asking.get_by_role("listitem")).to_have_text("Another thing")
    asking.get_by_role("button", name="Go back to the steps").click()
    expect(page.locator("#end")).to_contain_text("you will be asked about it first")
    page.get_by_role("button", name="Close this run").click()
    page.get_by_role("button", name="Close it with").click()
    expect(page.locator("#end")).to_contain_text("Closed here")
    expect(page.locator("[data-step=other] .hf-actions")).to_be_hidden()
    page.context.set_offline(False)
    expect(page.get_by_text("Closed by Sam")).to_be_visible()
    expect(page.locator("#step-1")).to_contain_text("omitted")


def test_what_is_refused_goes_back_and_says_why(enter: Enter, house: House) -> None:
    page = enter("sam", watched=False)
    start(page, "pack", "refused here")
    ready(page)
    page.context.set_offline(True)
    page.locator("#value-0").fill("T")
    press(page, "scan")
    page.evaluate(  # as if the step had another key by now
        """async () => {
            const place = document.querySelector("script[src*='phone/run.js']").src;
            const { add } = await import(place.replace("run.js", "queue.js"));
            const { run, ref } = JSON.parse(document.getElementById("run-definition").textContent);
            const data = { step: "weigh", outcome: "failed", value: "", reason: "", note: "", cancels: null };
            await add("record", data, { run, ref });
        }"""
    )
    page.context.set_offline(False)
    expect(page.locator("[data-step=weigh] .hf-not-taken")).to_contain_text("Say why")
    assert [one["state"] for one in entries(page)] == ["sent", "refused"]
    stood(page, "weigh")


def test_two_phones_see_what_the_other_has_done(enter: Enter, house: House) -> None:
    sam, lena = enter("sam", watched=False), enter("lena")
    lena.goto(start(sam, "opening", ""))
    ready(sam)
    ready(lena)
    sam.context.set_offline(True)
    sam.locator("#step-0").get_by_role("button", name="Done").click()
    expect(sam.locator("#step-1")).to_have_class(re.compile("hf-current"))
    lena.locator("#step-1 > details > summary").click()
    lena.locator("#step-1").get_by_role("button", name="Done").click()
    expect(lena.locator("#step-1")).to_have_class(re.compile("hf-is-done"))
    saved(lena)
    sam.context.set_offline(False)
    for page in (sam, lena):
        expect(page.locator("#step-1 .hf-record")).to_contain_text("Lena")
        expect(page.locator("#step-0 .hf-record")).to_contain_text("Sam")
        expect(page.locator("#step-2")).to_have_class(re.compile("hf-current"))
        expect(page.locator("#so-far")).to_have_text("2 of 3")


def test_a_run_that_was_started_on_the_phone_is_worked_on_before_the_server_knows_it(
    enter: Enter, house: House
) -> None:
    page = enter("sam", watched=False, service_workers="block")
    page.goto("/start/pack/blank")
    ref = page.evaluate(
        """async () => {
            const place = document.querySelector("script[src*='phone/run.js']").src;
            const { add, newId } = await import(place.replace("run.js", "queue.js"));
            const { revision } = JSON.parse(document.getElementById("run-definition").textContent);
            window.fetch = () => Promise.reject(new TypeError("no network"));
            const from = { location: null, from: null, step: null, anyway: false };
            return (await add("start", { sop: "pack", revision, subject: "8001", ...from })).id;
        }"""
    )
    kept = page.request.get("/start/pack/blank")  # as the worker of a phone without network answers
    page.route(f"**/runs/ref/{ref}", lambda route: route.fulfill(response=kept))
    sending = re.compile(r"/queue(\?|$)")
    page.route(sending, lambda route: route.abort())
    page.goto(f"/runs/ref/{ref}")
    ready(page)
    expect(page.locator(".hf-subject")).to_have_text("8001")
    page.locator("#value-0").fill("T-1")
    press(page, "scan")
    stood(page, "weigh")
    page.unroute(sending)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_url(re.compile(r"/runs/\d+#step-1$"))
    expect(page.locator(".hf-subject")).to_contain_text("8001")
    is_recorded(page, "scan", "done")
    with house.app.app_context():
        assert db.session.scalars(select(Run.ref).where(Run.id == number_of(page))).one() == ref
        db.session.remove()
    page.unroute(f"**/runs/ref/{ref}")
    page.goto(f"/runs/ref/{ref}")
    assert page.url.endswith(f"/runs/{number_of(page)}")
