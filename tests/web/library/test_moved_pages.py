"""The address that a page had before its document was moved leads on, and so does a recovery's link to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, PACK, PACK_PL, Cast, Visitor
from tracker.authoring.build import build_site
from tracker.authoring.sync import publish
from tracker.db import new_id
from tracker.domain.runs import lifecycle
from tracker.models import Person

Visit = Callable[[Person | None], Visitor]

LINKER = """\
---
id: linker
title: Links to it
---
1. Open the box {#open}

    !!! recovery "It broke"
        Run [the other](../fulfillment/pack.md).
"""


@pytest.fixture
def moved(app: Flask, workspace: Path, session: Session, cast: Cast) -> int:
    """A run is open whose recovery leads to an SOP, and then that is moved, twice. Returns the run’s id."""
    settings, sops = app.config["HOLDFAST"], workspace / "sops"
    (sops / "help").mkdir()
    (sops / "help/linker.md").write_text(LINKER)
    (sops / "fulfillment/pack.pl.md").write_text(PACK_PL)
    publish(app, settings)
    session.rollback()
    run = lifecycle.start(session, by(cast.staff), NOW, "linker", assignee=cast.staff)
    session.commit()
    number = run.id
    for before, after in (("fulfillment/pack", "packing/pack"), ("packing/pack", "last/pack-it")):
        (sops / after).parent.mkdir()
        for ending in (".md", ".pl.md"):
            (sops / f"{before}{ending}").rename(sops / f"{after}{ending}")
        publish(app, settings)
    build_site(workspace)
    session.rollback()
    session.expire_all()
    return number


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/docs/fulfillment/pack/", "/docs/last/pack-it/"),
        ("/docs/fulfillment/pack", "/docs/last/pack-it/"),
        ("/docs/packing/pack/index.html", "/docs/last/pack-it/"),
        ("/docs/fulfillment/pack.pl/", "/docs/last/pack-it.pl/"),
        ("/docs/fulfillment/pack.de/", "/docs/last/pack-it/"),
    ],
)
def test_an_old_address_leads_to_the_page(
    moved: int, cast: Cast, visit: Visit, address: str, target: str
) -> None:
    answer = visit(cast.staff).get(address)
    assert (answer.status_code, answer.location) == (302, target)
    assert visit(cast.staff).get(target).status_code == 200


@pytest.mark.parametrize("address", ["/docs/fulfillment/never/", "/docs/assets/gone.css", "/docs/x.md"])
def test_what_was_never_there_is_not_found(moved: int, cast: Cast, visit: Visit, address: str) -> None:
    assert visit(cast.staff).get(address).status_code == 404


def test_a_document_that_takes_the_old_place_is_shown_there(
    moved: int, app: Flask, workspace: Path, cast: Cast, visit: Visit
) -> None:
    (workspace / "sops/fulfillment").mkdir(exist_ok=True)
    (workspace / "sops/fulfillment/pack.md").write_text(PACK.replace("id: pack", "id: other"))
    publish(app, app.config["HOLDFAST"])
    build_site(workspace)
    assert visit(cast.staff).get("/docs/fulfillment/pack/").status_code == 200


def test_the_recovery_of_an_open_run_still_starts_it(moved: int, cast: Cast, visit: Visit) -> None:
    staff = visit(cast.staff)
    form = {"id": str(new_id()), "step": "open", "kind": "failed", "reason": "torn"}
    assert staff.post(f"/runs/{moved}/records", form).status_code == 303
    page = staff.get(f"/runs/{moved}").text
    assert 'href="/start/pack?' in page and "/docs/fulfillment/pack/" not in page
