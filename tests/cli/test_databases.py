"""A database from a newer version, or from before the first release, gets words and no traceback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, inspect, text

from tracker.cli import main

OTHERS = {
    "newer": (
        [
            "CREATE TABLE alembic_version (version_num VARCHAR(32))",
            "INSERT INTO alembic_version VALUES ('9999')",
        ],
        "made by a newer version of Holdfast",
    ),
    "before": (["CREATE TABLE runs (id INTEGER)"], "from before the first release"),
}


def commands(group: click.Group = main, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command that works on a workspace's database, with something for each argument that it needs."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))
        elif hasattr(command.callback, "__wrapped__") or name == "serve":
            needed = [option for option in command.params if option.required]
            given = [
                [option.opts[0], "1"] if option.param_type_name == "option" else ["1"] for option in needed
            ]
            yield *before, name, *(["--port", "0"] if name == "serve" else []), *sum(given, list[str]())


def _needed(command: click.Command) -> Iterator[str]:
    for one in command.params:
        if one.required:
            yield from [one.opts[0], "1"] if isinstance(one, click.Option) else ["1"]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'other.sqlite3'}"
    url: str = request.getfixturevalue("postgres_database")()
    return url


@pytest.mark.parametrize("other", OTHERS)
def test_every_command_says_what_to_do_and_changes_nothing(
    address: str, other: str, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements, words = OTHERS[other]
    engine = create_engine(address)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    monkeypatch.setenv("HOLDFAST_DATABASE_URL", address)
    monkeypatch.setenv("HOLDFAST_PROCESSES", "1")
    monkeypatch.chdir(workspace)
    (workspace / "1").write_text("")
    said = {command: _said(command) for command in commands()}
    assert ("serve", "--port", "0") in said and len(said) > 12
    assert {command: what for command, what in said.items() if not _is_right(what, words)} == {}
    assert inspect(engine).get_table_names() == [statements[0].split()[2]]
    engine.dispose()


def _said(command: tuple[str, ...]) -> tuple[int, str, BaseException | None]:
    result = CliRunner().invoke(main, list(command))
    return result.exit_code, result.output, result.exception


def _is_right(said: tuple[int, str, BaseException | None], words: str) -> bool:
    code, output, error = said
    told = output.startswith("holdfast: The database ") and words in output and output.count("\n") == 1
    return code == 1 and told and isinstance(error, SystemExit)
