"""Every count on every page of the reports leads to exactly its runs, on the period that is chosen.

The reports of a small installation are walked as its owner would: each page, each link from it to another.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.support.installation import PACK, Cast, Visitor
from tests.support.reading import words
from tracker.authoring.sync import publish
from tracker.db import new_id
from tracker.domain.facts import parts
from tracker.domain.signals import ceiling, key_people, shortening
from tracker.domain.weakpoints import refresh
from tracker.models import Outcome, Person, Record, Revision, Run, Sop
from tracker.web.reports import closed
from tracker.worker import counting

Visit = Callable[[Person | None], Visitor]
NOW = datetime.now(UTC)
REPORTS = re.compile(
    r"/(overview|weak-points|load|dependency|spot-checks|closed-runs|sops/[^/]+(/steps/.+)?)$"
)
LINK = re.compile(r'<a\b[^>]*?href="([^"]+)"[^>]*>(.*?)</a>', re.S)
CELL = re.compile(r'<td class="hf-num[^"]*"(?: data-label="([^"]*)")?>(.*?)</td>', re.S)
NO_COUNTS = ("Usual time", "Days")  # what a cell says that counts no runs, by its label
EACH = (
    "/weak-points", "/load", "/dependency", "/spot-checks", "/sops/pack", "/sops/pack/steps/weigh",
)  # fmt: skip
SHOWN = 15  # rows on a page of a list: many are read, and their pages turned
REASONS = ("", "Out of stock", "Label  torn\nat the edge", "No time")


def run(
    session: Session, chance: random.Random, cast: Cast, sop: Sop, revision: Revision, at: datetime
) -> None:
    """A closed run as work leaves it: somewhere, by somebody, perhaps late, perhaps with something lost."""
    who = chance.choices([cast.staff, cast.lead, cast.outsider], [8, 1, 1])[0]
    place = chance.choice([cast.lead.location_id, cast.other_lead.location_id, None])
    due = at + timedelta(hours=chance.choice([-1, 1]))
    made = Run(
        sop_id=sop.id, revision_id=revision.id, state="done", subject_ref=f"{at:%m%d-%H%M%S}", started_at=at,
        closed_at=at, location_id=place, closed_by_id=who.id, due_at=due,
    )  # fmt: skip
    session.add(made)
    session.flush()
    for step in revision.steps:
        odds = [60, 9, 25, 3, 3] if step.key == "weigh" else [90, 3, 3, 2, 2]
        outcome = chance.choices(["done", "skipped", "failed", "omitted", "na"], odds)[0]
        lost = outcome in ("skipped", "failed")
        session.add(
            Outcome(
                run_id=made.id, step_key=step.key, sop_id=sop.id, revision_id=revision.id, outcome=outcome,
                reason=chance.choice(REASONS) if lost else "", closed_at=at, recovered=outcome == "failed",
            )
        )  # fmt: skip
        if outcome not in ("omitted", "na"):
            session.add(
                Record(
                    id=new_id(), run_id=made.id, step_key=step.key, kind=outcome, person_id=who.id,
                    device_at=at, received_at=at,
                )
            )  # fmt: skip


@pytest.fixture
def worked(app: Flask, session: Session, cast: Cast, workspace: Path) -> None:
    """A year of work on three SOPs, of which one was changed and has left a step behind; all counted.

    On three days of the week, early and late: each hour and weekday more is a list more of the same kind.
    """
    chance = random.Random(12)
    file = workspace / "sops/fulfillment/pack.md"
    old = session.get_one(Sop, "pack").in_force
    file.write_text(
        PACK.replace("Weigh the parcel", "Put the parcel on the scale").replace("4. Add", "3. Add")
    )
    assert publish(app, app.config["HOLDFAST"]).errors == []
    session.rollback()
    session.execute(update(Revision).values(published_at=NOW - timedelta(days=400)))
    pack = session.get_one(Sop, "pack", populate_existing=True)
    assert old and pack.in_force
    pack.in_force.published_at = NOW - timedelta(days=30)
    for back in [back for back in range(380, 0, -1) if (NOW - timedelta(days=back)).weekday() in (0, 3, 6)]:
        for sop_id in ("pack", "pack", "pack", "count", "opening"):
            sop = session.get_one(Sop, sop_id)
            revision = old if sop is pack and back > 30 else sop.in_force
            assert revision
            at = (NOW - timedelta(days=back)).replace(
                hour=chance.choice((6, 23)), minute=chance.randrange(60)
            )
            if back % 3 == 0 or sop is pack:
                run(session, chance, cast, sop, revision, at)
    session.commit()
    counting.fold(session, NOW)
    for look in (refresh.refresh, key_people.refresh, ceiling.refresh, shortening.refresh):
        look(session, NOW)
        session.rollback()


def links(page: str) -> Iterator[tuple[str, str]]:
    """Each link of a page: its address and its text."""
    for address, text in LINK.findall(page):
        yield unescape(address), plain(text)


def total(page: str) -> int:
    """How many rows a list says it has."""
    (heading,) = re.findall(r"<h1.*?</h1>", page, re.S)
    said = re.search(r": (\d+) (?:times?|runs?)\b", plain(heading))
    assert said, heading
    return int(said[1])


def plain(html: str) -> str:
    """The text of a part of a page, its numbers without the narrow spaces in them."""
    return words(unescape(html).replace("\u202f", ""))


def chosen(address: str) -> dict[str, list[str]]:
    """The period that an address names."""
    return {
        name: given
        for name, given in parse_qs(urlsplit(address).query).items()
        if name in ("period", "first", "last")
    }


def same(address: str) -> tuple[str, tuple[str, ...]]:
    """What two addresses have in common that name one page."""
    return urlsplit(address).path, tuple(sorted(urlsplit(address).query.split("&")))


class Walk:
    """Whoever goes through the reports and opens what every count leads to."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.totals = visitor, dict[object, int]()
        self.wrong: list[str] = []
        self.counts = self.pages = 0

    def through(self, start: str, within: Collection[str] = ()) -> None:
        """Look at every page that can be reached from one; where some are named, at no other."""
        seen, waiting = {same(start)}, [start]
        while waiting:
            address = waiting.pop()
            text = self.page(address)
            self.pages += 1
            self.look(address, text)
            for found, _ in links(text):
                is_new = same(found) not in seen and (not within or urlsplit(found).path in within)
                if is_new and self.is_next(found) and chosen(found) == chosen(start):
                    seen.add(same(found))
                    waiting.append(found)

    def is_next(self, address: str) -> bool:
        """Whether a link leads on to another report; of the charts of a step, those that one opens first."""
        path, query = urlsplit(address).path, parse_qs(urlsplit(address).query)
        is_list = path == "/closed-runs" or "page" in query
        return bool(REPORTS.search(path)) and not is_list and ("kind" not in query or path.endswith("/weigh"))

    def look(self, address: str, page: str) -> None:
        for found, text in links(page):
            if urlsplit(found).path == "/closed-runs":
                counted = re.search(r"(?<![\d.])\d+(?![\d.]*%)", text)
                if counted and self.total(found) != int(counted[0]):
                    self.wrong.append(f"{address}: {text} leads to {self.total(found)}, {found}")
                self.counts += bool(counted)
            elif self.loses(found, address):
                self.wrong.append(f"{address}: the period is lost on the way to {found}")
        for label, cell in CELL.findall(page):
            is_count = (
                re.match(r"[1-9]\d*( |$)", plain(cell)) and label not in NO_COUNTS and "a day" not in cell
            )
            if is_count and "/closed-runs" not in cell:
                self.wrong.append(f"{address}: {plain(cell)} leads nowhere")

    def loses(self, found: str, address: str) -> bool:
        """Whether a link to another report forgets the period of its page; a choice of another one may."""
        is_report = REPORTS.search(urlsplit(found).path) and "period=" not in found
        return bool(is_report) and chosen(found) != chosen(address)

    def total(self, address: str) -> int:
        """How many rows a list has by its heading; small ones are counted through all pages, too."""
        if same(address) not in self.totals:
            text = self.page(address)
            self.totals[same(address)] = rows = total(text)
            if rows <= 2 * SHOWN:
                assert self.rows(text) == rows, address
        return self.totals[same(address)]

    def rows(self, page: str) -> int:
        shown = len(re.findall(r'<td data-label="Run">', page))
        more = re.search(r'rel="next"\s+href="([^"]+)"', page)
        return shown + (self.rows(self.page(unescape(more[1]))) if more else 0)

    def page(self, address: str) -> str:
        answer = self.visitor.get(address)
        assert answer.status_code == 200, address
        return answer.text


def test_every_count_leads_to_exactly_its_runs(
    visit: Visit, cast: Cast, worked: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = NOW.date() - timedelta(days=100), NOW.date() - timedelta(days=10)
    days = f"?first={first}&last={last}"
    walk = Walk(visit(cast.owner))
    monkeypatch.setattr(closed, "SHOWN", SHOWN)
    walk.through("/overview")
    for period in (
        "?period=7d",
        "?period=all",
        days,
    ):  # what a page may hold is on those of this SOP and step
        walk.through(f"/overview{period}", within=EACH)
    monkeypatch.setattr(parts, "MOST", 5)  # as where there are so many runs that whole months are told
    walk.through(f"/sops/pack{days}")
    print(f"{walk.pages} pages, {walk.counts} counts, {len(walk.totals)} lists")
    assert walk.wrong == [], "\n".join(walk.wrong)
    assert walk.pages > 50 and walk.counts > 1000
