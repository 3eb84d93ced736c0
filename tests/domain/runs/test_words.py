"""A revision in other languages: frozen with it, part of its digest, and no SOP of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tests.support import installation
from tests.support.actors import by
from tests.support.installation import NOW, PACK_PL
from tracker.db import db, writing
from tracker.domain.library import in_force_file, publishing, survey
from tracker.domain.library.survey import Survey
from tracker.domain.runs import lifecycle, loading, recovery
from tracker.domain.runs import words as runs_words
from tracker.models import Revision, Run, Sop, Translation

Sync = Callable[[], Survey]


@pytest.fixture
def sops(workspace: Path) -> Path:
    return workspace / "sops"


@pytest.fixture
def sync(session: Session, workspace: Path) -> Sync:
    def run() -> Survey:
        db.session.remove()
        found = survey.take(db.session(), workspace / "sops", workspace / "instance")
        db.session.remove()
        for unit in publishing.units(found, NOW + timedelta(days=1)):
            with writing() as open_session:
                unit(open_session)
        return found

    return run


def pack() -> Revision:
    sop = db.session.get(Sop, "pack")
    assert sop is not None and sop.in_force is not None
    return sop.in_force


def test_a_translation_makes_a_revision_and_no_sop(sync: Sync, sops: Path) -> None:
    before = pack().digest
    (sops / "fulfillment/pack.pl.md").write_text(PACK_PL)
    found = sync()
    assert found.problems == [] and len(found.changed) == 1 and found.retiring == []
    assert pack().number == 2 and pack().digest != before
    assert len(db.session.scalars(select(Sop)).all()) == 3
    again = sync()
    assert (again.changed, again.unchanged) == ([], 3)


def test_its_words_are_under_the_keys_of_the_original(sync: Sync, sops: Path) -> None:
    (sops / "fulfillment/pack.pl.md").write_text(PACK_PL)
    sync()
    row = db.session.scalars(select(Translation)).one()
    assert (row.language, row.title) == ("pl", "Spakuj zamówienie")
    assert list(row.steps) == ["scan", "weigh", "box", "flyer", "hand"]
    assert row.steps["weigh"]["text"] == "Zważ paczkę" and "policz ponownie" in row.steps["weigh"]["recovery"]


def test_a_change_of_the_translation_alone_is_a_revision(sync: Sync, sops: Path) -> None:
    file = sops / "fulfillment/pack.pl.md"
    file.write_text(PACK_PL)
    sync()
    file.write_text(PACK_PL.replace("Przekaż dalej", "Oddaj kurierowi"))
    sync()
    assert pack().number == 3
    texts = [
        row.steps["hand"]["text"] for row in db.session.scalars(select(Translation).order_by(Translation.id))
    ]
    assert texts == ["Przekaż dalej", "Oddaj kurierowi"]
    file.unlink()
    sync()
    assert pack().number == 4 and not pack().meta.translations


@pytest.mark.parametrize("broken", [b"\xff", b"---\ndue: soon\n---\n1. Otworz {#scan}\n"])
def test_a_broken_translation_stays_as_it_was(sync: Sync, sops: Path, broken: bytes) -> None:
    file = sops / "fulfillment/pack.pl.md"
    file.write_text(PACK_PL)
    sync()
    file.write_bytes(broken)
    found = sync()
    assert [problem.path for problem in found.errors] == ["fulfillment/pack.pl.md"]
    assert pack().number == 2
    (sops / "fulfillment/pack.md").write_text(
        (sops / "fulfillment/pack.md").read_text() + "6. Sign {#sign}\n"
    )
    assert [problem.path for problem in sync().errors] == ["fulfillment/pack.pl.md"]
    assert pack().number == 3 and list(pack().meta.translations) == ["pl"]


def test_a_broken_one_that_never_was_good_stops_nothing(sync: Sync, sops: Path) -> None:
    (sops / "fulfillment/pack.pl.md").write_bytes(b"\xff")
    assert len(sync().errors) == 1 and pack().number == 1


def test_moving_both_moves_both(sync: Sync, sops: Path) -> None:
    (sops / "fulfillment/pack.pl.md").write_text(PACK_PL)
    sync()
    (sops / "fulfillment/pack.md").rename(sops / "packing.md")
    (sops / "fulfillment/pack.pl.md").rename(sops / "packing.pl.md")
    sync()
    assert pack().number == 2
    (entry,) = in_force_file.content(db.session())["sops"]["pack"]["translations"]
    assert (entry["language"], entry["path"]) == ("pl", "packing.pl.md")
    assert sync().unchanged == 3


def test_a_run_is_read_in_the_first_language_that_there_is(sync: Sync, sops: Path) -> None:
    (sops / "fulfillment/pack.pl.md").write_text(PACK_PL.replace("5. Przekaż dalej {#hand}\n", ""))
    sync()
    sam = installation.cast_of(db.session()).staff
    run = lifecycle.start(db.session(), by(sam), NOW, "pack", subject="1042", assignee=sam)
    for accepted in (["pl-PL", "en"], ["de", "pl"], ["pl"]):
        reading = runs_words.reading(run, accepted)
        assert reading is not None and reading.language == "pl"
    for accepted in (["en-GB", "pl"], ["de"], []):
        assert runs_words.reading(run, accepted) is None
    words = runs_words.states(loading.states(run), runs_words.reading(run, ["pl"]))
    assert [state.step.text for state in words] == [
        "Zeskanuj pojemnik", "Zważ paczkę", "Wybierz karton", "Dodaj ulotkę", "Hand it over",
    ]  # fmt: skip
    assert words[1].step.attributes["max"] == 30000 and words[0].step.critical


def test_an_open_run_leads_to_where_its_document_lies_now(sync: Sync, sops: Path) -> None:
    (sops / "fulfillment/pack.pl.md").write_text(PACK_PL)
    sync()
    sam = installation.cast_of(db.session()).staff
    run = lifecycle.start(db.session(), by(sam), NOW, "pack", subject="1042", assignee=sam)
    db.session.commit()
    for place in ("fulfillment", "shipping"):
        (sops / place).mkdir(exist_ok=True)
        for file in sops.rglob("pack*.md"):
            file.rename(sops / place / file.name)
        sync()
        run = db.session.get_one(Run, run.id)
        reading = runs_words.reading(run, ["pl"])
        assert runs_words.place(run, reading) == f"{place}/pack.pl.md"
        startable = recovery.startable(db.session())
        assert startable[f"/docs/{place}/pack.pl/"] == startable[f"/docs/{place}/pack/"] == "pack"


def test_an_sop_without_translations_costs_no_query(session: Session, start) -> None:  # type: ignore[no-untyped-def]
    run = session.get_one(Run, start().id)
    assert runs_words.reading(run, ["pl"]) is None
    asked: list[str] = []
    listen = lambda *given: asked.append(given[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listen)
    session.expire(run.revision)
    assert runs_words.reading(run, ["pl"]) is None
    event.remove(db.engine, "before_cursor_execute", listen)
    assert asked == []
