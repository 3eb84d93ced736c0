"""What people enter may be one long word: no page becomes wider than the window by it."""

from __future__ import annotations

import pytest

from tests.browser.conftest import PHONE, Enter

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("selector", ["main", "main .hf-lead"])
def test_a_long_word_breaks(enter: Enter, selector: str) -> None:
    page = enter("ada", device=PHONE)
    page.goto("/late")
    page.locator(selector).first.evaluate(
        "place => place.append(Object.assign(document.createElement('p'), {textContent: 'W'.repeat(200)}))"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
