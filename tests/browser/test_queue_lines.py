"""Bad lines: only the server's own answer counts, and an answer that is lost makes no second record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from playwright.sync_api import Request, Route, expect
from sqlalchemy import select

from tests.browser.conftest import House, Line, Take, opening
from tests.support.evidence import shot
from tests.support.phones import STEPS, kept
from tests.support.proxy import Fault
from tracker.db import db, writing
from tracker.models import Installation, Record

pytestmark = pytest.mark.browser
ONCE = list(zip(STEPS, (1, 2, 3), strict=True))
LONG = "# Look at every shelf\n\n" + "\n".join(
    f"{n}. Look at shelf {n} {{#shelf-{n}{' input=photo' if n % 10 == 0 else ''}}}" for n in range(130)
)


@pytest.fixture(scope="module", autouse=True)
def shelves(house: House) -> None:
    """An SOP of 130 steps, of which 13 ask for a photo, is in force."""
    (house.workspace / "sops/shelves.md").write_text(LONG)
    house.publish()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("fault", get_args(Fault))
def test_what_does_not_come_from_the_server_is_no_answer(
    take: Take, house: House, line: Line, fault: Fault, method: str
) -> None:
    run = opening(house)
    phone = take("sam")
    line.fault = lambda asked, path: fault if asked == method and path.startswith("/queue") else None
    for step in STEPS:
        phone.tick(run, step)
    phone.says("3 waiting since")
    assert phone.call("status")["held"] == "offline"
    line.fault = lambda asked, path: None
    phone.page.get_by_role("button", name="Send now").click()
    phone.rests()
    assert kept(house, run) == ONCE


def test_airplane_mode_between_tap_and_answer(take: Take, house: House) -> None:
    run = opening(house)
    phone = take("sam")

    def take_off(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()  # it arrives
            phone.page.context.set_offline(True)
            route.abort()
        else:
            route.continue_()

    phone.page.context.route("**/queue", take_off)
    phone.tick(run, STEPS[0])
    phone.says("1 waiting since")
    assert len(kept(house, run)) == 1
    phone.page.context.unroute_all()
    phone.page.context.set_offline(False)
    phone.rests()
    assert kept(house, run) == ONCE[:1]


def test_many_entries_go_in_portions(take: Take, house: House) -> None:
    run = opening(house, sop="shelves")
    phone = take("sam")
    sizes: list[int] = []

    def measure(request: Request) -> None:
        if request.method == "POST":
            sizes.append(len(request.post_data_buffer or b""))

    phone.page.on("request", measure)
    phone.page.context.set_offline(True)
    for n in range(130):
        phone.tick(run, f"shelf-{n}", *([shot()] if n % 10 == 0 else []))
    sizes.clear()
    phone.page.context.set_offline(False)
    phone.rests()
    assert [seq for _, seq in kept(house, run)] == list(range(1, 131))
    assert len(sizes) > 1 and max(sizes) < 8_500_000


def test_a_clock_three_days_off(take: Take, house: House) -> None:
    run = opening(house, ago=timedelta(hours=2))
    phone = take("sam")
    phone.page.clock.install(time=datetime.now(UTC) - timedelta(days=3))
    phone.page.goto("/")
    phone.page.context.set_offline(True)
    phone.tick(run, STEPS[0])
    phone.page.clock.fast_forward("45:00")
    phone.page.context.set_offline(False)
    phone.call("flush")
    with house.app.app_context():
        record = db.session.scalars(select(Record).where(Record.run_id == run)).one()
        waited = record.received_at - (record.made_at or record.received_at)
        db.session.remove()
    assert timedelta(minutes=44) < waited < timedelta(minutes=47)


def test_a_server_that_was_put_back_gets_again_what_it_has_forgotten(take: Take, house: House) -> None:
    run = opening(house, sop="shelves")
    phone = take("sam")
    for n in range(3):
        phone.tick(run, f"shelf-{n}", *([] if n else [shot()]))
    phone.rests()
    with house.app.app_context(), writing() as session:
        session.scalars(select(Installation)).one().instance = "from yesterday"
    phone.tick(run, "shelf-3")
    phone.rests()
    states = [entry["state"] for entry in phone.call("entries", {"run": run})]
    assert states == ["sent"] * 4
    assert [seq for _, seq in kept(house, run)] == [1, 2, 3, 4]


def test_a_photo_larger_than_the_proxy_lets_through_is_shown(take: Take, house: House, line: Line) -> None:
    run = opening(house, sop="shelves")
    phone = take("sam")

    def too_large(route: Route) -> None:
        if len(route.request.post_data_buffer or b"") > 50_000:
            route.fulfill(status=413, body="<h1>413 Request Entity Too Large</h1>", content_type="text/html")
        else:
            route.continue_()

    phone.page.context.route("**/queue", too_large)
    phone.page.context.set_offline(True)
    phone.tick(run, "shelf-9")
    phone.tick(run, "shelf-10", shot())
    phone.tick(run, "shelf-11")
    phone.page.context.set_offline(False)
    phone.says("1 waiting since")
    assert [step for step, _ in kept(house, run)] == ["shelf-9", "shelf-11"]
    for _ in range(2):
        phone.call("flush")
    phone.says("1 was not taken")
    phone.page.goto("/phone")
    expect(phone.page.locator("#refused")).to_contain_text("Something on the way to the server")
    phone.page.context.unroute_all()
    phone.page.get_by_role("button", name="Send again").click()
    expect(phone.page.locator("#refused")).to_be_hidden()
    phone.rests()
    assert len(kept(house, run)) == 3
