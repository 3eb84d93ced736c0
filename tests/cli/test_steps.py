"""`holdfast steps` and `lint` read whatever lies in the folder, and say what is wrong with it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from click.testing import CliRunner

from tracker.cli import main


def test_a_link_out_and_a_pipe_do_not_stop_the_others(tmp_path: Path) -> None:
    sops = tmp_path / "w/sops"
    sops.mkdir(parents=True)
    (sops / "good.md").write_text("1. Do this\n2. Do that\n")
    (tmp_path / "out.md").write_text("1. Do it outside\n")
    os.symlink(tmp_path / "out.md", sops / "link.md")
    os.mkfifo(sops / "pipe.md")
    for path in (sops, sops / "link.md", sops / "good.md"):
        assert CliRunner().invoke(main, ["steps", str(path)]).exit_code == 0, path
    rows = json.loads(CliRunner().invoke(main, ["steps", str(sops), "--json"]).stdout)
    assert [row["id"] for row in rows] == ["good", "link"]


def test_an_error_names_the_path_that_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "sops").mkdir()
    (tmp_path / "sops/bad.md").write_text("1. Do this {#same}\n2. Do that {#same}\n")
    result = CliRunner().invoke(main, ["steps", str(tmp_path / "sops"), "--json"])
    row = json.loads(result.stdout)[0]
    assert result.exit_code == 1 and row["errors"][0].startswith(f"{row['path']}:2:")


def test_what_looks_like_steps_and_is_none_is_told_with_its_lines(tmp_path: Path) -> None:
    (tmp_path / "sops").mkdir()
    (tmp_path / "sops/count.md").write_text("# Count\n\n- Open the shelf\n- Count it\n- Close the shelf\n")
    result = CliRunner().invoke(main, ["steps", str(tmp_path / "sops"), "--json"])
    assert result.exit_code == 0 and json.loads(result.stdout)[0]["errors"] == []
    assert "count.md:3: Bullets look like steps" in result.stderr and "lines 3, 4, 5" in result.stderr


def test_an_unreadable_published_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "sops").mkdir()
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance/published.json").write_text("{")
    (tmp_path / "sops/good.md").write_text("1. Do this\n2. Do that\n")
    result = CliRunner().invoke(main, ["steps", str(tmp_path / "sops")])
    assert result.exit_code == 0 and "Do that" in result.stdout
