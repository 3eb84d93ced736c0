"""Without network a run leads on, too: what failed is done again, and the next one is started."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Come, House
from tests.support.workers import all_kept

pytestmark = pytest.mark.browser
BELT = """---
id: belt
title: Put it on the belt
owner: olga
subject: order
---
1. Look at the box {#look}
2. Weigh it {#weigh input=number unit=g max=500}
3. Go {#go}
"""


def done(page: Page) -> None:
    page.locator(".hf-current").get_by_role("button", name="Done").click()


def test_the_end_of_a_run_leads_on(come: Come, house: House) -> None:
    (house.workspace / "sops/belt.md").write_text(BELT)
    house.publish()
    sam = come("sam", steps="one")
    all_kept(sam)
    sam.context.set_offline(True)
    sam.goto("/start/belt")
    sam.locator("#subject").fill("belt-1")
    sam.get_by_role("button", name="Start Put it on the belt").click()
    sam.wait_for_url("**/runs/ref/*")
    expect(sam.locator("html")).to_have_attribute("data-phone", "ready")
    done(sam)
    expect(sam.locator("#so-far")).to_contain_text("1 of 3")
    sam.locator(".hf-current [name=value]").first.fill("900")
    done(sam)
    expect(sam.locator("#step-1")).to_contain_text("900 g")
    expect(sam.locator("#message")).to_contain_text("900 g")
    for way in ("-1", "1"):  # what was said of a step is not said beside another
        sam.locator(f"[data-turn='{way}']").click()
        expect(sam.locator("#message")).to_be_empty()
    expect(sam.locator("#end")).not_to_contain_text("Put right step")  # something else is still to be done
    done(sam)
    sam.locator("#end").get_by_role("link", name="Put right step 2").click()
    again = sam.locator("#step-1.hf-shown")
    again.locator("[name=value]").first.fill("400")
    again.get_by_role("button", name="Done").click()
    end = sam.locator("#end")
    expect(end).to_contain_text("Closed here", timeout=15_000)
    expect(sam.locator("#so-far")).to_contain_text("3 of 3")
    end.get_by_label("Scan or type the next order").fill("belt-2")
    first = sam.url
    end.get_by_role("button", name="Start", exact=True).click()
    sam.wait_for_url(lambda url: "/runs/ref/" in url and url != first)
    expect(sam.get_by_role("heading", level=1)).to_contain_text("belt-2")
    expect(sam.locator("#so-far")).to_contain_text("0 of 3")
