"""A browser that keeps nothing, or has no room, says so; what can't be kept is sent as a form."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import House, Take, opening
from tests.support.phones import REFUSES, STEPS, kept

pytestmark = pytest.mark.browser
FILLS = """() => {
  const { add } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.add = () => { throw new DOMException("no room", "QuotaExceededError"); };
  window.empties = () => Object.assign(IDBObjectStore.prototype, { add });
}"""
DIES = """() => {
  const open = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...args) {
    IDBDatabase.prototype.transaction = open;
    this.close();  // as a browser does that was in the background
    return open.apply(this, args);
  };
}"""


def test_storage_refused(take: Take, house: House) -> None:
    run = opening(house)
    phone = take("sam")
    phone.page.context.add_init_script(REFUSES)
    phone.page.goto("/")
    phone.says("Not kept on this phone: this browser keeps nothing")
    assert phone.tick(run, STEPS[0]) == "refused"
    assert phone.call("entries", {"run": run}) == []
    assert phone.call("flush") == {"held": None}
    phone.page.goto("/phone")
    expect(phone.page.get_by_role("heading", name="Waiting to be sent")).to_be_visible()
    phone.page.goto(f"/runs/{run}")
    phone.says("Not kept on this phone")
    phone.page.get_by_role("button", name="Done").first.click()
    expect(phone.page.locator("#step-0")).to_have_class(re.compile("hf-is-done"))
    assert [step for step, _ in kept(house, run)] == [STEPS[0]]


def test_storage_full(take: Take, house: House) -> None:
    run = opening(house)
    phone = take("sam")
    phone.page.evaluate(FILLS)
    assert phone.tick(run, STEPS[0]) == "full"
    phone.says("Not kept on this phone: it has no room left.")
    phone.page.evaluate("empties()")
    phone.tick(run, STEPS[1])
    phone.rests()
    expect(phone.page.locator("#saved")).not_to_contain_text("Not kept on this phone")
    assert [step for step, _ in kept(house, run)] == [STEPS[1]]


def test_a_store_that_was_closed_in_the_background_is_opened_again(take: Take, house: House) -> None:
    run = opening(house)
    phone = take("sam")
    phone.page.evaluate(DIES)
    phone.tick(run, STEPS[0])
    phone.rests()
    assert kept(house, run) == [(STEPS[0], 1)]
