"""What a document holds beside its steps is seen on the site and in a run: its parts, its diagrams."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Enter, start
from tests.support.houses import House
from tests.support.width import too_wide
from tracker.authoring.build import build_site

pytestmark = pytest.mark.browser

DESK = """\
# Members' desk

How it goes:

```mermaid
flowchart LR
  A[Somebody comes] --> B{Known?}
  B -- yes --> C[Change the address]
  B -- no --> D[Add a member]
```

## Add a member

1. Open **Members** {#open}
2. Decide by this: {#decide}

    ```mermaid
    flowchart TD
      X[Under 16] --> Y[A parent signs]
    ```

## Close an account

The member must have paid all fees.

1. Search for the member {#search}
2. Print the letter {#print}

## What can't be drawn

```mermaid
no diagram at all
```
"""


@pytest.fixture(scope="module", autouse=True)
def desk(house: House) -> None:
    (house.workspace / "sops/fulfillment/desk.md").write_text(DESK)
    house.publish()
    build_site(house.workspace)


def test_diagrams_are_drawn_on_the_site_and_what_can_not_be_stays_as_text(enter: Enter) -> None:
    for device in (PHONE, DESKTOP):
        page = enter("sam", device=device)
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto("/docs/fulfillment/desk/")
        expect(page.locator(".hf-drawn img")).to_have_count(2)
        picture = page.locator(".hf-drawn").first.bounding_box()
        assert picture and picture["height"] > 40 and picture["width"] <= page.viewport_size["width"]  # type: ignore[index]
        assert not too_wide(page)
        expect(page.get_by_text("no diagram at all")).to_be_visible()
        expect(page.get_by_text("Somebody comes")).to_be_hidden()
        page.get_by_text("The diagram as text").first.click()
        expect(page.get_by_text("Somebody comes")).to_be_visible()
        assert all(url.startswith((page.url.split("/docs")[0], "data:", "blob:")) for url in asked)


def test_a_site_without_diagrams_loads_nothing_to_draw_them(enter: Enter) -> None:
    page = enter("sam")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/docs/fulfillment/pack/", wait_until="networkidle")
    assert not [url for url in asked if "diagram" in url or "mermaid" in url]


def test_the_parts_of_a_document_stand_between_the_steps_of_its_run(enter: Enter) -> None:
    page = enter("sam")
    start(page, "fulfillment-desk", "parts")
    assert page.locator(".hf-section").all_inner_texts() == ["Add a member", "Close an account"]
    assert page.locator(".hf-section + .hf-step").evaluate_all("all => all.map(({ id }) => id)") == [
        "step-0", "step-2",
    ]  # fmt: skip


def test_one_step_at_a_time_says_which_part_it_is_of(enter: Enter) -> None:
    page = enter("sam", steps="one")
    start(page, "fulfillment-desk", "one")
    expect(page.locator("#parent")).to_have_text("Add a member")
    expect(page.locator(".hf-section").first).to_be_hidden()
    for _ in range(3):
        page.locator("[data-turn='1']").click()
    expect(page.locator("#parent")).to_have_text("Close an account")


def test_a_diagram_in_a_step_can_be_read_in_the_run(enter: Enter) -> None:
    page = enter("sam", steps="one")
    start(page, "fulfillment-desk", "text")
    page.locator("[data-turn='1']").click()
    expect(page.locator(".hf-shown").get_by_text("A parent signs")).to_be_visible()
