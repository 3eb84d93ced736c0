"""An upgrade that is killed leaves the old schema or the new one, whole, and the next start goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine

from tests.faults import strace, upgrades
from tests.faults.audit import address, damage
from tests.support.patience import PATIENCE
from tracker import migrations

KILLED = -9


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of the first version with records in it."""
    file = tmp_path_factory.mktemp("old") / "old.sqlite3"
    upgrades.furnish(address(file))
    return file


@pytest.fixture(scope="module")
def new(old: Path) -> tuple[object, ...]:
    """What an upgrade that nobody disturbs makes of it; first, how many statements that takes."""
    file = shutil.copy(old, old.with_name("new.sqlite3"))
    return upgrades.statements(address(file)), upgrades.state(address(file))


def goes_on(url: str, new: object, *olds: object) -> None:
    """The database is one of these, and the next start makes it new."""
    engine = create_engine(url, poolclass=NullPool)
    assert list(damage(engine)) == []
    assert upgrades.state(url) in (new, *olds)
    migrations.upgrade(engine)
    assert upgrades.state(url) == new and list(damage(engine)) == []


def test_killed_between_two_statements_it_leaves_the_old_schema(
    old: Path, new: tuple[int, object], tmp_path: Path
) -> None:
    count, wanted = new
    was = upgrades.state(address(old))
    files = {}
    for at in (3, count // 2, count):
        files[at] = shutil.copy(old, tmp_path / f"{at}.sqlite3")
        process = upgrades.start(address(files[at]), str(at))
        assert process.wait(PATIENCE) == KILLED
        assert upgrades.state(address(files[at])) == was  # nothing of a transaction is kept before its end
        goes_on(address(files[at]), wanted, was)


@pytest.mark.parametrize(("calls", "at"), [(strace.WRITES, 2), (strace.WRITES, 60), (strace.SYNCS, 2)])
def test_killed_while_it_writes_to_the_disk_it_leaves_one_of_both(
    old: Path, new: tuple[int, object], tmp_path: Path, calls: str, at: int
) -> None:
    strace.needed()
    file = shutil.copy(old, tmp_path / "killed.sqlite3")
    process = upgrades.start(
        address(file), before=strace.killing(calls, at, file.with_name("killed.sqlite3-wal"))
    )
    assert process.wait(PATIENCE) == KILLED
    goes_on(address(file), new[1], upgrades.state(address(old)))


def test_of_two_at_once_the_other_does_it_when_one_is_killed(
    old: Path, new: tuple[int, object], tmp_path: Path
) -> None:
    file = shutil.copy(old, tmp_path / "two.sqlite3")
    one, other = upgrades.start(address(file), str(new[0] // 2)), upgrades.start(address(file))
    assert other.wait(PATIENCE) == 0 and one.wait(PATIENCE) in (KILLED, 0)  # 0 where it came second
    assert upgrades.state(address(file)) == new[1]


@pytest.mark.postgres
def test_on_postgresql_likewise(postgres_database: Callable[[], str]) -> None:
    url, fresh = postgres_database(), postgres_database()
    for each in (url, fresh):
        upgrades.furnish(each)
    was, count = upgrades.state(url), upgrades.statements(fresh)
    wanted = upgrades.state(fresh)
    assert was != wanted
    assert upgrades.start(url, str(count // 2)).wait(PATIENCE) == KILLED
    one, other = upgrades.start(url, str(count // 3)), upgrades.start(url)
    assert other.wait(PATIENCE) == 0 and one.wait(PATIENCE) in (KILLED, 0)
    assert upgrades.state(url) == wanted
