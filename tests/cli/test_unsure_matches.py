"""A step that may be another one is a question to its author, with a default, wherever the author looks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.installation import Cast, Visitor
from tracker.cli import main
from tracker.models import Person

BEFORE = (
    "---\nowner: olga\nreview: 90d\n---\n1. Weigh the parcel on the scale\n2. Close it\n3. Hand it over\n"
)
AFTER = BEFORE.replace("Weigh the parcel on the scale", "Place the box and its papers on the scale")
QUESTION = "Is “Place the box and its papers on the scale” the step that was “Weigh the parcel on the scale”?"
ANSWER = "If so, write {#weigh-the-parcel-on-the-scale}; if it is new, write {#place-the-box-and-its-papers"

Run = Callable[..., Result]


@pytest.fixture
def changed(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A document in force, changed since so that one step could be another."""
    monkeypatch.chdir(workspace)
    file = workspace / "sops/send.md"
    file.write_text(BEFORE)
    assert holdfast("sync").exit_code == 0
    file.write_text(AFTER)
    return file


def holdfast(*words: str) -> Result:
    return CliRunner().invoke(main, [*words])


def test_lint_asks_before_and_after_it_is_published(changed: Path) -> None:
    for _ in range(2):
        result = holdfast("lint", "sops/send.md")
        assert result.exit_code == 1 and f"sops/send.md:5: {QUESTION}" in result.stdout
        assert ANSWER in result.stdout and "[unsure-match]" in result.stdout
        holdfast("sync")


def test_diff_asks_before_and_after_it_is_published(changed: Path) -> None:
    for _ in range(2):
        assert f"send.md:5: {QUESTION}" in holdfast("diff", "send").stdout
        holdfast("sync")


def test_sync_notes_it_and_publishes(changed: Path) -> None:
    result = holdfast("sync")
    assert result.exit_code == 0 and "1 published" in result.stdout
    assert f"note: send.md:5: {QUESTION}" in result.stderr
    assert QUESTION in holdfast("sync").stderr  # until it is answered


def test_the_documents_page_and_the_page_of_the_revision_ask(
    changed: Path, cast: Cast, visit: Callable[[Person | None], Visitor]
) -> None:
    holdfast("sync")
    assert QUESTION in visit(cast.owner).get("/library").text
    page = visit(cast.owner).get("/sops/send/diff").text
    assert QUESTION in page and "{#weigh-the-parcel-on-the-scale}" in page
    assert QUESTION in visit(cast.owner).get("/sops/send/revisions").text


def test_the_question_is_gone_once_the_default_is_written(
    changed: Path, cast: Cast, visit: Callable[[Person | None], Visitor]
) -> None:
    holdfast("sync")
    result = holdfast("lint", "--fix", "sops/send.md")
    assert f"note: sops/send.md:5: {QUESTION}" in result.stderr and "3 keys written" in result.stderr
    assert "{#weigh-the-parcel-on-the-scale}" in changed.read_text()
    assert holdfast("lint", "sops/send.md").exit_code == 0
    assert QUESTION not in holdfast("sync").stderr
    for page in ("/library", "/sops/send/diff", "/sops/send/revisions"):
        assert QUESTION not in visit(cast.owner).get(page).text


def test_another_answer_makes_it_a_new_step(changed: Path) -> None:
    changed.write_text(AFTER.replace("its papers on the scale", "its papers on the scale {#put}"))
    assert [line for line in holdfast("lint", "sops/send.md").stdout.splitlines() if QUESTION in line] == []


def test_the_question_can_be_switched_off(changed: Path) -> None:
    changed.write_text(
        AFTER.replace("review: 90d", "review: 90d\nlint: {unsure-match: the default is right}")
    )
    assert holdfast("lint", "sops/send.md").exit_code == 0
    assert QUESTION not in holdfast("sync").stderr
