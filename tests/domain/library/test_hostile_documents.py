"""One hostile document among good ones: those are published, it is named, and what was in force stays."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.sop.bombs import MATTER, TEXTS
from tracker.authoring import pinning
from tracker.authoring.documents import find
from tracker.authoring.sync import publish
from tracker.domain.library.survey import Survey
from tracker.models import DocumentProblem, Sop
from tracker.sop import limits
from tracker.sop.limits import Limits

Sync = Callable[[], Survey]

GOOD = {f"good-{n}.md": f"# Good {n}\n\n1. Open box {n}\n2. Close box {n}\n" for n in range(3)}


@pytest.fixture
def sops(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(limits, "READING", Limits(0.4, 0.0, memory=250_000_000, page=2_000_000))
    for name, text in GOOD.items():
        (workspace / "sops" / name).write_text(text)
    return workspace / "sops"


@pytest.fixture
def sync(app: Flask, session: Session) -> Sync:
    def run() -> Survey:
        found = publish(app, app.config["HOLDFAST"])
        session.rollback()
        return found

    return run


@pytest.mark.parametrize("bomb", [MATTER["an alias"][0], TEXTS["paragraphs"], TEXTS["a table"]])
def test_the_others_are_published_and_the_bomb_is_named(
    sops: Path, sync: Sync, session: Session, bomb: str
) -> None:
    (sops / "bomb.md").write_text(bomb)
    found = sync()
    assert {document.path for document, *_ in found.changed} >= GOOD.keys()
    assert {problem.path for problem in found.errors} == {"bomb.md"}
    assert session.get(Sop, "bomb") is None
    told = session.scalars(select(DocumentProblem).where(DocumentProblem.error)).one()
    assert told.path == "bomb.md" and told.hint


def test_what_was_in_force_stays_in_force(sops: Path, sync: Sync, session: Session) -> None:
    file = sops / "good-1.md"
    sync()
    file.write_text(TEXTS["paragraphs"])
    (sops / "good-2.md").write_text(GOOD["good-2.md"] + "3. Label it\n")
    found = sync()
    assert [problem.path for problem in found.errors] == ["good-1.md"] and not found.retiring
    revisions = {sop.id: sop.in_force.number for sop in session.scalars(select(Sop)) if sop.in_force}
    assert (revisions["good-1"], revisions["good-2"]) == (1, 2)
    file.write_text(GOOD["good-1.md"])
    assert not sync().errors


def test_a_translation_that_is_a_bomb_leaves_its_original(sops: Path, sync: Sync, session: Session) -> None:
    (sops / "good-1.pl.md").write_text(TEXTS["paragraphs"])
    assert {problem.path for problem in sync().errors} == {"good-1.pl.md"}
    assert session.get_one(Sop, "good-1").in_force


def test_keys_are_written_into_no_bomb(sops: Path) -> None:
    (sops / "bomb.md").write_text(TEXTS["paragraphs"])
    (one,) = find([sops / "bomb.md"])
    assert [problem.rule for problem in one.document.errors] == ["limits"]
    assert pinning.pin(one).written == 0 and (sops / "bomb.md").read_text() == TEXTS["paragraphs"]


@pytest.mark.parametrize("command", ["sync", "steps", "lint"])
def test_a_command_names_it_and_goes_on_in_little_memory(workspace: Path, command: str) -> None:
    """Six levels of aliases are half a million values; without a limit ten levels are all memory there is."""
    for name, text in GOOD.items():
        (workspace / "sops" / name).write_text(text)
    (workspace / "sops/bomb.md").write_text(MATTER["an alias"][0].replace("*l4", "*l4, *l4"))
    (workspace / "sops/many.md").write_text("\n".join(f"{n}. Check item {n}" for n in range(1, 1_200)))
    given = ["--workspace", "."] if command == "sync" else ["sops"]
    done = subprocess.run(
        [sys.executable, "-m", "tracker.cli", command, *given],
        cwd=workspace,
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000,) * 2),
    )
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert "bomb.md:2: The front matter can't be read" in said
    assert "many.md:1001: The document has more than 1000 steps." in said
    if command == "sync":
        assert "3 published" in said or "6 published" in said, said
