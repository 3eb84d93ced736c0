"""Evidence goes when its SOP says so, and files that no record names; all else stays."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.domain.conftest import Do
from tests.support.actors import by
from tests.support.evidence import DELIVERY, kept, scene
from tests.support.installation import NOW, Cast
from tracker.authoring.sync import publish
from tracker.domain.evidence import pieces
from tracker.domain.evidence.content import piece
from tracker.domain.runs import lifecycle, loading
from tracker.errors import NotFoundError
from tracker.models import Event, Evidence, Run
from tracker.worker.sweeping import Swept, sweep

Start = Callable[..., Run]
Give = Callable[..., Evidence]
LONG_AGO = datetime.now(UTC) - timedelta(days=100)


@pytest.fixture
def give(app: Flask, workspace: Path, session: Session, start: Start, do: Do, cast: Cast) -> Give:
    """A photo in a run of its own that is cancelled at once, unless it is to stay open."""
    for name, keep in (("delivery", "keep-evidence: 90d"), ("forever", "")):
        text = DELIVERY.replace("id: delivery", f"id: {name}\n{keep}")
        (workspace / f"sops/{name}.md").write_text(text)
    publish(app, app.config["HOLDFAST"])
    session.rollback()

    def give(seed: int, at: datetime = LONG_AGO, sop: str = "delivery", open: bool = False) -> Evidence:
        run, made = start(sop), piece("photo", scene(seed))
        pieces.put(app.config["EVIDENCE"], made)
        entry = do(run, "photo", pieces=[made], now=at)
        if not open:
            loaded = loading.load(session, by(cast.lead), run.id, "run.cancel", lock=True)
            lifecycle.cancel(session, by(cast.lead), at, loaded, "over")
            session.commit()
        return pieces.of_run(session, run)[entry.id][0]

    return give


def age(workspace: Path) -> None:
    """Let a week pass for all files."""
    then = (datetime.now(UTC) - timedelta(days=7)).timestamp()
    for file in kept(workspace):
        os.utime(file, (then, then))


def events(session: Session) -> list[tuple[str, dict[str, object]]]:
    session.rollback()
    found = session.scalars(select(Event).where(Event.kind.like("evidence.%")).order_by(Event.id))
    return [(event.subject, event.data) for event in found]


def names(workspace: Path) -> set[str]:
    return {file.name for file in kept(workspace)}


def test_what_is_over_its_time_goes_and_its_row_stays(
    app: Flask, workspace: Path, session: Session, give: Give
) -> None:
    old, young = give(1), give(2, at=datetime.now(UTC) - timedelta(days=80))
    waiting, other = give(3, open=True), give(4, sop="forever")
    age(workspace)
    before = names(workspace)
    assert sweep(app, dry_run=True) == Swept(1, 0, 0) and events(session) == []
    assert sweep(app) == Swept(1, 2, 0)
    assert before - names(workspace) == {pieces.name_of(old), pieces.small_name(old)}
    assert events(session) == [("sop:delivery", {"pieces": 1, "days": 90}), ("evidence", {"files": 2})]
    session.rollback()
    with pytest.raises(NotFoundError, match="deleted after 90 days"):
        pieces.get(app.config["EVIDENCE"], old)
    assert old.digest and old.deletion and old.deletion.days == 90
    for entry in (young, waiting, other):
        assert entry.deletion is None and pieces.get(app.config["EVIDENCE"], entry)
    assert sweep(app) == Swept(0, 0, 0) and len(events(session)) == 2


def test_content_that_another_row_keeps_stays(
    app: Flask, workspace: Path, session: Session, give: Give
) -> None:
    old, other = give(1), give(1, sop="forever")
    age(workspace)
    assert sweep(app) == Swept(1, 0, 0) and pieces.get(app.config["EVIDENCE"], other)
    session.rollback()
    assert old.deletion is not None and other.deletion is None


def test_what_is_put_again_just_now_stays(app: Flask, workspace: Path, give: Give) -> None:
    """Its record may be under way."""
    give(1)
    age(workspace)
    pieces.put(app.config["EVIDENCE"], piece("photo", scene(1)))
    assert sweep(app) == Swept(1, 0, 0) and len(kept(workspace)) == 2


def test_what_no_record_names_goes_a_day_later(
    app: Flask, workspace: Path, session: Session, give: Give
) -> None:
    give(1, at=NOW, sop="forever")
    pieces.put(app.config["EVIDENCE"], piece("photo", scene(9)))
    assert sweep(app) == Swept(0, 0, 0)
    age(workspace)
    assert sweep(app, dry_run=True) == Swept(0, 2, 0) and len(kept(workspace)) == 4
    assert sweep(app) == Swept(0, 2, 0) and len(kept(workspace)) == 2
    assert events(session) == [("evidence", {"files": 2})]


def test_so_many_that_nobody_names_stay_until_it_is_said(app: Flask, workspace: Path, give: Give) -> None:
    """As with another installation's database before this store."""
    give(1, sop="forever")
    folder = workspace / "instance/evidence/ee"
    folder.mkdir()
    for n in range(101):
        (folder / f"ee{n:062x}.pdf").write_bytes(b"x")
    age(workspace)
    assert sweep(app) == Swept(0, 0, 101) and len(kept(workspace)) == 103
    assert sweep(app, everything=True) == Swept(0, 101, 0) and len(kept(workspace)) == 2
