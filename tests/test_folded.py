"""Capitals, small letters and a keyboard's way of writing a letter don't count, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from flask import Flask
from sqlalchemy import Engine, select, text

from tests.support.actors import by
from tests.support.installation import NOW, cast_of, people_at
from tests.support.upgrading import engines
from tracker import migrations
from tracker.authoring.sync import publish
from tracker.db import db, writing
from tracker.domain import access
from tracker.domain.access.owners import owner_of
from tracker.domain.dispatch import batches
from tracker.domain.library import search as library_search
from tracker.domain.people import devices, owner_names, password_links, places
from tracker.domain.runs import lifecycle
from tracker.domain.work import search
from tracker.errors import ConflictError
from tracker.models import Person, Sop

WRITTEN = ["Özlem", "özlem", "ÖZLEM", "o\u0308zlem", "O\u0308ZLEM"]
OERS = (
    "---\nowner: ÖRS\ntitle: Übergabe der Straße\n---\n\n1. Öffne das Tor {#open}\n\nGrüße an die Äbtissin\n"
)


@pytest.fixture
def oezlem(house: Flask) -> Flask:
    """The installation with an Özlem in Berlin and an SOP of ÖRS."""
    settings = house.config["HOLDFAST"]
    (settings.workspace / "sops/tor.md").write_text(OERS)
    publish(house, settings)
    with house.app_context(), writing() as session:
        people_at(session, "Berlin", ["ozge"], roles=["Prüfer"], email="Özge@example.org")
        session.scalars(select(Person).where(Person.login == "ozge")).one().name = "Özlem Şahin"
    return house


def test_somebody_finds_herself_however_she_writes(oezlem: Flask) -> None:
    with oezlem.app_context():
        with writing() as session:
            lead = cast_of(session).lead
            tablet, _ = devices.register(session, by(lead), NOW, name="Türe", location=lead.location)
        for typed in WRITTEN:
            assert [p.login for p in devices.people_at(session, tablet, typed)] == ["ozge"]
            assert [p.login for p in search.people(session, typed, by(lead))[1]] == ["ozge"]
        assert [p.login for p in search.people(session, "PRÜFER", by(lead))[1]] == ["ozge"]
        with pytest.raises(ConflictError, match="already"), writing() as session:
            devices.register(session, by(cast_of(session).lead), NOW, name="TÜRE", location=lead.location)


def test_an_owner_is_named_however_the_document_writes_it(oezlem: Flask) -> None:
    with oezlem.app_context():
        assert "ÖRS" in owner_names.unknown_owners(db.session())
        for typed in ("örs", "ÖRS", "o\u0308rs"):
            with writing() as session:
                cast = cast_of(session)
                owner_names.name_owner(session, by(cast.admin), NOW, typed, cast.area_owner)
        assert "ÖRS" not in owner_names.unknown_owners(session)
        assert owner_of(session, session.get_one(Sop, "tor")) is cast.area_owner
        theirs = select(Sop.id).where(access.sops_answered_for(by(cast.area_owner)))
        assert "tor" in session.scalars(theirs).all()


def test_an_sop_is_found_by_title_and_text(oezlem: Flask) -> None:
    with oezlem.app_context():
        for typed in ("übergabe", "ÜBERGABE STRASSE", "äbtissin", "GRÜSSE", "u\u0308bergabe"):
            assert [hit.sop_id for hit in library_search.find(db.session(), typed).sops] == ["tor"]
        places = [place.anchor for _, place in library_search.find(db.session(), "ÖFFNE das TOR").steps]
        assert places[:1] == ["sop:open"]


def test_places_accounts_and_subjects_too(oezlem: Flask) -> None:
    with oezlem.app_context():
        with writing() as session:
            cast = cast_of(session)
            place = places.add_location(session, by(cast.admin), NOW, name="Köln", zone="Europe/Berlin")
            run = lifecycle.start(
                session, by(cast.staff), NOW, "pack", subject="Kiste Ärger", assignee=cast.staff
            )
            with pytest.raises(ConflictError, match="already"):
                places.add_location(session, by(cast.admin), NOW, name="KÖLN", zone="Europe/Berlin")
            made = password_links.make_for_mail(session, NOW, "özge@EXAMPLE.org")
            lines = "subject,location\n77,ko\u0308LN\n"
            batch = batches.prepare(
                session, by(cast.admin), NOW, sop_id="pack", text=lines, name="a", zone="UTC", assignee=None,
                team=None, role=None, location=None, due=None,
            )  # fmt: skip
            preview = batches.preview(session, by(cast.admin), NOW, batch)
        assert made is not None and made[0].login == "ozge"
        assert [row.columns["location_id"] for row in preview.good] == [place.id]
        assert [found.id for found in search.runs(session, "ÄRGER", by(cast.staff))] == [run.id]


ROWS = (
    "people (id, login, login_key, name, email, access, areas, everywhere, imported, created_at)"
    " VALUES (1, 'o', 'o', 'ÖZLEM', 'Ö@example.org', 'staff', '[]', false, false, '2026-01-01')",
    "sops (id, title, area, owner_name) VALUES ('tor', 'Über', '', 'ÖRS')",
    "revisions (id, sop_id, number, label, title, source, html, meta, published_at)"
    " VALUES (1, 'tor', 1, '1', 'Über', 'Grüße', '', '{}', '2026-01-01')",
    "steps (revision_id, position, key, text, line, depth, checkbox, attributes, html, recovery)"
    " VALUES (1, 1, 'open', 'ÖFFNE', 1, 1, false, '{}', '', '')",
    "owner_names (name, person_id) VALUES ('straße', 1), ('strasse', 1)",
)


def _older(engine: Engine) -> None:
    """A database from before the folded columns, with rows."""
    config = Config()
    config.set_main_option("script_location", str(migrations.HERE))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0018")
        for row in ROWS:
            connection.execute(text(f"INSERT INTO {row}"))
        connection.execute(text("UPDATE sops SET in_force_id = 1"))


@pytest.mark.postgres
def test_a_database_of_before_finds_the_same(postgres_url: str, tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path / 'old.sqlite3'}", postgres_url):
        with engines(url, 1) as (engine,):
            _older(engine)
            migrations.upgrade(engine)
            with engine.connect() as connection:
                rows = connection.execute(text("SELECT name_key, email_key FROM people"))
                assert rows.all() == [("özlem", "ö@example.org")]
                keys = connection.execute(text("SELECT owner_key, search_key, text_key FROM sops")).all()
                assert keys == [("örs", "über\n\ntor", "grüsse")]
                assert connection.execute(text("SELECT name FROM owner_names")).all() == [("strasse",)]
                assert connection.execute(text("SELECT text_key FROM steps")).all() == [("öffne",)]
