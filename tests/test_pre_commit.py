"""The hook for pre-commit: its entry, run as pre-commit runs it, from a repository's top on changed files."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from tests.support.installation import COUNT, OPENING
from tracker.cli import main

ROOT = Path(__file__).parent.parent
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())


@pytest.fixture
def repository(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace in a folder of a repository."""
    top = workspace.parent
    monkeypatch.chdir(top)
    return top


def commit(*files: str, args: tuple[str, ...] = ()) -> Result:
    program, *words = shlex.split(HOOK["entry"])
    assert program == "holdfast"
    chosen = [file for file in files if re.search(HOOK["files"], file)]
    return CliRunner().invoke(main, [*words, *args, *chosen])


def test_only_documents_below_sops_are_looked_at() -> None:
    found = [
        path
        for path in ("sops/a.md", "shop/sops/b/c.markdown", "README.md", "docs/sops.md", "sops/a.png")
        if re.search(HOOK["files"], path)
    ]
    assert found == ["sops/a.md", "shop/sops/b/c.markdown"]


def test_a_commit_with_a_problem_is_stopped(repository: Path) -> None:
    file = repository / "workspace/sops/inventory/count.md"
    file.write_text(COUNT.replace("{#pieces ", "{#number "))
    result = commit("workspace/sops/inventory/count.md", "README.md")
    assert result.exit_code == 1
    assert "workspace/sops/inventory/count.md:9: The key of this step was “pieces”" in result.stdout
    assert "opening.md" not in result.stdout  # it is not part of the commit


def test_the_hook_can_write_the_keys(repository: Path) -> None:
    file = repository / "workspace/sops/opening.md"
    file.write_text("---\nowner: olga\nreview: 90d\n---\n" + OPENING)
    result = commit("workspace/sops/opening.md", args=("--fix",))
    assert result.exit_code == 0  # pre-commit itself stops a commit whose files were changed
    assert "{#unlock-the-door}" in file.read_text()
    assert "written" not in commit("workspace/sops/opening.md", args=("--fix",)).stderr
