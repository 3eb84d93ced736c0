"""A phone on the floor: a browser that keeps what is done on it until the server has it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.support.houses import House
from tracker.db import db
from tracker.models import Record, Run

STEPS = ["switch-on-the-light", "unlock-the-door", "start-the-till"]
"""The keys of "Open the shop", which asks for no input."""

REFUSES = "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };"
"""Lets a browser keep nothing, as in a private window."""

CALL = """async ([name, args]) => {
  const queue = await import(document.querySelector('link[href$="phone/queue.js"]').href);
  return queue[name](...args);
}"""
RESTS = """async () => {
  const queue = await import(document.querySelector('link[href$="phone/queue.js"]').href);
  const end = performance.now() + 120_000;
  for (;;) {
    const status = await queue.status();
    if (!status.waiting) return;
    if (performance.now() > end) throw new Error(`still waiting: ${JSON.stringify(status)}`);
    await new Promise((again) => setTimeout(again, 20));
  }
}"""
ADD = """async ([kind, data, {photos, ...options}]) => {
  const queue = await import(document.querySelector('link[href$="phone/queue.js"]').href);
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
  const photo = (text, n) => ({input: "photo", name: `${n}.jpg`, type: "image/jpeg", bytes: bytes(text)});
  try {
    return (await queue.add(kind, data, {...options, files: photos.map(photo)})).id;
  } catch (error) {
    return error.storage;
  }
}"""


@dataclass(slots=True)
class Phone:
    """A page of Holdfast on a phone, and what scripts of the page can do with its queue."""

    page: Page

    def call(self, name: str, *args: Any) -> Any:
        """What a function of `queue.js` answers."""
        return self.page.evaluate(CALL, [name, args])

    def add(self, kind: str, data: dict[str, Any], photos: tuple[bytes, ...] = (), **options: Any) -> str:
        """Do something; the entry's id, or why it could not be kept."""
        coded = [base64.b64encode(photo).decode() for photo in photos]
        added: str = self.page.evaluate(ADD, [kind, data, {"photos": coded, **options}])
        return added

    def tick(self, run: int, step: str, *photos: bytes, value: str = "") -> str:
        """Say that a step is done."""
        return self.add("record", {"step": step, "outcome": "done", "value": value}, photos, run=run)

    def rests(self) -> None:
        """Wait until nothing waits on the phone."""
        self.page.evaluate(RESTS)

    def says(self, text: str) -> None:
        """The line about saving comes to say this."""
        expect(self.page.locator("#saved")).to_contain_text(text)


def kept(house: House, run: int) -> list[tuple[str, int | None]]:
    """The records of a run on the server in the order in which they came: step, and the phone's number."""
    with house.app.app_context():
        query = select(Record).where(Record.run_id == run).order_by(Record.received_at, Record.device_seq)
        rows = [(row.step_key or "", row.device_seq) for row in db.session.scalars(query)]
        db.session.remove()
    return rows


def started(house: House, ref: str) -> int | None:
    """The number of the run that a phone has started under this ref."""
    with house.app.app_context():
        number: int | None = db.session.scalar(select(Run.id).where(Run.ref == ref))
        db.session.remove()
    return number
