"""Documents change in awkward ways while runs are open: nothing recorded is lost, nothing else stops."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.domain.conftest import Do, outcomes
from tests.support.actors import by
from tests.support.installation import NOW, PACK, Cast
from tracker.authoring.sync import publish
from tracker.config import Settings
from tracker.db import write_in_chunks
from tracker.domain.library import catalogue, publishing, survey
from tracker.domain.library.survey import Survey
from tracker.domain.runs import lifecycle, loading, moving
from tracker.errors import ConflictError
from tracker.models import Person, Revision, Run, Sop

Start = Callable[..., Run]
Sync = Callable[[], Survey]
PATH = "fulfillment/pack.md"


@pytest.fixture
def sops(workspace: Path) -> Path:
    return workspace / "sops"


@pytest.fixture
def sync(app: Flask, session: Session) -> Sync:
    def run() -> Survey:
        found = publish(app, app.config["HOLDFAST"])
        session.rollback()
        session.expire_all()
        return found

    return run


def move(session: Session, actor: Person, run: Run) -> Run:
    loaded = loading.load(session, by(actor), run.id, "run.move", lock=True)
    moving.move(session, by(actor), NOW, loaded, catalogue.in_force(session, loaded.sop_id))
    session.commit()
    return loaded


def texts(session: Session, sop_id: str) -> list[str]:
    query = select(Revision.source).where(Revision.sop_id == sop_id, Revision.number > 1)
    return list(session.scalars(query.order_by(Revision.number)))


def test_an_edit_during_a_sync_is_the_next_syncs(
    app: Flask, session: Session, sops: Path, sync: Sync
) -> None:
    settings: Settings = app.config["HOLDFAST"]
    first, second = PACK.replace("Hand it over", "Pass it on"), PACK.replace("Hand it over", "Give it away")
    (sops / PATH).write_text(first)
    found = survey.take(session, settings.sops, settings.instance)
    session.rollback()
    (sops / PATH).write_text(second)  # an editor saves between reading and writing
    write_in_chunks(publishing.units(found, datetime.now(UTC)))
    assert texts(session, "pack") == [first]
    sync()
    assert texts(session, "pack") == [first, second]


def test_a_half_written_file_during_a_sync_leaves_the_last_good_revision(
    session: Session, sops: Path, sync: Sync, start: Start, do: Do
) -> None:
    run = start()
    whole = (sops / PATH).read_bytes()
    (sops / PATH).write_bytes(whole[:10] + b"\xff\xfe")
    assert [problem.path for problem in sync().errors] == [PATH]
    assert catalogue.in_force(session, "pack").number == 1
    do(run, "scan", value="T")
    (sops / PATH).write_bytes(whole)
    assert sync().errors == [] and catalogue.in_force(session, "pack").number == 1


def test_a_file_that_goes_between_listing_and_reading_stops_nothing(
    app: Flask, session: Session, sops: Path
) -> None:
    settings: Settings = app.config["HOLDFAST"]
    (sops / PATH).unlink()
    (sops / PATH).symlink_to(sops / "fulfillment/not-there.md")
    (sops / "opening.md").write_text("1. Switch on the lamp\n2. Open\n")
    found = survey.take(session, settings.sops, settings.instance)
    assert [problem.path for problem in found.errors] == [PATH]
    assert found.retiring == [] and [document.id for document, *_ in found.changed] == ["opening"]


def test_a_document_deleted_while_runs_are_open_lets_them_be_finished(
    session: Session, cast: Cast, sops: Path, sync: Sync, start: Start, do: Do
) -> None:
    run = start()
    (sops / PATH).unlink()
    assert sync().retiring == ["pack"]
    with pytest.raises(ConflictError, match="retired"):
        start()
    do(run, "scan", value="T")
    loaded = loading.load(session, by(cast.staff), run.id, "run.close", lock=True)
    assert lifecycle.close(session, by(cast.staff), NOW, loaded, omit=["weigh", "box", "hand"]) == []
    session.commit()
    assert outcomes(loaded) == {"scan": "done"}


def test_a_document_that_comes_back_has_its_runs_and_keys_again(
    session: Session, cast: Cast, sops: Path, sync: Sync, start: Start, do: Do
) -> None:
    run = start()
    do(run, "scan", value="T")
    (sops / PATH).unlink()
    sync()
    (sops / PATH).write_text(PACK)
    sync()
    assert session.get_one(Sop, "pack").retired_at is None
    assert catalogue.in_force(session, "pack").number == 2
    assert outcomes(move(session, cast.lead, run)) == {"scan": "done"}


def test_a_to_b_to_a_keeps_the_keys_of_unpinned_steps(
    session: Session, cast: Cast, sops: Path, sync: Sync, start: Start, do: Do
) -> None:
    file = sops / "opening.md"
    first = file.read_text()
    run = start("opening", subject="")
    do(run, loading.steps(run)[1].key)
    keys = [step.key for step in loading.steps(run)]
    for text in (first.replace("Unlock the door", "Unlock the front door"), first):
        file.write_text(text)
        sync()
    revision = catalogue.in_force(session, "opening")
    assert (revision.number, [step.key for step in revision.steps]) == (3, keys)
    run = move(session, cast.lead, run)
    assert outcomes(run) == {keys[1]: "done"}


def test_a_condition_on_a_deleted_step_is_refused_and_runs_go_on(
    session: Session, sops: Path, sync: Sync, start: Start, do: Do
) -> None:
    asking = PACK.replace("{#hand}", '{#hand when="box = L"}')
    (sops / PATH).write_text(asking)
    assert sync().errors == []
    run = start()
    (sops / PATH).write_text(asking.replace('3. Choose the box {#box input=choice options="S, M, L"}\n', ""))
    (problem,) = sync().errors
    assert (problem.path, catalogue.in_force(session, "pack").number) == (PATH, 2)
    assert "box" in problem.message
    do(run, "scan", value="T")
    do(run, "weigh", value="250")
    do(run, "box", value="L")
    assert do(run, "hand").kind == "done"


def test_a_condition_that_comes_with_a_move_keeps_what_was_done(
    session: Session, cast: Cast, sops: Path, sync: Sync, start: Start, do: Do
) -> None:
    run = start()
    do(run, "scan", value="T")
    do(run, "box", value="S")
    do(run, "hand")
    (sops / PATH).write_text(PACK.replace("{#hand}", '{#hand when="box = L"}'))
    sync()
    run = move(session, cast.lead, run)
    assert outcomes(run) == {"scan": "done", "box": "done", "hand": "done"}
