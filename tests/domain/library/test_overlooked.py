"""What looks like a document and is not read as one is named by every command, and by a sync."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from tracker.authoring.sync import publish
from tracker.cli import main
from tracker.domain.library import overlooked

STEPS = "# Pack\n\n1. Open it\n2. Close it\n"


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(STEPS)


FILES = ["a.mdx", "b/a.mdown", "A.MD", "a.qmd", "a.rst", "a.adoc", ".a.md", ".github/a.md", "b/.x/c/d/a.mdx"]


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_looks_like_a_document_is_named(tmp_path: Path, name: str) -> None:
    put(tmp_path, "good.md", name)
    (problem,) = overlooked.below(tmp_path)
    assert name.startswith(problem.path) and problem.message and problem.hint and not problem.error


OTHERS = ["a.md", "a.markdown", "a.txt", "a.png", ".git/a.md", "node_modules/x/a.md", ".x/a.png", ".pages"]


@pytest.mark.parametrize("name", OTHERS)
def test_anything_else_is_not(tmp_path: Path, name: str) -> None:
    put(tmp_path, name)
    assert list(overlooked.below(tmp_path)) == []


def test_a_hidden_folder_is_named_once_with_what_it_holds(tmp_path: Path) -> None:
    put(tmp_path, ".github/a.md", ".github/b/c.md")
    (problem,) = overlooked.below(tmp_path)
    assert problem.path == ".github" and "2 documents" in problem.message


def test_a_name_that_can_not_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"q\xff.mdx")).write_text(STEPS)
    assert [problem.path for problem in overlooked.below(tmp_path)] == ["q\ufffd.mdx"]


def test_a_sync_tells_it_and_publishes_the_others(app: Flask, workspace: Path) -> None:
    put(workspace / "sops", "good.md", "bad.mdx")
    found = publish(app, app.config["HOLDFAST"])
    assert [(problem.path, problem.rule) for problem in found.problems] == [("bad.mdx", "overlooked")]
    assert [document.path for document, *_ in found.changed] == ["good.md"]


@pytest.mark.parametrize("command", ["steps", "lint", "adopt"])
def test_each_command_names_it(tmp_path: Path, command: str) -> None:
    put(tmp_path / "handbook", "pack.md", "seal.mdx", ".more/a.md")
    (tmp_path / "place/sops").mkdir(parents=True)
    more = ["--workspace", str(tmp_path / "place")] if command == "adopt" else []
    done = CliRunner().invoke(main, [command, str(tmp_path / "handbook"), *more])
    assert "seal.mdx:1: This file is not read" in done.stderr and ".more:1: This folder" in done.stderr
    assert command != "adopt" or ("1 adopted" in done.stdout and done.exit_code == 0)


def test_an_ending_in_capitals_is_adopted(tmp_path: Path) -> None:
    put(tmp_path / "handbook", "PACK.MD")
    (tmp_path / "place/sops").mkdir(parents=True)
    words = ["adopt", str(tmp_path / "handbook"), "--workspace", str(tmp_path / "place")]
    done = CliRunner().invoke(main, words)
    assert "not read" not in done.output and "1 adopted" in done.output
