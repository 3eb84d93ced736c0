"""`holdfast export` writes closed runs, and `holdfast import` takes them in again."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from click.testing import CliRunner, Result

from tests.support.histories import HISTORY
from tracker.cli import main


def holdfast(workspace: Path, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--workspace", str(workspace)])


def test_closed_runs_are_written_and_come_in_again(workspace: Path, tmp_path: Path) -> None:
    file, out = tmp_path / "history.csv", tmp_path / "runs.csv"
    file.write_text(HISTORY)
    assert holdfast(workspace, "import", str(file)).exit_code == 0
    assert holdfast(workspace, "export", "--as", "semicolon", "-o", str(out)).exit_code == 0
    assert out.stat().st_mode & 0o077 == 0
    rows = list(csv.DictReader(out.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert len(rows) == 12 and rows[0]["device_at"] == "2025-07-12T12:00:00+00:00"
    again = holdfast(workspace, "import", str(out))
    assert again.exit_code == 0 and "0 runs imported, 12 were there already." in again.output


def test_only_what_is_asked_for(workspace: Path, tmp_path: Path) -> None:
    file = tmp_path / "history.csv"
    file.write_text(HISTORY)
    holdfast(workspace, "import", str(file))
    result = holdfast(workspace, "export", "--as", "jsonl", "--since", "2025-07-03", "--until", "2025-07-04")
    assert [json.loads(line)["run"] for line in result.stdout.splitlines()] == ["r3", "r2"]
    assert holdfast(workspace, "export", "--sop", "count", "--as", "jsonl").stdout == ""
    assert "There is no SOP “nothing”" in holdfast(workspace, "export", "--sop", "nothing").output
    wrong = holdfast(workspace, "export", "--since", "2025-07-03", "--until", "2025-07-01")
    assert wrong.exit_code == 1 and "lies after the last" in wrong.output
    assert holdfast(workspace, "export", "-o", str(tmp_path / "no/folder.csv")).exit_code == 1
