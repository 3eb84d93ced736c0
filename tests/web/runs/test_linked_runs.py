"""A step fails, and its recovery says which SOP to run: that run is about the same subject, and linked."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, PACK, Cast, Visitor
from tracker.authoring.sync import publish
from tracker.db import new_id
from tracker.domain.runs import lifecycle
from tracker.models import Event, Person, Run

Visit = Callable[[Person | None], Visitor]
LINKED = PACK.replace(
    "Open the parcel and count again.",
    "Count again, then run [Count a shelf](../inventory/count.md#steps) or read [this](https://example.org).",
)


@pytest.fixture
def run(app: Flask, workspace: Path, session: Session, cast: Cast) -> Run:
    (workspace / "sops/fulfillment/pack.md").write_text(LINKED)
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    session.expire_all()
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="10 & 42", assignee=cast.staff)
    session.commit()
    return run


@pytest.fixture
def sam(visit: Visit, cast: Cast, run: Run) -> Visitor:
    """Whose second step has failed."""
    sam = visit(cast.staff)
    for step, kind, more in (("scan", "done", {"value": "T"}), ("weigh", "failed", {"reason": "Too light"})):
        form = {"id": str(new_id()), "step": step, "kind": kind, **more}
        assert sam.post(f"/runs/{run.id}/records", form).status_code == 303
    return sam


def link(page: str) -> str:
    found = re.search(r'class="hf-starts" href="([^"]+)"', page)
    assert found, "no link that starts an SOP"
    return unescape(found[1])


def test_from_the_failed_step_to_a_linked_run(sam: Visitor, session: Session, run: Run) -> None:
    page = sam.get(f"/runs/{run.id}").text
    assert 'href="https://example.org"' in page
    form = sam.get(link(page)).text
    assert 'value="10 &amp; 42"' in form and "Which order?" in form and "linked to “Pack an order”" in form
    answer = sam.post(
        "/start/count", {"subject": "10 & 42", "ref": "r", "from": str(run.id), "step": "weigh"}
    )
    session.rollback()
    linked = session.scalars(select(Run).where(Run.sop_id == "count")).one()
    assert (linked.from_run_id, linked.from_step, linked.subject_kind) == (run.id, "weigh", "order")
    started = session.scalars(select(Event).where(Event.subject == f"run:{linked.id}")).one()
    assert (started.data["from_run"], started.data["from_step"]) == (run.id, "weigh")
    assert f'href="/runs/{run.id}"' in sam.get(answer.location).text  # each names the other
    assert f'href="/runs/{linked.id}"' in sam.get(f"/runs/{run.id}").text


def test_once_the_run_is_closed_the_link_leads_to_the_document(sam: Visitor, run: Run) -> None:
    assert sam.post(f"/runs/{run.id}/close", {"omit": ["box", "hand"]}).status_code == 303
    page = sam.get(f"/runs/{run.id}").text
    assert "hf-starts" not in page and 'href="/docs/inventory/count/#sop:steps"' in page


def test_a_retired_sop_is_read_and_not_started(
    app: Flask, workspace: Path, sam: Visitor, session: Session, run: Run
) -> None:
    file = workspace / "sops/inventory/count.md"
    file.write_text(file.read_text().replace("title:", "retired: true\ntitle:"))
    publish(app, app.config["HOLDFAST"])
    assert "hf-starts" not in sam.get(f"/runs/{run.id}").text


@pytest.mark.parametrize("origin", [{"from": "999", "step": "weigh"}, {"from": "1", "step": "no-such"}])
def test_an_origin_that_is_not_there_is_refused(
    sam: Visitor, session: Session, origin: dict[str, str]
) -> None:
    assert sam.get(f"/start/count?from={origin['from']}&step={origin['step']}").status_code == 422
    assert sam.post("/start/count", {"subject": "x", "ref": "r", **origin}).status_code == 422


def test_a_run_of_strangers_is_no_origin(visit: Visit, cast: Cast, sam: Visitor, run: Run) -> None:
    oskar = visit(cast.outsider)
    form = {"subject": "x", "ref": "r", "from": str(run.id), "step": "weigh"}
    assert oskar.post("/start/count", form).status_code == 403
    assert oskar.get(f"/start/count?from={run.id}&step=weigh").status_code == 403
