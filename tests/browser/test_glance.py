"""On the site, the page of an SOP says how it goes and marks its weak steps, also from page to page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter, start
from tests.support import installation
from tests.support.accessibility import objections
from tests.support.actors import by
from tests.support.houses import House, answering
from tracker.authoring.build import build_site
from tracker.db import db, writing
from tracker.domain.runs import lifecycle
from tracker.models import WeakPoint

pytestmark = pytest.mark.browser
PAGE = "/docs/fulfillment/pack/"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The usual installation with a translation, instant navigation, a weak step and an open run."""
    place = tmp_path_factory.mktemp("house") / "workspace"
    app = installation.build(place)
    config = place / "mkdocs.yml"
    config.write_text(config.read_text().replace("features: [", "features: [navigation.instant, "))
    (place / "sops/index.md").write_text("# Our way of working\n")
    (place / "sops/fulfillment/pack.de.md").write_text(
        installation.PACK.replace("Weigh the parcel", "Wiege das Paket")
    )
    with app.app_context():
        with writing() as session:
            cast = installation.cast_of(session)
            lifecycle.start(
                session, by(cast.staff), datetime.now(UTC), "pack", subject="1042", assignee=cast.staff
            )
            for key in ("weigh", "hand"):
                session.add(
                    WeakPoint(
                        sop_id="pack", step_key=key, kind="failed", n=180, count=14, low=0.05, high=0.13,
                        posterior=0.08, probability=1.0, tolerance=0.02, critical=False, flagged=True,
                        band="fix-first", per_month=30.0, cost=2.0, priority=1.0, since=date(2026, 1, 1),
                    )
                )  # fmt: skip
        db.engine.dispose()
    build_site(place)
    with answering(place) as house:
        yield house


def strip(page: Page) -> None:
    """The strip is there once, and each weak step has one mark."""
    expect(page.locator(".hf-glance")).to_have_count(1)
    expect(page.locator(".hf-glance")).to_contain_text("1 open · not done in the last 90 days")
    expect(page.locator("a.hf-weak")).to_have_count(2)
    for key in ("weigh", "hand"):  # one step has badges of its own, the other has none
        mark = page.locator(f"[id='sop:{key}'] > .hf-badges > a.hf-weak")
        expect(mark).to_contain_text("14 of 180 failed since 1 Jan 2026")
        expect(mark).to_have_attribute("href", f"/sops/pack/steps/{key}")


def test_the_strip_and_the_marks_are_on_every_page_of_the_sop(enter: Enter, house: House) -> None:
    page = enter("olga")
    page.goto(PAGE)
    strip(page)
    page.locator("nav.hf-languages a").click()  # instant navigation: no script runs again
    expect(page.locator("[id='sop:weigh']")).to_contain_text("Wiege das Paket")
    strip(page)
    page.go_back()
    expect(page.locator("[id='sop:weigh']")).to_contain_text("Weigh the parcel")
    strip(page)
    page.goto("/docs/")
    expect(page.locator(".hf-glance")).to_have_count(0)


def test_it_follows_what_happens_without_a_reload(enter: Enter, house: House) -> None:
    page = enter("sam")
    page.clock.install()
    page.goto(PAGE)
    expect(page.locator(".hf-glance b")).to_have_text("1 open")
    expect(page.locator("a.hf-weak")).to_have_count(0)  # reports are not for staff
    start(page.context.new_page(), "pack", "1099")
    page.clock.run_for(16_000)
    expect(page.locator(".hf-glance b")).to_have_text("2 open")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_object_to(enter: Enter, house: House, scheme: str) -> None:
    page = enter("olga", color_scheme=scheme, bypass_csp=True)
    page.goto(PAGE)
    expect(page.locator("a.hf-weak").first).to_be_visible()
    assert objections(page, colours=scheme == "dark") == []
