"""Two instances that publish the same documents at once make one revision of each text, and neither fails."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session

from tests.support.installation import COUNT, NOW, OPENING, PACK
from tests.support.patience import PATIENCE
from tests.support.upgrading import engines
from tracker import migrations
from tracker.domain.library import publishing, survey
from tracker.domain.library.survey import Survey
from tracker.models import DocumentProblem, Event, Revision, Sop, Translation

pytestmark = pytest.mark.postgres

DOCUMENTS = {"pack.md": PACK, "count.md": COUNT, "opening.md": OPENING}


@pytest.fixture
def engine(postgres_database: Callable[[], str]) -> Iterator[Engine]:
    with engines(postgres_database(), 1) as (made,):
        migrations.upgrade(made)
        yield made


@pytest.fixture
def places(tmp_path: Path) -> list[Path]:
    """The workspaces of two instances, with the same documents."""
    made = [tmp_path / "one", tmp_path / "two"]
    for place in made:
        write(place, DOCUMENTS)
    return made


def write(place: Path, documents: dict[str, str]) -> None:
    for name, content in documents.items():
        file = place / "sops" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)


def look(engine: Engine, place: Path) -> Survey:
    with Session(engine) as session:
        return survey.take(session, place / "sops", place / "instance", retire=True)


def publish(engine: Engine, found: Survey) -> Survey:
    """All that follows from a survey, in one transaction."""
    with Session(engine) as session, session.begin():
        for unit in publishing.units(found, NOW):
            unit(session)
    return found


def at_once(engine: Engine, places: list[Path]) -> list[Survey]:
    """Both have looked before either writes; both have written before either commits, unless one waits."""
    gate = threading.Barrier(len(places))

    def instance(place: Path) -> Survey:
        found = look(engine, place)
        with Session(engine) as session, session.begin():
            session.execute(select(1))
            gate.wait(PATIENCE)
            for unit in publishing.units(found, NOW):
                unit(session)
            session.flush()
            session.execute(text("SELECT pg_sleep(0.2)"))
        return found

    with ThreadPoolExecutor(len(places)) as pool:
        return list(pool.map(instance, places))


def revisions(engine: Engine) -> dict[str, list[int | None]]:
    """The numbers of each SOP's revisions."""
    with Session(engine) as session:
        rows = session.execute(select(Revision.sop_id, Revision.number).order_by(Revision.id)).all()
    return {id: [number for of, number in rows if of == id] for id, _ in rows}


def events(engine: Engine) -> Counter[tuple[str, str]]:
    with Session(engine) as session:
        return Counter((event.kind, event.subject) for event in session.scalars(select(Event)))


def test_new_documents_are_published_once(engine: Engine, places: list[Path]) -> None:
    for found in at_once(engine, places):
        assert not found.overtaken
    assert revisions(engine) == {"pack": [1], "count": [1], "opening": [1]}
    assert set(events(engine).values()) == {1}


def test_changed_documents_are_published_once(engine: Engine, places: list[Path]) -> None:
    publish(engine, look(engine, places[0]))
    for place in places:
        write(place, {"opening.md": OPENING + "4. Smile\n", "opening.pl.md": OPENING + "4. Uśmiech\n"})
    at_once(engine, places)
    assert revisions(engine) == {"pack": [1], "count": [1], "opening": [1, 2]}
    with Session(engine) as session:
        assert len(session.scalars(select(Translation)).all()) == 1


def test_what_was_removed_is_retired_once_and_what_moved_moves_once(
    engine: Engine, places: list[Path]
) -> None:
    publish(engine, look(engine, places[0]))
    for place in places:
        (place / "sops/opening.md").unlink()
        (place / "sops/pack.md").rename(place / "sops/packing.md")
    at_once(engine, places)
    told = events(engine)
    assert told["sop.retired", "sop:opening"] == told["sop.moved", "sop:pack"] == 1
    with Session(engine) as session:
        assert session.get_one(Sop, "pack").path == "packing.md"


def test_what_is_wrong_is_told_once(engine: Engine, places: list[Path]) -> None:
    for place in places:
        write(place, {"bad.md": "---\ntitle: [open\n---\n1. Open the box\n2. Count the pieces\n"})
    at_once(engine, places)
    with Session(engine) as session:
        assert [problem.path for problem in session.scalars(select(DocumentProblem))] == ["bad.md"]


def test_another_text_that_came_first_is_looked_at_again(engine: Engine, places: list[Path]) -> None:
    """Keys were carried on from a revision that is in force no more, so nothing is written from them."""
    publish(engine, look(engine, places[0]))
    write(places[0], {"opening.md": OPENING + "4. Smile\n"})
    write(places[1], {"opening.md": OPENING + "4. Wave\n"})
    late = look(engine, places[1])
    publish(engine, look(engine, places[0]))
    publish(engine, late)
    assert late.overtaken == {"opening"} and revisions(engine)["opening"] == [1, 2]
    again = publish(engine, look(engine, places[1]))
    assert not again.overtaken and revisions(engine)["opening"] == [1, 2, 3]


def test_what_another_has_published_anew_is_not_retired(engine: Engine, places: list[Path]) -> None:
    publish(engine, look(engine, places[0]))
    (places[1] / "sops/opening.md").unlink()
    late = look(engine, places[1])
    write(places[0], {"opening.md": OPENING + "4. Smile\n"})
    publish(engine, look(engine, places[0]))
    publish(engine, late)
    assert late.overtaken == {"opening"}
    with Session(engine) as session:
        assert session.get_one(Sop, "opening").retired_at is None


def test_two_commands_at_once_both_succeed(
    postgres_database: Callable[[], str], places: list[Path], tmp_path: Path
) -> None:
    """The real thing: two processes, each with a folder of its own, a database for both."""
    url = postgres_database()
    for place in places:
        write(place, {f"sop-{n}.md": OPENING.replace("door", f"door {n}") for n in range(120)})
    environ = {name: value for name, value in os.environ.items() if not name.startswith("HOLDFAST_")}
    environ["HOLDFAST_DATABASE_URL"] = url
    for last in ("3. Start the till", "3. Start both tills"):
        for place in places:
            for file in (place / "sops").glob("sop-*.md"):
                file.write_text(file.read_text().replace("3. Start the till", last))
        commands = [[sys.executable, "-m", "tracker.cli", "sync", "--workspace", str(p)] for p in places]
        running = [
            subprocess.Popen(c, env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            for c in commands
        ]
        for process in running:
            told, _ = process.communicate(timeout=PATIENCE)
            assert process.returncode == 0, told
    made = create_engine(url)
    found = revisions(made)
    made.dispose()
    assert len(found) == 123 and {tuple(numbers) for numbers in found.values()} == {(1,), (1, 2)}
