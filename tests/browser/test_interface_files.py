"""The interface files that `make` installed are the ones a browser understands."""

import re
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Page

VENDOR = Path(__file__).parents[2] / "tracker/static/vendor"
pytestmark = pytest.mark.browser


def test_htmx_runs_at_the_pinned_version(desktop: Page) -> None:
    desktop.add_script_tag(path=VENDOR / "htmx.min.js")
    assert desktop.evaluate("htmx.version") == "4.0.1"


def test_a_phone_has_a_phones_window_and_touch(phone: Page) -> None:
    phone.set_content("<meta name=viewport content='width=device-width'>")
    assert phone.evaluate("[innerWidth, innerHeight, navigator.maxTouchPoints > 0]") == [390, 844, True]


def test_tablers_styles_apply(desktop: Page) -> None:
    desktop.set_content("<button class='btn btn-primary'>Start</button>")
    desktop.add_style_tag(path=VENDOR / "tabler.min.css")
    assert desktop.locator("button").evaluate("e => getComputedStyle(e).display") == "inline-flex"


def test_the_scanner_is_the_one_that_its_script_was_made_for() -> None:
    script = (VENDOR / "scanner/zxing-exported.js").read_text()
    digest = sha256((VENDOR / "scanner/zxing_reader.wasm").read_bytes()).hexdigest()
    assert digest in script
    assert set(re.findall(r'from "(.+?)"', (VENDOR / "scanner/ponyfill.js").read_text())) == {
        "./zxing-exported.js"
    }
