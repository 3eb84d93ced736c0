"""A phone says when its records were made, also one that keeps nothing; what was refused is none of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import DESKTOP, READY, Enter, saved, start
from tests.support.phones import REFUSES

pytestmark = pytest.mark.browser


def sent(request: Request) -> tuple[int, float]:
    """The number of the record that a request brings, and how old it says the record is, in seconds."""
    fields = dict(re.findall(r'name="(\w+)"\r\n\r\n([^\r]*)', request.post_data or ""))
    at, now = (datetime.fromisoformat(fields[name]) for name in ("device_at", "device_now"))
    return int(fields["device_seq"]), (now - at).total_seconds()


def press(page: Page, step: int, button: str = "Done") -> tuple[int, float]:
    with page.expect_request(re.compile("/records")) as found:
        page.locator(f"#step-{step}").get_by_role("button", name=button, exact=True).click()
    return sent(found.value)


def pass_minutes(page: Page, minutes: float) -> None:
    page.clock.set_system_time(datetime.now(UTC) + timedelta(minutes=minutes))


def close(page: Page, address: str) -> None:
    """Close a run with all that nobody has touched, as somebody else."""
    page.goto(address)
    page.locator(READY).wait_for(state="attached")
    page.get_by_role("button", name="Close this run").click()
    page.get_by_role("button", name="Close it with").click()
    expect(page.get_by_text("Closed by Ada")).to_be_visible()


def counts_as_late(page: Page) -> None:
    page.reload()
    expect(page.locator("#step-0")).to_have_class(re.compile("hf-is-done"))
    expect(page.locator("#step-0")).to_contain_text("came after the run was closed")
    expect(page.locator("#step-1")).to_contain_text("omitted")


def test_what_waited_on_the_phone_while_the_run_was_closed_counts(enter: Enter) -> None:
    sam, ada = enter("sam", watched=False), enter("ada", device=DESKTOP)
    address = start(sam, "opening", "")
    sam.context.set_offline(True)
    sam.locator("#step-0").get_by_role("button", name="Done").click()
    expect(sam.locator("#saved")).to_contain_text("1 waiting since")
    close(ada, address)
    sam.context.set_offline(False)
    saved(sam)
    counts_as_late(ada)


def test_what_waited_on_a_page_that_keeps_nothing_counts_too(enter: Enter) -> None:
    sam, ada = enter("sam", watched=False), enter("ada", device=DESKTOP)
    sam.context.add_init_script(REFUSES)
    address = start(sam, "opening", "")
    sam.context.set_offline(True)
    press(sam, 0)
    expect(sam.locator("#message")).to_contain_text("Not saved.")
    close(ada, address)
    pass_minutes(sam, 4)
    sam.context.set_offline(False)
    with sam.expect_request(re.compile("/records")) as found:
        sam.get_by_role("button", name="Send it again").click()
    assert 235 < sent(found.value)[1] < 300
    expect(sam.locator("#message")).to_contain_text("saved")
    counts_as_late(ada)


def test_what_was_refused_is_made_anew_by_the_next_press(enter: Enter) -> None:
    sam, ada = enter("sam"), enter("ada", device=DESKTOP)
    sam.context.add_init_script(REFUSES)
    sam.clock.install()  # from the start: what a page times by its events goes by one clock
    ada.goto(start(sam, "pack", "refused"))
    ada.get_by_text("Hand over, pause or cancel").click()
    ada.get_by_label("Pause the run, because").fill("lunch")
    sam.locator("#step-0").get_by_role("textbox").first.fill("T")
    ada.get_by_role("button", name="Pause this run").click()
    expect(ada.get_by_role("button", name="Go on")).to_be_visible()
    first, age = press(sam, 0)
    assert age < 5
    expect(sam.locator("#message")).to_contain_text("paused: lunch")
    ada.get_by_role("button", name="Go on").click()
    expect(ada.get_by_label("Pause the run, because")).to_have_count(1)
    pass_minutes(sam, 10)
    again, age = press(sam, 0)
    assert again == first and age < 5
    expect(sam.locator("#message")).to_contain_text("saved")
    sam.locator("#step-1").get_by_role("textbox").first.fill("500")
    assert press(sam, 1)[0] == first + 1
