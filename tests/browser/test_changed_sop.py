"""A changed document: the site and new runs follow without a restart, old runs keep their revision."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter, start
from tests.support.serving import House, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The same as everywhere, served as it is in use: by processes that watch the documents."""
    with serving(shutil.copytree(built, tmp_path_factory.mktemp("house") / "workspace")) as house:
        house.wait_for("The site is up to date")
        yield house


def test_the_site_and_new_runs_follow(enter: Enter, house: House) -> None:
    page = enter("sam")
    before = start(page, "count", "shelf 1")
    file = house.workspace / "sops/inventory/count.md"
    file.write_text(file.read_text().replace("Count the pieces", "Count the boxes and the pieces"))
    house.wait_for("1 published")
    start(page, "count", "shelf 2")
    expect(page.get_by_text("Count the boxes and the pieces").first).to_be_visible()
    page.goto(before)
    expect(page.get_by_text("Count the pieces")).to_be_visible()
    house.wait_for("The site is up to date")
    page.goto("/docs/inventory/count/")
    expect(page.get_by_text("Count the boxes and the pieces").first).to_be_visible()
