"""The board and the queues on PostgreSQL: every filter, every count, and what holds a run up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import Furnished
from tests.support import installation
from tests.support.actors import by
from tests.support.installation import Cast
from tracker.authoring.sync import publish
from tracker.db import db, new_id, writing
from tracker.domain import access
from tracker.domain.records import recording
from tracker.domain.runs import lifecycle, loading, subjects
from tracker.domain.work import board, board_lines, lists, signing_queue
from tracker.domain.work.board import Filters

pytestmark = pytest.mark.postgres
NOW = installation.NOW


@pytest.fixture(scope="module")
def app(furnished: Furnished, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    place = tmp_path_factory.mktemp("postgres") / "workspace"
    found = furnished(place)
    _write(place, found)
    yield found
    with found.app_context():
        db.engine.dispose()


def _write(place: Path, app: Flask) -> None:
    (place / "sops/ship.md").write_text(
        "1. Check the address {#address .verify}\n2. Weigh it {#weigh role=x}\n"
    )
    publish(app, app.config["HOLDFAST"])


def test_every_filter_and_count(app: Flask) -> None:
    with app.app_context():
        with writing() as session:
            cast = installation.cast_of(session)
            given = {"assignee": cast.staff}
            blocked, free, signed = (
                lifecycle.start(session, by(cast.staff), NOW, sop, subject=subject, **given).id
                for sop, subject in (("pack", "A-1"), ("pack", "A-2"), ("ship", "A-3"))
            )
            _do(session, cast, blocked, "scan", "failed")
            _do(session, cast, signed, "address", "done")
            subjects.add_alias(
                session, by(cast.staff), NOW, loading.load(session, by(cast.staff), free, "run.see"), "g7"
            )
        session = db.session()
        for filters, found in (
            (Filters(), {blocked, free, signed}),
            (Filters(state="blocked"), {blocked}),
            (Filters(state="signature"), {signed}),
            (Filters(state="nobody"), set()),
            (Filters(sop="pack", team=cast.staff.team_id, location=cast.staff.location_id), {blocked, free}),
            (Filters(subject="G7", who=cast.staff.id), {free}),
        ):
            shown = lists.runs(session, access.reachable(by(cast.lead)), *board.matching(filters, NOW))
            assert {run.id for run in shown} == found
            tally = board.together(board.tallies(session, by(cast.lead), filters, NOW), filters)
            assert getattr(tally, filters.state or "all") == len(found)
        held = {
            run: line.held
            for run, line in board_lines.lines(session, lists.runs(session)).items()
            if line.held
        }
        assert held == {blocked: board_lines.Held("Scan the tote", "failed", "torn")}
        counted, first = signing_queue.first(session, by(cast.lead), 5)
        assert (counted, [state.step.key for _, state in first]) == (signing_queue.Waiting(1, 0), ["address"])
        db.session.remove()


def _do(session: object, cast: Cast, number: int, step: str, kind: str) -> None:
    run = loading.load(session, by(cast.staff), number, "run.record", lock=True)  # type: ignore[arg-type]
    recording.record(
        session,
        by(cast.staff),
        NOW,
        run,
        record_id=new_id(),
        step_key=step,
        kind=kind,
        reason="torn",  # type: ignore[arg-type]
    )
