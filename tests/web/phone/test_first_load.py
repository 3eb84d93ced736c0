"""What a phone loads for the page of a run: bounded, when it opens one first and whenever it comes back.

As `benchmarks/first_load.py` measures it in a browser, here by what the page and its modules ask for, with
all that answers bring over the line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

import brotli
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from benchmarks.bench import VALUES, document
from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tracker.authoring.sync import publish
from tracker.db import new_id
from tracker.domain.runs import lifecycle
from tracker.models import Person, Run

FIRST, AGAIN = 120_000, 10_000
Visit = Callable[[Person | None], Visitor]
OWN = 80  # bytes: the status line, and what the server itself says beside


@pytest.fixture
def twelve(app: Flask, workspace: Path, session: Session, cast: Cast) -> Run:
    """A run of twelve steps of every common kind."""
    (workspace / "sops/sop-1.md").write_text(document(1).replace("owner: bench", "owner: olga"))
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    run = lifecycle.start(session, by(cast.staff), NOW, "sop-1", subject="1042", assignee=cast.staff)
    session.commit()
    return run


def load(somebody: Visitor, path: str) -> tuple[int, str]:
    """What an answer weighs on the line, with its headers, and its text."""
    answer = somebody.get(path, headers={"Accept-Encoding": "br", "Accept": "text/html,*/*"})
    assert answer.status_code == 200, path
    size = OWN + len(answer.data) + sum(len(f"{name}: {value}\r\n") for name, value in answer.headers)
    is_br = answer.headers.get("Content-Encoding") == "br"
    return size, (brotli.decompress(answer.data) if is_br else answer.data).decode()


def asked_for(path: str, text: str) -> set[str]:
    """What a page asks for as it is opened, or a module that it loads."""
    if path.endswith(".js"):
        found = re.findall(r'^(?:import|export) (?:[^"\';]* from )?"(\.[^"]+)"', text, re.MULTILINE)
        found += re.findall(r"^import (?:[^\"';]* from )?'(\.[^']+)'", text, re.MULTILINE)
        return {urljoin(path, name) for name in found}
    if not path.startswith("/runs/"):
        return set()
    found = re.findall(r'<(?:script|img)[^>]* src="([^"]+)"', text)
    found += re.findall(r'<link rel="(?:stylesheet|modulepreload|icon|manifest)"[^>]* href="([^"]+)"', text)
    found += re.findall(r'<use href="([^"#]+)#', text)
    definition = re.search(r'<script type="application/json" id="run-definition">(.*?)</script>', text)
    return {*found, json.loads(definition[1])["parts"]} if definition else set(found)


def everything(somebody: Visitor, page: str) -> dict[str, int]:
    sizes, waiting = dict[str, int](), [page]
    while waiting:
        path = waiting.pop()
        if path not in sizes:
            sizes[path], text = load(somebody, path)
            waiting += asked_for(path, text)
    return sizes


def test_the_first_load_of_a_run_is_small(visit: Visit, cast: Cast, twelve: Run) -> None:
    sizes = everything(visit(cast.staff), f"/runs/{twelve.id}")
    names = {Path(path).name for path in sizes}
    assert {"run.js", "idb.js", "logic.js", "icons.svg", "holdfast.css", "htmx.min.js"} <= names
    assert "desk.css" not in names
    styles = next(size for path, size in sizes.items() if path.endswith("tabler.min.css"))
    assert styles < 12_000, "run `make` again: Tabler’s styles are not cut"
    assert sum(sizes.values()) <= FIRST, sorted(sizes.items(), key=lambda item: -item[1])


@pytest.mark.parametrize("done", [0, 1, 6, 11])
def test_coming_back_to_a_run_is_small_however_far_it_is(
    visit: Visit, cast: Cast, twelve: Run, done: int
) -> None:
    sam = visit(cast.staff)
    for step in range(done):
        record = {"id": str(new_id()), "step": f"step-{step + 1}", "kind": "done", "value": VALUES[step % 6]}
        assert sam.post(f"/runs/{twelve.id}/records", record).status_code == 303
    size, _ = load(sam, f"/runs/{twelve.id}")
    assert size <= AGAIN


def test_an_answer_without_news_weighs_next_to_nothing(visit: Visit, cast: Cast, twelve: Run) -> None:
    """An open page asks every other second."""
    sam, path = visit(cast.staff), f"/runs/{twelve.id}/live"
    mark = sam.get(path).headers["ETag"]
    answer = sam.get(path, headers={"If-None-Match": mark})
    assert answer.status_code == 304 and answer.headers["Cache-Control"] == "no-store"
    assert sum(len(f"{name}: {value}\r\n") for name, value in answer.headers) < 350
    version = sam.get(f"/runs/{twelve.id}", headers={"Holdfast-Has": ""}).headers["Holdfast-Version"]
    same = sam.get(f"/runs/{twelve.id}", headers={"Holdfast-Has": version})
    assert same.status_code == 204
    assert sum(len(f"{name}: {value}\r\n") for name, value in same.headers) < 450
