"""A second person signs, on a phone of their own, on that of whoever did the step, and from the queue."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Enter, House, saved, start
from tests.support.accessibility import objections
from tests.support.installation import PASSWORD, PAY, SHIP

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def shipping(house: House) -> None:
    """One more SOP is in force, with steps to be signed."""
    (house.workspace / "sops/ship.md").write_text(SHIP)
    (house.workspace / "sops/pay.md").write_text(PAY)
    house.publish()


def pack_and_check(page: Page, order: str) -> str:
    address = start(page, "ship", order)
    for place in (0, 1):
        page.locator(f"#step-{place}").get_by_role("button", name="Done").click()
        saved(page)
    expect(page.locator("#step-1")).to_contain_text("to be signed")
    return address


def test_signed_on_the_same_phone(enter: Enter) -> None:
    page = enter("sam")
    pack_and_check(page, "same phone")
    expect(page.locator("#end")).to_contain_text("once somebody has signed “Check the address”")
    step = page.locator("#step-1")
    step.locator("summary").first.click()
    step.get_by_text("Somebody signs here").click()
    step.get_by_label("Name of whoever checks it").fill("lena")
    step.get_by_label("Their password").fill("wrong")
    step.get_by_role("button", name="Sign: it is right").click()
    expect(page.locator("#message")).to_contain_text("nothing is signed")
    step.get_by_label("Their password").fill(PASSWORD)
    step.get_by_role("button", name="Sign: it is right").click()
    expect(page.locator("#message")).to_contain_text("signed by Lena")
    expect(page.get_by_role("button", name="Close this run")).to_be_visible()


def test_a_refused_signature_stays_where_it_was_given(enter: Enter) -> None:
    page = enter("sam", steps="one")
    start(page, "ship", "one step")
    for place in (0, 1):
        page.locator(f"#step-{place}").get_by_role("button", name="Done").click()
        expect(page.locator(f"#step-{place + 1}")).to_have_class(re.compile("hf-shown"))
    page.locator("[data-turn='-1']").click()
    step = page.locator("#step-1")
    step.get_by_text("Somebody signs here").click()
    step.get_by_label("Name of whoever checks it").fill("LENA")  # what she is called, not her login
    step.get_by_label("Their password").fill("wrong")
    step.get_by_role("button", name="Sign: it is right").click()
    expect(page.locator("#message")).to_contain_text("nothing is signed")
    expect(step).to_have_class(re.compile("hf-shown"))
    expect(step.get_by_label("Name of whoever checks it")).to_have_value("LENA")
    step.get_by_label("Their password").fill(PASSWORD)
    step.get_by_role("button", name="Sign: it is right").click()
    expect(page.locator("#message")).to_contain_text("signed by Lena")
    expect(page.locator("#step-2")).to_have_class(re.compile("hf-shown"))


def test_a_refused_signature_without_scripts_keeps_what_was_written(enter: Enter) -> None:
    page = enter("sam", java_script_enabled=False)
    pack_and_check_plainly(page)
    step = page.locator("#step-1")
    step.locator("summary").first.click()
    step.get_by_text("Somebody signs here").click()
    step.get_by_label("Name of whoever checks it").fill("lena")
    step.get_by_label("Their password").fill("wrong")
    step.get_by_role("button", name="Sign: it is right").click()
    expect(page.get_by_role("heading", name="nothing is signed")).to_be_visible()
    expect(page.get_by_label("Login name")).to_have_value("lena")
    page.get_by_label("The password or PIN, once more").fill(PASSWORD)
    page.get_by_role("button", name="Send it once more").click()
    expect(page.locator("#step-1")).to_contain_text("signed by Lena")


def pack_and_check_plainly(page: Page) -> None:
    start(page, "ship", "plainly")
    for place in (0, 1):
        page.locator(f"#step-{place}").get_by_role("button", name="Done").click()
        expect(page.locator(f"#step-{place}")).to_have_class(re.compile("hf-is-done"))


@pytest.mark.parametrize("scripts", [True, False])
def test_sent_back_and_signed_on_a_phone_of_ones_own(enter: Enter, scripts: bool) -> None:
    sam = enter("sam")
    pack_and_check(sam, f"own phone {scripts}")
    lena = enter("lena", java_script_enabled=scripts)
    lena.get_by_role("link", name="Check the address").first.click()
    step = lena.locator("#step-1")
    expect(step.get_by_text("This waits for your signature")).to_be_visible()
    step.get_by_label("Your password, again").fill(PASSWORD)
    step.get_by_text("It is not right").click()
    step.get_by_label("What is wrong?").fill("Wrong street")
    step.get_by_role("button", name="Send it back").click()
    expect(lena.locator("#step-1")).to_contain_text("Wrong street")
    sam.reload()
    sam.locator("#step-1").get_by_role("button", name="Put right").click()
    saved(sam)
    lena.reload()
    lena.locator("#step-1").get_by_label("Your password, again").fill(PASSWORD)
    lena.locator("#step-1").get_by_role("button", name="Sign: it is right").click()
    expect(lena.locator("#step-1")).to_contain_text("signed by Lena")
    sam.reload()
    expect(sam.get_by_role("button", name="Close this run")).to_be_visible()


@pytest.mark.parametrize(("device", "scheme", "scripts"), [(DESKTOP, "light", True), (PHONE, "dark", False)])
def test_a_whole_run_from_its_last_step_to_an_amendment(
    enter: Enter, device: dict[str, Any], scheme: str, scripts: bool
) -> None:
    sam = enter("sam")
    address = start(sam, "pay", f"{scheme} refund")
    for place in range(3):
        sam.locator(f"#step-{place}").get_by_role("button", name="Done").click()
        saved(sam)
    expect(sam.locator("#end")).to_contain_text(
        "This waits for a second person’s signature: quality, or a lead"
    )
    lena = enter("lena", device=device, color_scheme=scheme, java_script_enabled=scripts, bypass_csp=True)
    lena.goto("/signoffs")
    entry = lena.locator(".hf-queue", has_text=f"{scheme} refund")
    assert not scripts or objections(lena) == []
    entry.get_by_label("Your password, again").fill(PASSWORD)
    entry.get_by_text("It is not right").click()
    entry.get_by_label("What is wrong?").fill("The amount is wrong")
    entry.get_by_role("button", name="Send it back").click()
    expect(lena.locator("#message")).to_contain_text("Sent back: Pay a refund")
    sam.reload()
    expect(sam.locator("#sent-back")).to_contain_text("The amount is wrong")
    sam.locator("#step-1 > details > summary").click()
    sam.locator("#step-1").get_by_role("button", name="Undo").click()
    expect(sam.locator("#sent-back")).not_to_contain_text("The amount is wrong")
    sam.locator("#step-1").get_by_role("button", name="Done").click()
    expect(sam.locator("#end")).to_contain_text("This waits for a second person’s signature")
    lena.goto("/signoffs")
    entry.get_by_label("Your password, again").fill(PASSWORD)
    entry.get_by_role("button", name="Sign: it is right").click()
    expect(lena.locator("#message")).to_contain_text("Lena has signed: Pay a refund")
    sam.reload()
    sam.get_by_role("button", name="Close this run").click()
    expect(sam.get_by_text("Closed by Sam")).to_be_visible()
    lena.goto(address)
    lena.locator("#step-0 > details > summary").click()
    lena.locator("#step-0").get_by_role("link", name="Put the record right").click()
    assert not scripts or objections(lena) == []
    lena.locator("summary", has_text="failed").click()
    lena.get_by_label("What was wrong?").fill("It was another receipt")
    lena.get_by_role("button", name="Put it right: it failed").click()
    expect(lena.locator("#amended")).to_contain_text("It was another receipt")
    expect(lena.locator("#end")).to_contain_text("The signature of Lena is void")
    assert not scripts or objections(lena) == []
