"""A run of a thousand steps is usable on a phone: a step’s forms come when they are asked for."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter, House, start

pytestmark = pytest.mark.browser
STEPS = "\n".join(f"{n}. Check bin {n} of the shelf {{#bin-{n}}}" for n in range(1, 1001))


@pytest.fixture(scope="module", autouse=True)
def thousand(house: House) -> None:
    """An SOP of a thousand steps is in force."""
    (house.workspace / "sops/long.md").write_text(f"---\nid: long\nowner: olga\n---\n{STEPS}\n")
    house.publish()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_step_far_down_is_opened_done_and_taken_back(enter: Enter, scripts: bool) -> None:
    page = enter("sam", java_script_enabled=scripts)
    start(page, "long", f"scripts {scripts}")
    page.locator("#step-0").get_by_role("button", name="Done").click()
    page.locator("#step-1.hf-current").wait_for()  # `expect` would read the whole page out at each look
    step = page.locator("#step-700")
    step.locator("summary").first.click()
    step.get_by_role("link", name="Do this step").click()
    step.get_by_role("button", name="Done").click()
    page.locator("#step-700.hf-is-done").wait_for()
    page.locator("#progress").get_by_role("link", name="go to step 2").click()
    expect(page.locator("#step-1.hf-current")).to_be_in_viewport()
    first = page.locator("#step-0")
    first.locator("summary").first.click()
    first.get_by_role("link", name="Change what is recorded").click()
    first.get_by_role("button", name="Undo").click()
    expect(page.locator("#progress")).to_contain_text("1 of 1000 done")


def test_the_page_has_no_more_forms_than_a_browser_bears(enter: Enter) -> None:
    page = enter("sam")
    start(page, "long", "forms")
    assert page.locator("form").count() < 15
