"""Images of revisions are shown as they were, also where the folder that they were frozen into is lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tests.conftest import Furnished
from tests.support.installation import OPENING, Cast, Visitor
from tracker.authoring.sync import publish
from tracker.config import load
from tracker.models import FrozenImage, Person, Sop

Visit = Callable[[Person | None], Visitor]
CONTENTS = (b"\x89PNG one", b"\x89PNG two")


@pytest.fixture
def names(app: Flask, workspace: Path, session: Session) -> list[str]:
    """The frozen images of two revisions, of which the first is in force no more."""
    found = []
    (workspace / "sops/opening.md").write_text(OPENING + "4. Look\n\n    ![door](door.png)\n")
    for content in CONTENTS:
        (workspace / "sops/door.png").write_bytes(content)
        publish(app, app.config["HOLDFAST"])
        session.rollback()
        revision = session.get_one(Sop, "opening").in_force
        assert revision is not None
        found.append(revision.meta.images["door.png"])
    return found


def shown(visitor: Visitor, names: list[str]) -> list[bytes]:
    answers = [visitor.get(f"/media/{name}") for name in names]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.mimetype for answer in answers} == {"image/png"}
    return [answer.data for answer in answers]


def test_a_lost_folder_comes_back_from_the_database(
    workspace: Path, names: list[str], visit: Visit, cast: Cast
) -> None:
    shutil.rmtree(workspace / "instance/media")
    assert shown(visit(cast.staff), names) == list(CONTENTS)
    assert {file.name for file in (workspace / "instance/media").iterdir()} == set(names)


def test_images_of_an_older_version_are_put_into_the_database(
    app: Flask, workspace: Path, names: list[str], visit: Visit, cast: Cast, session: Session
) -> None:
    session.execute(delete(FrozenImage))
    session.commit()
    publish(app, app.config["HOLDFAST"])
    shutil.rmtree(workspace / "instance/media")
    assert shown(visit(cast.staff), names) == list(CONTENTS)


def test_what_was_lost_with_an_older_version_is_frozen_anew_from_the_documents(
    app: Flask, workspace: Path, names: list[str], visit: Visit, cast: Cast, session: Session
) -> None:
    session.execute(delete(FrozenImage))
    session.commit()
    shutil.rmtree(workspace / "instance/media")
    publish(app, app.config["HOLDFAST"])
    assert shown(visit(cast.staff), names[1:]) == [CONTENTS[1]]
    assert visit(cast.staff).get(f"/media/{names[0]}").status_code == 404


def test_a_file_that_is_not_what_it_is_called_stays_out_of_the_database(
    app: Flask, workspace: Path, names: list[str], session: Session
) -> None:
    (workspace / "instance/media" / f"{'a' * 64}.png").write_bytes(b"torn")
    (workspace / "instance/media/notes.txt").write_bytes(b"mine")
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    assert set(session.scalars(select(FrozenImage.name))) == set(names)


@pytest.mark.postgres
def test_another_instance_on_the_same_database_shows_them(furnished: Furnished, tmp_path: Path) -> None:
    """Another machine: no documents, no frozen images, the database alone."""
    from tests.support import installation
    from tracker.app import create_app
    from tracker.db import db

    first = furnished(tmp_path / "one")
    url = {"HOLDFAST_DATABASE_URL": first.config["HOLDFAST"].database_url}
    (tmp_path / "one/sops/door.png").write_bytes(CONTENTS[0])
    (tmp_path / "one/sops/opening.md").write_text(OPENING + "4. Look\n\n    ![door](door.png)\n")
    publish(first, first.config["HOLDFAST"])
    second = create_app(load(tmp_path / "two", url))
    with second.app_context():
        session = db.session()
        (name,) = session.scalars(select(FrozenImage.name))
        staff = installation.cast_of(session).staff
        assert shown(Visitor(second, staff), [name]) == [CONTENTS[0]]
        session.rollback()
    for app in (first, second):
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
