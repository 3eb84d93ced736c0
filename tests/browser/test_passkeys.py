"""Passkeys in a real browser, whose authenticator is a virtual one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Route, expect

from tests.browser.conftest import DESKTOP, House
from tests.support.installation import PASSWORD

pytestmark = pytest.mark.browser

Device = Callable[..., tuple[BrowserContext, Page, CDPSession, str]]


@pytest.fixture
def device(chromium: Browser, house: House) -> Iterator[Device]:
    """A browser of its own whose authenticator holds keys, and verifies who holds it."""
    contexts = []
    url = house.url.replace("127.0.0.1", "localhost")

    def made(*, verifies: bool = True) -> tuple[BrowserContext, Page, CDPSession, str]:
        context = chromium.new_context(**DESKTOP, base_url=url)
        contexts.append(context)
        page = context.new_page()
        cdp = context.new_cdp_session(page)
        cdp.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
            "hasUserVerification": verifies, "isUserVerified": verifies, "automaticPresenceSimulation": True,
        }  # fmt: skip
        found = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return context, page, cdp, found["authenticatorId"]

    yield made
    for context in contexts:
        context.close()


def give_password(page: Page, login: str) -> None:
    page.goto("/login")
    page.get_by_label("Login name").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def add(page: Page, login: str, name: str) -> None:
    give_password(page, login)
    expect(page).to_have_title("Today · Holdfast")
    page.goto("/account/factors")
    page.get_by_label("Name of the new one").fill(name)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("strong").get_by_text(name)).to_be_visible()


def sign_out(page: Page) -> None:
    page.context.clear_cookies()


def credentials(cdp: CDPSession, authenticator: str) -> list[dict[str, Any]]:
    found = cdp.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})
    return list(found["credentials"])


def test_a_passkey_is_the_second_factor_and_also_both(device: Device) -> None:
    _, page, cdp, authenticator = device()
    add(page, "lena", "my phone")
    assert len(credentials(cdp, authenticator)) == 1
    sign_out(page)
    give_password(page, "lena")
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_title("Today · Holdfast")
    sign_out(page)
    page.goto("/login")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_title("Today · Holdfast")
    expect(page.locator(".hf-me summary")).to_contain_text("Lena")
    page.goto("/account/factors")
    expect(page.get_by_text("last used")).to_be_visible()


def test_a_passkey_that_does_not_verify_its_holder_is_no_way_around_the_password(device: Device) -> None:
    _, page, cdp, authenticator = device(verifies=False)
    add(page, "otto", "his key")
    (key,) = credentials(cdp, authenticator)
    name = key["credentialId"].replace("+", "-").replace("/", "_").rstrip("=")
    sign_out(page)

    def not_asked(route: Route) -> None:  # as a browser would that somebody has changed
        answer = route.fetch()
        more = {"userVerification": "discouraged", "allowCredentials": [{"type": "public-key", "id": name}]}
        route.fulfill(response=answer, json={**answer.json(), **more})

    page.route("**/login/passkey/challenge", not_asked)
    page.goto("/login")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("This passkey is not known here.")).to_be_visible()
    give_password(page, "otto")
    page.get_by_role("button", name="Use a passkey").click()  # as a second factor presence is enough
    expect(page).to_have_title("Today · Holdfast")


def test_a_copied_key_whose_counter_stands_still_is_refused(device: Device) -> None:
    _, page, cdp, authenticator = device()
    add(page, "olga", "laptop")
    (copied,) = credentials(cdp, authenticator)
    sign_out(page)
    give_password(page, "olga")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_title("Today · Holdfast")
    _, other, cdp2, authenticator2 = device()
    cdp2.send("WebAuthn.addCredential", {"authenticatorId": authenticator2, "credential": copied})
    give_password(other, "olga")
    other.get_by_role("button", name="Use a passkey").click()
    expect(other.get_by_text("That is not it.")).to_be_visible()


def test_the_key_of_somebody_else_opens_nothing(device: Device) -> None:
    _, page, _, _ = device()
    add(page, "iris", "iris’ key")
    _, other, cdp, authenticator = device()
    add(other, "oskar", "oskar’s key")
    (theirs,) = credentials(cdp, authenticator)
    _, third, cdp3, authenticator3 = device()
    cdp3.send("WebAuthn.addCredential", {"authenticatorId": authenticator3, "credential": theirs})
    give_password(third, "iris")
    third.get_by_role("button", name="Use a passkey").click()
    expect(third.get_by_text("The passkey was not used.")).to_be_visible()
    third.goto("/")
    expect(third).to_have_url(re.compile("/login"))


def test_at_an_ip_address_an_app_is_offered_instead(
    enter: Callable[..., Page], house: House, tmp_path: Path
) -> None:
    page = enter("sam")
    page.goto("/account/factors")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button").last.click()
    expect(page.get_by_text("Passkeys need an address with a name")).to_be_visible()
    expect(page.get_by_role("link", name="Set up an app")).to_be_visible()
    expect(page.get_by_role("button", name="Add a passkey")).to_have_count(0)
