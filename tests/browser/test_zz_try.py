from __future__ import annotations
import re
import pytest
from tests.browser.conftest import DESKTOP, PHONE, Enter, House, start
from tests.support.installation import PASSWORD
pytestmark = pytest.mark.browser

def test_try(enter):
    for name, size in (("phone", {"width": 390, "height": 664}), ("desk", {"width": 1440, "height": 900})):
        a, b = enter("ada"), enter("ada")
        for p in (a, b): p.set_viewport_size(size)
        pid = {"phone": 4, "desk": 5}[name]
        a.goto(f"/people/{pid}"); b.goto(f"/people/{pid}")
        a.get_by_text("Disabled: can’t sign in, and is").click(); a.get_by_role("button", name="Save the account").click()
        a.screenshot(path=f"/tmp/left-{name}.png", full_page=True)
        b.locator("#name").fill("Lena Berg"); b.get_by_role("button", name="Save the account").click()
        b.screenshot(path=f"/tmp/conflict-{name}.png", full_page=True)
        o = enter("olga"); o.set_viewport_size(size)
        start(o, "opening", f"x{name}")
        o.locator("summary", has_text=re.compile("Hand over")).click()
        o.get_by_label("Pause the run, because").fill("No cartons here, and nobody knows when they come."); o.context.clear_cookies()
        o.get_by_role("button", name="Pause this run").click()
        o.screenshot(path=f"/tmp/login-{name}.png")
        o.get_by_label("Login name").fill("olga"); o.get_by_label("Password").fill(PASSWORD); o.get_by_role("button", name="Sign in").click()
        o.screenshot(path=f"/tmp/again-{name}.png", full_page=True)
