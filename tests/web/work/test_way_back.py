"""What leads back from a run, who an owner is, and how many SOPs one may start."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tests.support.ticks import said
from tracker.authoring.sync import publish
from tracker.domain.people import owner_names
from tracker.domain.runs import lifecycle
from tracker.models import Person

Visit = Callable[[Person | None], Visitor]


def _crumb(page: str) -> str:
    found = re.search(r'<p class="hf-crumb">\s*<a href="([^"]*)"', page)
    assert found
    return unescape(found[1])


def test_back_from_a_run_is_the_board_with_its_filters(visit: Visit, session: Session, cast: Cast) -> None:
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="7 & 8", assignee=cast.staff)
    session.commit()
    lead = visit(cast.lead)
    assert _crumb(lead.get(f"/runs/{run.id}").text) == "/"
    for board in ("/board?sop=pack&subject=7+%26+8", "/board"):
        row = re.search(rf'<a class="hf-quiet" href="(/runs/{run.id}[^"]*)"', lead.get(board).text)
        assert row
        page = lead.get(unescape(row[1])).text
        assert _crumb(page) == board
        history = re.search(r'<a href="([^"]*)">History', page)
        assert history and _crumb(lead.get(_crumb(lead.get(unescape(history[1])).text)).text) == board
    sent = re.search(r'action="(/runs/[^"]*/records[^"]*)"', page)
    assert sent
    sam = visit(cast.staff)
    answer = sam.post(f"/runs/{run.id}/records?board=sop%3Dpack", said("scan", value="T"))
    assert "board=sop%3Dpack" in answer.location  # also without scripts
    assert _crumb(sam.get(f"/runs/{run.id}?board=sop%3Dpack").text) == "/"  # staff have no board


def test_an_owner_is_called_by_name(
    app: Flask, workspace: Path, visit: Visit, session: Session, cast: Cast
) -> None:
    (workspace / "sops/shelf.md").write_text(
        "---\nid: shelf\nowner: warehouse-lead\n---\n\n1. Take it.\n2. Go.\n"
    )
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    admin = visit(cast.admin)
    assert "warehouse-lead" in admin.get("/library").text  # nobody here yet
    owner_names.name_owner(session, by(cast.admin), NOW, "warehouse-lead", cast.owner)
    session.commit()
    assert "warehouse-lead" not in admin.get("/library").text
    assert f"<template data-owner>{cast.owner.name}</template>" in admin.get("/live/sops/shelf").text


def test_only_what_one_may_start_is_counted_as_to_start(
    app: Flask, workspace: Path, visit: Visit, session: Session, cast: Cast
) -> None:
    (workspace / "sops/forklift.md").write_text(
        "---\nid: forklift\nowner: admin\nroles: [driver]\n---\n\n1. Drive it.\n2. Park it.\n"
    )
    publish(app, app.config["HOLDFAST"])
    page = visit(cast.staff).get("/search").text
    heading = " ".join(re.findall(r'id="found"[^>]*>(.*?)</h1>', page, re.S)[0].split())
    starts = len(re.findall(r'href="/start/', page))
    assert heading == f"{starts} SOPs to start. 1 more to read." and "for driver" in page


def test_the_bar_of_the_site_has_the_entries_of_the_tracker(visit: Visit, cast: Cast) -> None:
    for person in (cast.staff, cast.lead, cast.owner, cast.admin):
        visitor = visit(person)
        page = visitor.get("/").text.split("</nav>")[0].split("<nav")[1]
        entries = re.findall(r'href="([^"]*)"[^>]*>.*?<span>(.*?)</span>', page, re.S)
        assert (
            entries
            and re.findall(r'href="([^"]*)"[^>]*>.*?<span>(.*?)</span>', visitor.get("/live/bar").text, re.S)
            == entries
        )
