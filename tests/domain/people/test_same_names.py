"""People, places, teams and roles have one name each, however it is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, people_at
from tests.support.upgrading import engines
from tracker import migrations
from tracker.domain import access
from tracker.domain.people import accounts, directory, places
from tracker.domain.runs import subjects
from tracker.errors import ConflictError, InvalidError
from tracker.models import Person, Role


def added(session: Session, cast: Cast, login: str, **more: object) -> Person:
    return accounts.add(session, by(cast.admin), NOW, login=login, name=login, password=None, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("login", "typed"),
    [
        ("İbrahim", ["ibrahim", "IBRAHIM", "İBRAHİM", "ｉbrahim"]),
        ("ışıl", ["IŞIL", "ışıl", "işil", "is\u0327il"]),
        ("straße", ["STRASSE", "Straße", "STRAẞE"]),
        ("Ο.Νίκος", ["ο.νίκοσ", "Ο.ΝΊΚΟΣ"]),
        ("jo-ann", ["jo‑ann", "JO\u2010ANN", " jo-ann\u200b"]),
    ],
)
def test_a_login_is_one_person_however_it_is_typed(
    session: Session, cast: Cast, login: str, typed: list[str]
) -> None:
    person = added(session, cast, login)
    for way in typed:
        assert directory.with_login(session, way) is person, way
        with pytest.raises((ConflictError, InvalidError)):  # the hyphen of another kind is not for logins
            added(session, cast, way)


@pytest.mark.parametrize("login", ["ѕam", "sаm", "ｓam", "SAM"])
def test_no_second_login_looks_the_same(session: Session, cast: Cast, login: str) -> None:
    assert cast.staff.login == "sam"
    with pytest.raises(ConflictError, match=r"taken|looks like the login name “sam”"):
        added(session, cast, login)
    added(session, cast, "самира")  # other letters alone are nobody's likeness


def test_names_are_kept_without_what_nobody_sees(session: Session, cast: Cast) -> None:
    evil = "evil\u202egpj.exe\tb\nc"
    person = accounts.add(session, by(cast.admin), NOW, login="eve", name=evil, password=None)
    assert person.name == "evilgpj.exe b c"
    hidden = accounts.add(session, by(cast.admin), NOW, login="bob", name="\u200b\u202e", password=None)
    assert hidden.name == "bob"


def test_places_and_teams_are_found_however_they_are_written(session: Session, cast: Cast) -> None:
    place = places.add_location(session, by(cast.admin), NOW, name="Köln Nord", zone="Europe/Berlin")
    team = places.add_team(session, by(cast.admin), NOW, name="Früh-Schicht", location=place)
    for way in ("Ko\u0308ln Nord", "KÖLN  NORD", "ｋöln nord"):
        assert directory.location_named(session, way) is place
        with pytest.raises(ConflictError):
            places.add_location(session, by(cast.admin), NOW, name=way, zone="UTC")
    assert directory.team_named(session, "FRÜH‑SCHICHT") is team


def test_a_role_is_one_job_however_it_is_written(session: Session, cast: Cast) -> None:
    person = added(session, cast, "pia", roles=["PICKER"])
    assert [role.name for role in person.roles] == ["picker"]  # as it was written first
    assert session.scalars(select(Role.name_key)).all().count("picker") == 1
    assert access.may_run(by(person), ["Picker"]) and access.has_role(person, "ｐicker")
    assert directory.roles(session).count("picker") == 1


def test_lists_of_people_and_places_are_in_the_order_of_people(session: Session, cast: Cast) -> None:
    for name in ("Lane 10", "Äpfel", "lane 2", "Apfel 3", "Zoll", "Lane 1"):
        places.add_location(session, by(cast.admin), NOW, name=name, zone="UTC")
    known = [place.name for place in directory.locations(session)]
    ours = [name for name in known if name not in ("Porto", "Berlin")]
    assert [n for n in ours if n[0] in "AÄLlZ"] == ["Apfel 3", "Äpfel", "Lane 1", "lane 2", "Lane 10", "Zoll"]
    people_at(session, "Porto", ["zoe", "ali"])
    assert [p.name for p in directory.people(session)] == sorted(
        (p.name for p in directory.people(session)), key=str.casefold
    )


ROWS = (
    "locations (id, name, zone, name_key) VALUES (1, 'Köln Nord', 'Europe/Berlin', 'köln nord'),"
    " (2, 'Köln  Nord', 'UTC', 'köln  nord'), (3, 'Lane 10', 'UTC', ''), (4, 'Lane 2', 'UTC', '')",
    "people (id, login, login_key, name, access, areas, everywhere, imported, created_at) VALUES"
    " (1, 'ışıl', 'ışıl', 'Işıl', 'staff', '[]', false, false, '2026-01-01'),"
    " (2, 'işil', 'işil', 'İşil', 'staff', '[]', false, false, '2026-01-01')",
    "sops (id, title, area) VALUES ('pack', 'Pack', '')",
    "revisions (id, sop_id, number, label, title, source, html, meta, published_at)"
    " VALUES (1, 'pack', 1, '1', 'Pack', '', '', '{}', '2026-01-01')",
    "runs (id, ref, sop_id, revision_id, subject_kind, subject_ref, state, started_at) VALUES"
    " (1, 'a', 'pack', 1, 'order', 'TOTE-99', 'open', '2026-01-01'),"
    " (2, 'b', 'pack', 1, 'order', 'Order 7', 'open', '2026-01-01'),"
    " (3, 'c', 'pack', 1, '', 'ＣＡＳＥ‑1', 'open', '2026-01-01'),"
    " (4, 'd', 'pack', 1, '', '', 'open', '2026-01-01')",
    "subject_aliases (kind, ref, alias) VALUES"
    " ('order', 'TOTE-99', 'Shop-5'), ('order', 'TOTE-99', 'SHOP-5')",
)


def _older(engine: Engine) -> None:
    """A database from before, with names and subjects that are the same now."""
    config = Config()
    config.set_main_option("script_location", str(migrations.HERE))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0022")
        for row in ROWS:
            connection.execute(text(f"INSERT INTO {row}"))
        connection.execute(text("UPDATE sops SET in_force_id = 1"))


@pytest.mark.postgres
def test_an_upgrade_keeps_both_of_what_is_the_same_now(postgres_url: str, tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path / 'old.sqlite3'}", postgres_url):
        with engines(url, 1) as (engine,):
            _older(engine)
            migrations.upgrade(engine)
            with Session(engine) as session:
                assert session.scalars(text("SELECT subject_key FROM runs ORDER BY id")).all() == [
                    "tote-99", "7", "case-1", "",
                ]  # fmt: skip
                assert subjects.aliases_of(session, "order", "tote-99") in (["Shop-5"], ["SHOP-5"])
                for way in ("Köln Nord", "köln nord"):
                    place = directory.place_named(session, way)
                    assert place is not None and place.id == 1
                for login in ("ışıl", "işil"):
                    found = directory.with_login(session, login)
                    assert found is not None and found.login == login
                assert directory.shared_logins(directory.accounts(session)) == {"ışıl", "işil"}
                names = [place.name for place in directory.locations(session)]
                assert names[-2:] == ["Lane 2", "Lane 10"]
