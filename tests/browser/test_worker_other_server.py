"""The server is another one: put back from a backup, renewed, or the old one again. Nothing is lost."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, Come, House, opening, session_cookie, start
from tests.support.evidence import shot
from tests.support.houses import answering
from tests.support.patience import until
from tests.support.phones import STEPS, Phone, kept
from tests.support.proxy import bad_line
from tests.support.workers import Sync, all_kept, answers
from tracker.db import db
from tracker.models import Evidence, Record, Run
from tracker.web import interface
from tracker.web.phone import queue

pytestmark = pytest.mark.browser
ONCE = list(zip(STEPS, (1, 2, 3), strict=True))
SEND = "phone/send.js"


def tick(page: Page, run: int, so_far: int) -> None:
    """Open the run, on which so much is done, and tick the next step."""
    page.goto(f"/runs/{run}")
    expect(page.locator("html")).to_have_attribute("data-phone", "ready")
    tick_here(page, so_far)


def tick_here(page: Page, so_far: int) -> None:
    expect(page.locator("#so-far")).to_contain_text(f"{so_far} of 3")
    page.locator(".hf-current").get_by_role("button", name="Done").click()
    expect(page.locator("#so-far")).to_contain_text(f"{so_far + 1} of 3")
    expect(page.locator("[data-keeping]")).to_have_count(0)


def copied(source: Path, target: Path) -> None:
    """Copy a database as its backup does, while it is in use."""
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(target)) as here:
        there.backup(here)


def photos(house: House) -> int:
    with house.app.app_context():
        number = db.session.query(Evidence).join(Record).filter(Record.step_key == STEPS[1]).count()
        db.session.remove()
    return number


def started(house: House) -> int:
    with house.app.app_context():
        number = db.session.query(Run).filter(Run.subject_ref == "since yesterday").count()
        db.session.remove()
    return number


def test_a_server_put_back_from_a_backup_gets_by_itself_what_it_has_forgotten(
    chromium: Browser, built: Path, tmp_path: Path
) -> None:
    """Records, a photo, and a run that was started on the phone; each is there once again."""
    workspace = shutil.copytree(built, tmp_path / "workspace")
    database, backup = workspace / "instance/holdfast.sqlite3", tmp_path / "yesterday.sqlite3"
    with (
        bad_line("http://127.0.0.1:1") as line,
        chromium.new_context(**PHONE, base_url=line.url) as context,
    ):
        with answering(workspace) as house:
            line.target = house.url
            run = opening(house)
            context.add_cookies([{**session_cookie(house, "sam"), "url": line.url}])
            sam = context.new_page()
            sam.goto("/")
            answers(sam)
            all_kept(sam)
            tick(sam, run, 0)
            Phone(sam).rests()
            copied(database, backup)
            Phone(sam).tick(run, STEPS[1], shot())
            tick(sam, run, 2)
            start(sam, "pack", "since yesterday")
            Phone(sam).rests()
            assert kept(house, run) == ONCE and photos(house) == started(house) == 1
            line.fault = lambda method, path: "cut"
            sam.close()
        for file in database.parent.glob(f"{database.name}*"):
            file.unlink()
        copied(backup, database)
        with answering(workspace) as house:
            assert kept(house, run) == ONCE[:1] and photos(house) == started(house) == 0
            line.target, line.fault = house.url, lambda method, path: None
            sam = context.new_page()
            for _ in range(2):
                sam.goto("/")
                until(lambda: len(kept(house, run)) == 3 and started(house) == 1, sam)
                Phone(sam).call("flush")
                Phone(sam).rests()
                assert kept(house, run) == ONCE and photos(house) == started(house) == 1
            assert Phone(sam).call("status")["refused"] == 0


class Renewed:
    """Lets the server be of another version, whose pages speak another version of the queue."""

    def __init__(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        self._house, self._patch, self._old = house, monkeypatch, house.app.config["INTERFACE"]
        house.app.test_client().get(f"/static/{self._old}/{SEND}")
        self._script = interface._lean[SEND]

    def to(self, protocol: int) -> str:
        """Speak this from now on; the version's name."""
        said = self._script.replace(b"PROTOCOL = 1;", b"PROTOCOL = %d;" % protocol)
        assert protocol == queue.PROTOCOL or said != interface._lean[SEND]
        self._patch.setitem(interface._lean, SEND, said)
        interface._compressed.pop(SEND, None)
        self._patch.setattr(queue, "PROTOCOL", protocol)
        version = self._old if protocol == 1 else f"{protocol:012x}"
        self._patch.setitem(self._house.app.config, "INTERFACE", version)
        return version


@pytest.fixture
def renewed(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Renewed]:
    yield Renewed(house, monkeypatch)
    interface._compressed.pop(SEND, None)


@pytest.mark.parametrize("ways", [(1, 2), (2, 1)], ids=["newer", "older again"])
def test_what_the_old_code_can_not_send_the_code_of_the_server_does(
    come: Come, house: House, renewed: Renewed, ways: tuple[int, int]
) -> None:
    """Also where only the old worker is there to try: it leaves everything as it is."""
    before, after = ways
    renewed.to(before)
    sam = come("sam")
    all_kept(sam)
    run = opening(house)
    all_kept(sam)
    sam.context.set_offline(True)
    tick(sam, run, 0)
    version = renewed.to(after)
    sam.context.set_offline(False)
    Phone(sam).says("1 waiting since")
    Phone(sam).says("because Holdfast was renewed")
    nothing = sam.context.new_page()
    of_worker = lambda request: request.service_worker and request.url.endswith("/queue")  # noqa: E731
    with sam.context.expect_event("requestfinished", of_worker):
        Sync(nothing).fire(house.url)
    assert kept(house, run) == []
    tick_here(sam, 1)  # the page that is open goes on
    Phone(sam).says("2 waiting since")
    sam.reload()
    expect(sam.locator("html")).to_have_attribute("data-version", version)
    Phone(sam).rests()
    assert kept(house, run) == ONCE[:2]
    expect(sam.locator("#so-far")).to_contain_text("2 of 3")
    tick_here(sam, 2)
    Phone(sam).rests()
    assert kept(house, run) == ONCE
