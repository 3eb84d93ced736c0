"""In a made-up language no page shows a word of English: what people read goes through the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support import pseudo
from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tests.support.routes import ROUTES
from tracker.db import db, new_id
from tracker.domain.dispatch import batches
from tracker.domain.people import devices
from tracker.domain.records import recording
from tracker.domain.runs import comments, handover, lifecycle, loading
from tracker.models import Run

NO_PAGE = re.compile(
    r"\.csv|\.crt|^/(docs|static|media|healthz|readyz|live/sops)|evidence|/qr$|/kept/|/link/"
)
OURS = {
    *(
        "Holdfast",
        "CSV",
        "JSON",
        "QR",
        "PIN",
        "UTC",
        "SOP",
        "UTF",
        "MB",
        "https",
        "http",
        "localhost",
        "login",
    ),
    *("Deutsch", "English", "Español", "Français", "Polski", "Esperanto"),
    *("Europe", "Berlin", "Lisbon", "Markdown", "Referer", "HOLDFAST", "TLS", "NAMES"),
    *("holdfast", "lint", "sync", "serve", "work"),
    *("subject", "kind", "aliases", "location", "assignee", "due"),
}
"""What is the same in every language."""

CALENDAR = re.compile(r"\b(jan|feb|mar|apr|maj|jun|jul|aŭg|sep|okt|nov|dec)[a-z]*\b|\b\w+(do|ĉo|to)\b", re.I)
"""Months and weekdays of the made-up language."""


@pytest.fixture
def greek_app(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    place = tmp_path / "catalogues"
    pseudo.speak(place, monkeypatch)
    pseudo.let_speak(app, place)
    yield app
    pseudo.forget()


@pytest.fixture
def ids(session: Session, cast: Cast) -> dict[str, list[object]]:
    """One of everything, in its states."""
    made = [_run(session, cast, state) for state in ("begun", "paused", "offered", "done", "cancelled")]
    batch = batches.prepare(session, by(cast.lead), NOW, sop_id="pack", text="1\n2\n2\n")
    device, _ = devices.register(session, by(cast.lead), NOW, name="Bench", location=_place(cast))
    session.commit()
    return {
        "<int:run_id>": [run.id for run in made],
        "<int:batch_id>": [batch.id],
        "<int:device_id>": [device.id],
        "<int:person_id>": [cast.staff.id],
        "<sop_id>": ["pack", "opening"],
        "<key:key>": ["scan"],
        "<day>": ["2026-03-31"],
    }


def _place(cast: Cast) -> object:
    assert cast.lead.location is not None
    return cast.lead.location


def _run(session: Session, cast: Cast, state: str) -> Run:
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject=state, assignee=cast.staff)
    session.flush()
    for step, kind, value in (("scan", "done", "T"), ("weigh", "failed", ""), ("box", "skipped", "")):
        run = loading.load(session, by(cast.staff), run.id, "run.record", lock=True)
        recording.record(
            session, by(cast.staff), NOW, run, record_id=new_id(), step_key=step, kind=kind, value=value,
            reason="" if kind == "done" else "torn",
        )  # fmt: skip
    comments.add(session, by(cast.lead), NOW, run, "@sam T")
    if state == "paused":
        handover.pause(session, by(cast.staff), NOW, run, "torn")
    if state == "offered":
        handover.offer(session, by(cast.lead), NOW, run, cast.lead)
    if state == "done":
        lifecycle.close(session, by(cast.staff), NOW + timedelta(hours=9), run, omit=["hand"])
    if state == "cancelled":
        lifecycle.cancel(session, by(cast.lead), NOW, run, "torn")
    return run


@pytest.mark.parametrize("who", ["admin", "staff", "nobody"])
def test_no_page_shows_english(
    who: str, greek_app: Flask, ids: dict[str, list[object]], session: Session, cast: Cast
) -> None:
    visitor = Visitor(greek_app, getattr(cast, who, None))
    visitor.client.set_cookie("holdfast-language", pseudo.CODE)
    known, left = _known(session), set()
    for path in _pages(ids):
        answer = visitor.get(path)
        if answer.status_code in (301, 302, 303) or not answer.headers["Content-Type"].startswith(
            "text/html"
        ):
            continue
        for text in pseudo.Shown(answer.text).texts:
            words = set(_words(CALENDAR.sub("", _without_data(text)))) - known
            if words:
                left.add(f"{path}: {' '.join(text.split())[:100]}  ({', '.join(sorted(words))})")
    assert not left, "\n".join(sorted(left))


def _pages(ids: dict[str, list[object]]) -> Iterator[str]:
    for row in ROUTES:
        method, _, path = row.partition(" ")
        if method == "GET" and not NO_PAGE.search(path):
            name = next(iter(re.findall(r"<[^>]+>", path)), "")
            for value in ids.get(name, ["x"]):
                rest = path.replace(name, str(value)) if name else path
                yield re.sub(r"<[^>]+>", "scan", rest)


def _without_data(text: str) -> str:
    """The text without addresses and moments in figures."""
    return re.sub(r"\S*(?:/|://|\.csv|\.crt|[+]\d\d:\d\d)\S*", "", text)


def _known(session: Session) -> set[str]:
    """Every word that stands in the database: what people have written is in their language."""
    session.rollback()
    known = set(OURS)
    for table in db.metadata.sorted_tables:
        for values in session.execute(select(table)):
            known.update(_words(" ".join(str(value) for value in values)))
    return known


def _words(text: str) -> list[str]:
    """The words with a letter of English in them."""
    return [word for word in re.findall(r"[^\W\d_]{2,}", text) if re.search("[A-Za-z]", word)]
