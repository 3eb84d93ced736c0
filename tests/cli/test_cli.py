"""The command line: stable forms, exit codes 0, 1 and 2, errors in one line, docs that name all."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from tests.support.histories import HISTORY
from tracker.cli import main
from tracker.config import Settings, load
from tracker.errors import WorkspaceError
from tracker.share import share

Run = Callable[..., Result]


def commands(group: click.Group = main, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, command in group.commands.items():
        place = (*before, name)
        found += commands(command, place) if isinstance(command, click.Group) else [place]
    return found


@pytest.fixture
def holdfast(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call the command in the workspace."""
    monkeypatch.chdir(workspace)
    return lambda *words, **more: CliRunner().invoke(main, [str(word) for word in words], **more)


@pytest.mark.parametrize("command", [(), *commands()], ids=" ".join)
def test_every_command_has_help(holdfast: Run, command: tuple[str, ...]) -> None:
    result = holdfast(*command, "--help")
    assert result.exit_code == 0 and result.stdout.startswith("Usage:") and not result.stderr


@pytest.mark.parametrize("words", [["explode"], ["sync", "--nothing"], ["steps"], ["import"]])
def test_wrong_usage_exits_with_2(holdfast: Run, words: list[str]) -> None:
    result = holdfast(*words)
    assert result.exit_code == 2 and not result.stdout and result.stderr


def test_init_makes_a_workspace_and_never_overwrites(holdfast: Run, tmp_path: Path) -> None:
    place = tmp_path / "new"
    assert holdfast("init", place).exit_code == 0
    assert (place / "mkdocs.yml").is_file() and (place / "sops/index.md").is_file()
    (place / "mkdocs.yml").write_text("mine")
    (place / "sops/index.md").unlink()
    assert holdfast("init", place).exit_code == 0
    assert (place / "mkdocs.yml").read_text() == "mine" and not (place / "sops/index.md").exists()


def test_sync_says_what_it_did(holdfast: Run, workspace: Path) -> None:
    result = holdfast("sync")
    assert result.exit_code == 0 and "0 published, 3 unchanged" in result.stdout
    (workspace / "sops/opening.md").write_bytes(b"\xff")
    result = holdfast("sync")
    assert result.exit_code == 1 and "opening.md:1: The file is not UTF-8" in result.stderr
    assert "1 with errors" in result.stdout


def test_steps_as_json_has_its_stable_form(holdfast: Run) -> None:
    result = holdfast("steps", "sops/fulfillment/pack.md", "--json")
    (document,) = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (document["path"], document["id"], document["errors"]) == ("sops/fulfillment/pack.md", "pack", [])
    assert list(document) == ["path", "id", "title", "steps", "errors"]
    assert document["steps"][1] == {
        "key": "weigh", "text": "Weigh the parcel", "line": 13, "depth": 1, "checkbox": False,
        "attributes": {"input": "number", "unit": "g", "min": 20.0, "max": 30000.0},
    }  # fmt: skip


def test_steps_of_a_bad_document_exit_with_1(holdfast: Run, workspace: Path) -> None:
    (workspace / "sops/opening.md").write_text("---\ndue: soon\n---\n1. Open the door\n2. Look around\n")
    result = holdfast("steps", "sops/opening.md", "sops/nothing.md", "--json")
    assert result.exit_code == 1 and [bool(d["errors"]) for d in json.loads(result.stdout)] == [True, True]
    assert len(result.stderr.splitlines()) == 2 and "sops/opening.md:2:" in result.stderr


def test_lint_exits_with_1_only_if_something_is_wrong(holdfast: Run, workspace: Path) -> None:
    good = workspace / "sops/fulfillment/pack.md"
    recovery = '\n\n    !!! recovery "It does not scan"\n        Type the number.\n'
    text = good.read_text().replace("due: 4h", "due: 4h\nreview: 90d")
    good.write_text(text.replace(".critical input=scan}", ".critical input=scan}" + recovery))
    result = holdfast("lint", good)
    assert result.exit_code == 0, result.stdout
    good.write_text(good.read_text().replace("owner: olga", "ownr: olga").replace("{#hand}", "{#scan}"))
    result = holdfast("lint", good)
    assert result.exit_code == 1 and f"{good}:5:" in result.stdout and "ownr" in result.stdout


def test_user_add_makes_an_account(holdfast: Run) -> None:
    words = [
        "user",
        "add",
        "Eve",
        "--access",
        "lead",
        "--role",
        "packer",
        "--location",
        "Porto",
        "--password",
    ]
    result = holdfast(*words, "eight green crates")
    said = "eve can sign in as lead, and must then choose their own password.\n"
    assert (result.exit_code, result.stdout) == (0, said)
    result = holdfast(*words, "eight green crates")
    assert result.exit_code == 1 and result.stderr == "holdfast: The login name “eve” is taken.\n"
    for more in (["--location", "Nowhere", "--password", "eight green crates"], ["--password", "short"]):
        result = holdfast("user", "add", "adam", *more)
        assert result.exit_code == 1 and len(result.stderr.splitlines()) == 1


def test_user_add_makes_a_link_instead_of_a_password(holdfast: Run) -> None:
    result = holdfast("user", "add", "Eve", "--email", "eve@floor.example", "--link")
    assert result.exit_code == 0 and result.stdout.startswith("http://127.0.0.1:8000/link/")
    assert "works once" in result.stderr
    for address, root in (
        ("", "http://127.0.0.1:8000/ops"),
        ("https://floor.example", "https://floor.example/ops"),
    ):
        settings = {"HOLDFAST_PREFIX": "/ops", "HOLDFAST_ADDRESS": address}
        assert holdfast("user", "link", "eve", env=settings).stdout.startswith(f"{root}/link/")
    assert holdfast("user", "link", "nobody-here").exit_code == 1


def test_import_and_weak_points(holdfast: Run, workspace: Path) -> None:
    file = workspace / "history.csv"
    file.write_text(HISTORY)
    assert "12 runs imported, 0 were there already" in holdfast("import", file).stdout
    assert "0 runs imported, 12 were there already" in holdfast("import", file).stdout
    rows = json.loads(holdfast("weak-points", "--json").stdout)
    assert set(rows[0]) == {"sop", "step", "kind", "n", "count", "rate", "low", "high", "posterior", "band",
                            "flagged", "probability", "per_month"}  # fmt: skip
    failed = next(row for row in rows if row["kind"] == "failed")
    assert (failed["sop"], failed["step"], failed["n"], failed["count"], failed["rate"]) == (
        "pack",
        "scan",
        12,
        3,
        0.25,
    )
    assert json.loads(holdfast("weak-points", "--json", "--sop", "count").stdout) == []
    slip = holdfast("weak-points", "--json", "--sop", "cuont")
    assert slip.exit_code == 1 and not slip.stdout and "no SOP “cuont”" in slip.stderr
    few = json.loads(holdfast("weak-points", "--json", "--since", "2025-07-05").stdout)
    assert {(row["n"], row["rate"]) for row in few} == {(8, None)}
    for day, n in (("9999-12-31", []), ("9998-12-31", []), ("0001-01-01", [12, 12, 12])):
        found = json.loads(holdfast("weak-points", "--json", "--since", day).stdout)
        assert [row["n"] for row in found] == n


@pytest.mark.parametrize(("year", "said"), [("2025", ""), ("2999", "The last is of 2999-07-12")])
def test_an_import_of_runs_that_are_yet_to_come_says_so(
    holdfast: Run, workspace: Path, year: str, said: str
) -> None:
    file = workspace / "history.csv"
    file.write_text(HISTORY.replace("2025", year))
    done = holdfast("import", file)
    assert done.exit_code == 0 and "12 runs imported" in done.stdout
    assert done.stderr.startswith(said) and bool(done.stderr) is bool(said)


def test_an_import_with_errors_takes_nothing(holdfast: Run, workspace: Path) -> None:
    file = workspace / "history.csv"
    file.write_text(HISTORY + "r99,pack,v1,1,,lift,done,,,p,2025-07-01T12:00:00\n")
    result = holdfast("import", file)
    assert (
        result.exit_code == 1
        and "history.csv:14: " in result.stderr
        and "nothing was imported." in result.stderr
    )
    assert json.loads(holdfast("weak-points", "--json").stdout) == []


def test_an_event_log_is_imported_as_runs_of_an_sop(holdfast: Run, workspace: Path) -> None:
    (workspace / "log.xes").write_text(
        "<log><trace><string key='concept:name' value='R-1'/><event>"
        "<string key='concept:name' value='Hand it over'/>"
        "<date key='time:timestamp' value='2025-07-01T12:00:00Z'/></event></trace></log>"
    )
    said = holdfast("import", "log.xes", "--sop", "pack").stdout.splitlines()
    assert said[:2] == ["1 runs imported, 0 were there already.", "1 activities, 1 are steps."]
    rows = json.loads(holdfast("weak-points", "--json", "--sop", "pack").stdout)
    assert {row["step"] for row in rows if row["kind"] == "omitted" and row["count"]} == {
        "scan",
        "weigh",
        "box",
    }
    for words in (["log.xes"], ["history.csv", "--sop", "pack"], ["log.xes", "--sop", "pack", "--create"]):
        result = holdfast("import", *words)
        assert result.exit_code == 2 and "log" in result.stderr
    result = holdfast("import", "log.xes", "--sop", "nothing")
    assert result.exit_code == 1 and "There is no SOP “nothing”" in result.stderr


@pytest.mark.parametrize(
    "words",
    [["import", "nothing.csv"], ["sync", "--workspace", "nowhere"], ["lint", "--workspace", "nowhere"]],
)
def test_an_error_is_one_line_on_standard_error(holdfast: Run, words: list[str]) -> None:
    result = holdfast(*words)
    assert result.exit_code == 1 and not result.stdout
    assert result.stderr.startswith("holdfast: ") and len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value"), [("HOLDFAST_ZONE", "Mars/Base"), ("HOLDFAST_PORT", "http"), ("HOLDFAST_THREADS", "²")]
)
def test_a_setting_that_can_not_be_used_is_named(workspace: Path, name: str, value: str) -> None:
    with pytest.raises(WorkspaceError, match=name):
        load(workspace, {name: value})


def test_the_secret_is_made_once_and_for_its_owner_only(workspace: Path) -> None:
    first = load(workspace, {}).secret_key
    assert len(first) >= 40 and load(workspace, {}).secret_key == first
    assert (workspace / "instance/secret.key").stat().st_mode & 0o077 == 0


def docs() -> str:
    readme = Path(__file__).parents[2] / "README.md"
    return "\n".join(file.read_text() for file in (readme, *share("sops").glob("guide/*.md")))


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_the_docs_name_every_command(command: tuple[str, ...]) -> None:
    assert f"holdfast {' '.join(command)}" in docs()


@pytest.mark.parametrize("field", [f.name for f in dataclasses.fields(Settings) if f.name != "workspace"])
def test_the_docs_name_every_setting(field: str) -> None:
    assert f"HOLDFAST_{field.upper()}" in docs()


def test_evidence_is_swept_and_what_a_bucket_lacks_is_named(
    holdfast: Run, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = workspace / "instance/evidence/ab" / ("ab" * 32 + ".pdf")
    place.parent.mkdir(parents=True)
    place.write_bytes(b"left over")
    os.utime(place, (1, 1))
    said = holdfast("evidence", "sweep", "--dry-run", "--workspace", workspace)
    assert said.exit_code == 0 and "1 files that no record wants" in said.output and place.exists()
    said = holdfast("evidence", "sweep", "--workspace", workspace)
    assert said.exit_code == 0 and not place.exists()
    monkeypatch.setenv("HOLDFAST_EVIDENCE", "s3://shop")
    monkeypatch.setitem(sys.modules, "boto3", None)
    said = holdfast("evidence", "sweep", "--workspace", workspace)
    assert said.exit_code == 1 and "holdfast: HOLDFAST_EVIDENCE names a bucket" in said.output


def test_weak_points_does_not_wait_for_the_web(workspace: Path) -> None:
    script = (
        "import sys; from tracker.cli import main\n"
        "main(['weak-points', '--json'], standalone_mode=False)\n"
        "print(*sorted({'alembic', 'mkdocs', 'markdown', 'flask_login', 'tracker.app'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=workspace, capture_output=True, text=True)
    assert (done.stdout.splitlines(), done.stderr) == (["[]", ""], "")
