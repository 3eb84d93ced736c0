"""A served workspace in which people have written payloads wherever they can, or plain words instead."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from tests.support import installation
from tests.support.actors import by
from tests.support.installation import NOW, Visitor
from tracker.authoring.build import build_site
from tracker.authoring.sync import publish
from tracker.db import db, new_id, writing
from tracker.domain.library import catalogue
from tracker.domain.runs import comments, lifecycle, loading, standing
from tracker.models import Device, Event, Location, Person, Record, Role, Run, Sop, Step, Team

FIELDS = ("title", "area", "owner", "subject", "description", "meaning", "verify")
Write = Callable[[str], str]
_PLACES: dict[str, int] = {}


@dataclass(frozen=True, slots=True)
class World:
    """Where it is served, and the addresses at which somebody reads what is written in it."""

    url: str
    pages: dict[str, list[str]]  # by the kind of page
    workspace: Path


def plain(payload: str) -> str:
    """The harmless text in a payload's place."""
    return f"plain words {_PLACES.setdefault(payload, len(_PLACES))}"


@contextmanager
def served(place: Path, chunks: Sequence[Sequence[str]], write: Write) -> Iterator[World]:
    """The world with a document, a run and names for each of the `chunks` of payloads."""
    app = installation.build(place)
    (place / "sops/index.md").write_text("# Our way of working\n")
    (place / "sops/attack").mkdir()
    for n, chunk in enumerate(chunks):
        for revision in (1, 2):  # the second is the one in force
            text = document(n, chunk, write, revision)
            (place / f"sops/attack/a{n}.md").write_text(text)
            named = document(n, chunk[:5], write, revision).replace("id: a", "id: f", 1)
            (place / f"sops/attack/{_file(chunk, write)} {n}.md").write_text(named)
            if revision == 1 and n == 0:
                publish(app, app.config["HOLDFAST"])
                with app.app_context(), writing() as session:
                    _run(session, "a0", chunks[0], write, "before")
    publish(app, app.config["HOLDFAST"])
    with app.app_context(), writing() as session:
        numbers = [_run(session, f"a{n}", chunk, write) for n, chunk in enumerate(chunks)]
        _names(session, [payload for chunk in chunks for payload in chunk], write)
        for number, chunk in zip(numbers, chunks, strict=True):
            _talk(session, number, chunk, write)
        session.add(
            Step(revision_id=_in_force(session, "count"), position=99, key=write(KEY), text=write(KEY))
        )
        ada = session.scalars(select(Person).where(Person.login == "ada")).one().id
    with app.app_context():
        listed = _list(app, db.session.get_one(Person, ada), chunks[0], write)
    build_site(place)
    with app.app_context():
        db.engine.dispose()
    files = [f"{_file(chunk, write)} {n}" for n, chunk in enumerate(chunks)]
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield World(f"http://127.0.0.1:{server.server_port}", _pages(numbers, files, listed), place)
    finally:
        server.shutdown()


KEY = "<img src=x onerror=window.ran=1>"


def _file(chunk: Sequence[str], write: Write) -> str:
    """A payload that a file can be called."""
    return write(
        next((text for text in chunk if len(text) < 90 and text.isprintable() and "/" not in text), "x")
    )


def _in_force(session: Session, sop_id: str) -> int:
    return catalogue.in_force(session, sop_id).id


def _list(app: Flask, ada: Person, chunk: Sequence[str], write: Write) -> str:
    """The address of a list of orders, each called like a payload, before it is opened.

    Numbers keep those apart that differ in capitals alone: they would be one order.
    """
    lines = "\n".join(
        " ".join(write(payload).split()).replace(",", "")[:90] + f" {n}" for n, payload in enumerate(chunk)
    )
    form = {"sop": "pack", "whom": "all", "list": lines}
    return str(Visitor(app, ada).post("/assign/list", form, content_type="multipart/form-data").location)


def document(number: int, chunk: Sequence[str], write: Write, revision: int) -> str:
    """An SOP with payloads in its front matter, its text, its steps and their recoveries."""
    printable = [payload for payload in chunk if payload.isprintable()]
    matter = {name: f"Attack {write(printable[n % len(printable)])}" for n, name in enumerate(FIELDS)}
    matter["verify"] = matter["verify"].replace(",", " ")  # one role
    names = [f"{write(payload)[:60]} {number}.{n}" for n, payload in enumerate(printable[-3:])]
    lists = {"roles": names, "tags": names}  # numbered, so that no two are one role
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in (matter | lists).items()]
    # An open comment hides what follows it, as its author means it to; see test_cleaning for those alone.
    texts = [write("x" if "<!--" in payload else payload) for payload in chunk]
    about = "\n\n".join(texts)
    steps = [_step(n, text, revision) for n, text in enumerate(texts)]
    head = "\n".join(["---", f"id: a{number}", *lines, "---"])
    return f"{head}\n# Attack\n\n{about}\n\n## Steps\n\n" + "\n".join(steps)


def _step(number: int, text: str, revision: int) -> str:
    again = " again" if revision == 2 else ""
    quoted = text.replace('"', "'").replace("{", "(").replace("}", ")")
    asks = [
        "input=text",
        f'input=number unit="{quoted}"',
        f'input=choice options="{quoted.replace(",", " ")}, other"',
        f'.verify meaning="{quoted}"',
        f'role="{quoted}"',
    ]
    return (
        f"{number + 1}. Do{again} {text} now {{#k{number} {asks[number % 5]}}}\n\n"
        f'    !!! recovery "No {quoted}"\n        Do {text} instead\n'
    )


def _run(session: Session, sop_id: str, chunk: Sequence[str], write: Write, about: str = "") -> int:
    """A run with a payload as its subject, and one in each record's note, reason and value."""
    ada = session.scalars(select(Person).where(Person.login == "ada")).one()
    if sop_id == "a1":  # as a version before this one might have stored it
        for step, payload in zip(catalogue.in_force(session, sop_id).steps, chunk, strict=False):
            step.html, step.recovery = f"<p>Do {write(payload)}</p>", f"<p>Do {write(payload)}</p>"
    subject = " ".join(f"{write(chunk[0])} {about or sop_id}".split())[:100]
    run = lifecycle.start(session, by(ada), NOW, sop_id, subject=subject, anyway=True)
    session.flush()
    for n, (step, payload) in enumerate(zip(loading.steps(run), chunk, strict=False)):
        if n % 4 == 3:
            continue  # is still to be done
        kind = ("done", "skipped", "failed")[n % 4]
        session.add(
            Record(
                id=new_id(), run_id=run.id, step_key=step.key, kind=kind, note=write(payload),
                person_id=ada.id, reason=write(payload) if kind != "done" else "",
                value=write(payload) if kind == "done" else None,
                received_at=NOW + timedelta(seconds=n), device_at=NOW,
            )
        )  # fmt: skip
    session.flush()
    session.expire(run)
    standing.keep_standing(session, run)
    return run.id


def _talk(session: Session, number: int, chunk: Sequence[str], write: Write) -> None:
    """A comment with each payload, which mentions somebody who is called like one."""
    ada = session.scalars(select(Person).where(Person.login == "ada")).one()
    run = session.get_one(Run, number)
    for n, payload in enumerate(chunk):
        comments.add(session, by(ada), NOW, run, f"@p{n // 8} {write(payload)[:900]} @p0")


def _names(session: Session, payloads: Sequence[str], write: Write) -> None:
    """People, teams, places, roles and devices that are called so, whatever a form would let through."""
    ada = session.scalars(select(Person).where(Person.login == "ada")).one()
    for n, payload in enumerate(payloads[::8]):
        name = f"{write(payload)} {n}"
        place = Location(name=name, zone="UTC")
        team = Team(name=name, location=place)
        session.add_all([place, team, Role(name=name)])
        session.flush()
        session.add(Person(login=f"p{n}", name=name, team=team, location=ada.location, created_at=NOW))
        session.add(
            Device(
                name=name, location_id=ada.location_id, token_hash=f"x{n}", registered_by_id=ada.id, at=NOW
            )
        )
    for sop in session.scalars(select(Sop).where(Sop.id == "a0")):
        session.add(
            Event(at=NOW, person_id=ada.id, kind="deviation.opened", subject=f"sop:{sop.id}", data={})
        )


def _pages(numbers: Sequence[int], files: Sequence[str], listed: str) -> dict[str, list[str]]:
    documents = range(len(numbers))
    return {
        "run page": [f"/runs/{number}" for number in numbers],
        "run fragment": [f"/runs/{numbers[0]}?at=k3"],
        "SOP page": [f"/docs/attack/a{n}/" for n in documents],
        "file names": [f"/docs/attack/{quote(name)}/" for name in files],
        "other site pages": ["/docs/", "/docs/attack/", "/docs/tags/"],
        "history": [f"/runs/{number}/history" for number in numbers[:3]],
        "start": [f"/start/a{n}{more}" for n in documents[:2] for more in ("", "/blank")],
        "phone": ["/late", "/phone"],
        "print": [f"/runs/{numbers[0]}/sheet", "/start/a0/sheet", "/sheets"],
        "search": ["/search?q=again"],
        "board, Today": ["/board", "/", "/board/closed"],
        "health, steps": [f"/sops/a{n}" for n in documents[:2]]
        + ["/sops/a0/steps/k0", "/sops/count", "/weak-points"],
        "revisions, differences": ["/sops/a0/revisions", "/sops/a0/diff", f"/runs/{numbers[0] - 0}/revision"],
        "moving": [f"/runs/{min(numbers) - 1}/revision", "/sops/a0/open-runs"],
        "names": ["/people", "/devices", "/team", "/library", "/overview", "/signoffs", "/spot-checks"],
        "giving out": ["/assign?sop=a0", "/assign/list?sop=a0", listed],
    }
