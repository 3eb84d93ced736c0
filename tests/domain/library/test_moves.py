"""A document that is moved without an id is known by its text, before anything is retired."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tracker.authoring.sync import publish
from tracker.cli import main
from tracker.domain import event_kinds as kinds
from tracker.domain.library import moves
from tracker.domain.library.moves import Place
from tracker.domain.library.survey import Survey
from tracker.domain.runs import lifecycle
from tracker.models import DocumentProblem, Event, FormerPath, Revision, Sop

TEXT = "# Close the day\n\n1. Count the till\n2. Lock the door\n3. Switch off the light\n"
OLD, NEW = "shop/close.md", "evening/closing.md"
ID = "shop-close"

Sync = Callable[..., Survey]


@pytest.fixture
def sops(workspace: Path) -> Path:
    return workspace / "sops"


@pytest.fixture
def sync(app: Flask, session: Session, sops: Path) -> Sync:
    def run(files: dict[str, str | None] | None = None) -> Survey:
        for path, text in (files or {}).items():
            (sops / path).parent.mkdir(exist_ok=True)
            if text is None:
                (sops / path).unlink()
            else:
                (sops / path).write_text(text)
        found = publish(app, app.config["HOLDFAST"])
        session.rollback()
        session.expire_all()
        return found

    return run


def numbers(session: Session, sop_id: str) -> list[int | None]:
    query = select(Revision.number).where(Revision.sop_id == sop_id)
    return list(session.scalars(query.order_by(Revision.id)))


def test_it_keeps_its_id_its_revisions_and_its_runs(sync: Sync, session: Session, cast: Cast) -> None:
    sync({OLD: TEXT})
    run = lifecycle.start(session, by(cast.staff), NOW, ID, assignee=cast.staff)
    session.commit()
    found = sync({OLD: None, NEW: TEXT})
    assert (found.changed, found.retiring, found.moved) == ([], [], {ID: NEW})
    sop = session.get_one(Sop, ID)
    assert (sop.path, sop.area, sop.retired_at) == (NEW, "Evening", None)
    assert numbers(session, ID) == [1] and session.get(Sop, "evening-closing") is None
    assert run.sop is sop
    note = session.scalars(select(DocumentProblem).where(DocumentProblem.rule == "moved")).one()
    assert not note.error and note.hint.startswith(f"Write “id: {ID}”")
    assert session.scalars(select(Event).where(Event.kind == kinds.SopMoved.kind)).one().data == {
        "before": OLD,
        "after": NEW,
    }


def test_it_stays_so_when_it_is_edited_later(sync: Sync, session: Session, sops: Path) -> None:
    sync({OLD: TEXT})
    sync({OLD: None, NEW: TEXT})
    assert not sync().changed and not sync().moved
    sync({NEW: TEXT.replace("Lock the door", "Lock the front door")})
    assert numbers(session, ID) == [1, 2]
    revision = session.get_one(Sop, ID).in_force
    assert revision is not None and [step.key for step in revision.steps][1] == "lock-the-door"
    steps = CliRunner().invoke(main, ["steps", str(sops / NEW), "--json"]).output
    assert f'"id": "{ID}"' in steps and '"key": "lock-the-door"' in steps
    lint = CliRunner().invoke(main, ["lint", str(sops / NEW)]).output
    assert "moved" not in lint and "The id" not in lint
    sync({NEW: "---\nid: closing\n---\n" + TEXT})  # the author says that it is another one
    assert session.get_one(Sop, "closing").path == NEW
    assert session.get_one(Sop, ID).retired_at is not None


def test_one_that_is_moved_and_edited_at_once_is_known_by_most_of_its_steps(
    sync: Sync, session: Session
) -> None:
    sync({OLD: TEXT})
    found = sync({OLD: None, NEW: TEXT.replace("Switch off the light", "Switch off every light")})
    assert found.retiring == [] and numbers(session, ID) == [1, 2]
    revision = session.get_one(Sop, ID).in_force
    assert revision is not None and revision.steps[2].key == "switch-off-the-light"
    assert session.scalars(select(FormerPath.path)).all() == [OLD]


def test_one_that_was_retired_between_going_and_coming_is_known(sync: Sync, session: Session) -> None:
    sync({OLD: TEXT})
    sync({OLD: None})
    assert session.get_one(Sop, ID).retired_at is not None
    sync({NEW: TEXT})
    sop = session.get_one(Sop, ID)
    assert sop.retired_at is None and sop.path == NEW and session.get(Sop, "evening-closing") is None


def test_one_that_was_copied_first_and_then_deleted_is_known(sync: Sync, session: Session) -> None:
    sync({OLD: TEXT})
    sync({NEW: TEXT})
    assert session.get_one(Sop, "evening-closing").retired_at is None  # so far it may be meant
    found = sync({OLD: None})
    assert found.moved == {ID: NEW} and found.retiring == ["evening-closing"]
    assert session.get_one(Sop, ID).retired_at is None
    again = sync()
    assert not again.changed and not again.moved and not again.retiring
    sync({NEW: TEXT.replace("Lock the door", "Lock the front door")})
    assert numbers(session, ID) == [1, 2]


def test_a_copy_that_has_been_run_stays_itself(sync: Sync, session: Session, cast: Cast) -> None:
    sync({OLD: TEXT})
    sync({NEW: TEXT})
    lifecycle.start(session, by(cast.staff), NOW, "evening-closing", assignee=cast.staff)
    session.commit()
    assert sync({OLD: None}).retiring == [ID]


def test_a_whole_folder_can_be_renamed(sync: Sync, session: Session, sops: Path) -> None:
    texts = {f"shop/{n}.md": TEXT.replace("till", f"till {n}") for n in range(20)}
    sync(dict(texts))
    (sops / "shop").rename(sops / "store")
    found = sync()
    assert found.retiring == [] and len(found.moved) == 20 and not found.errors
    assert session.get_one(Sop, "shop-7").path == "store/7.md"


def test_another_document_that_comes_when_one_goes_is_new(sync: Sync, session: Session) -> None:
    sync({OLD: TEXT})
    other = "# Open the day\n\n1. Switch on the light\n2. Count the till\n3. Open the door\n"
    found = sync({OLD: None, NEW: other})
    assert found.retiring == [ID] and session.get_one(Sop, "evening-closing").in_force is not None


def place(path: str, *texts: str, digest: str = "", title: str = "A") -> Place:
    return Place(path, title, frozenset({digest} - {""}), frozenset(texts))


@pytest.mark.parametrize(
    ("gone", "new", "pairs"),
    [
        ({"a": place("x/a.md", digest="1")}, [place("y/b.md", digest="1")], {"y/b.md": "a"}),
        (  # two of the same text: the names of their files tell them apart
            {"a": place("x/a.md", digest="1"), "b": place("x/b.md", digest="1")},
            [place("y/b.md", digest="1"), place("y/a.md", digest="1")],
            {"y/b.md": "b", "y/a.md": "a"},
        ),
        (  # which is which can't be told
            {"a": place("x/a.md", digest="1"), "b": place("x/b.md", digest="1")},
            [place("y/c.md", digest="1")],
            {},
        ),
        (
            {"a": place("x/a.md", "1", "2", "3"), "b": place("x/b.md", "1", "5", "6")},
            [place("y/c.md", "1", "2", "4")],
            {"y/c.md": "a"},
        ),
        ({"a": place("x/a.md", "1", "2", "3", "4")}, [place("y/c.md", "1", "2", "5", "6")], {}),
        ({"a": place("x/a.md", "1", title="B")}, [place("y/c.md", "1")], {}),
        ({"a": place("x/a.md", "1")}, [place("y/c.md", "1")], {"y/c.md": "a"}),
        (  # both could be it
            {"a": place("x/a.md", "1", "2", "3")},
            [place("y/c.md", "1", "2"), place("y/d.md", "2", "3")],
            {},
        ),
    ],
)
def test_what_is_in_doubt_is_new(gone: dict[str, Place], new: list[Place], pairs: dict[str, str]) -> None:
    assert moves.pair(gone, {one.path: one for one in new}) == pairs


def test_an_id_that_begins_an_sop_anew_is_told(sync: Sync, session: Session) -> None:
    """Whoever writes an id for the first time may mean to keep what there is."""
    sync({OLD: TEXT})
    sync({OLD: "---\nid: closing\n---\n" + TEXT})
    assert session.get_one(Sop, ID).retired_at is not None and numbers(session, "closing") == [1]
    problem = session.scalars(select(DocumentProblem).where(DocumentProblem.path == OLD)).one()
    assert (problem.rule, problem.error) == ("changed-id", False)
    assert f"“{ID}” is retired" in problem.message and f"“id: {ID}”" in problem.hint
    sync({OLD: f"---\nid: {ID}\n---\n" + TEXT})
    assert session.get_one(Sop, ID).retired_at is None
