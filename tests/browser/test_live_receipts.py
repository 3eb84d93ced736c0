"""A page that was without answers asks as soon as the server has taken something from this phone."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Come, House, opening
from tests.support.phones import STEPS, Phone

pytestmark = pytest.mark.browser

BY_ITSELF_NEVER = """
  const later = globalThis.setTimeout;
  globalThis.setTimeout = (done, ms, ...given) => done.name === "look" ? 0 : later(done, ms, ...given);
"""
"""As after many looks without an answer, when the next one is half a minute away."""


@pytest.mark.parametrize("place", ["/runs/{run}", "/"])
def test_a_receipt_makes_the_page_look_at_once(come: Come, house: House, place: str) -> None:
    run = opening(house)
    page = come("sam").context.new_page()
    page.add_init_script(BY_ITSELF_NEVER)
    with page.expect_response("**/live*"):
        page.goto(place.format(run=run))
    phone = Phone(page)
    phone.rests()
    with page.expect_response("**/live*"):
        phone.add("record", {"step": STEPS[0], "outcome": "done", "value": ""}, run=run)
    phone.rests()
