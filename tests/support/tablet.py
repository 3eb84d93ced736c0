"""A shared tablet: its screen, and how somebody takes it."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.support.actors import by
from tests.support.houses import House
from tests.support.installation import NOW
from tracker.db import db, writing
from tracker.domain.people import pins
from tracker.models import Person

TABLET = {"viewport": {"width": 820, "height": 1180}, "has_touch": True}
PIN = "7294"


def give_pins(house: House) -> None:
    """The lead and Sam have PINs from now on."""
    with house.app.app_context():
        with writing() as session:
            for person in session.scalars(select(Person).where(Person.login.in_(["sam", "lena"]))):
                pins.set_own(session, by(person), NOW, pins.new_pin(PIN))
        db.session.remove()


def register(page: Page, name: str) -> None:
    """Make the browser of a lead who is signed in a shared tablet; then it shows the names."""
    page.goto("/devices")
    page.get_by_label("Name of this tablet").fill(name)
    page.get_by_role("button", name="Make this a shared tablet").click()
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()


def unlock(page: Page, name: str, pin: str = PIN) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    for digit in pin:
        page.get_by_role("button", name=digit, exact=True).click()
    page.get_by_role("button", name="Unlock").click()
