"""Commands speak the language of the terminal: what they print, what errors say, what is said of "
"documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support import pseudo
from tracker.cli import main

BAD = """\
---
owner: the packers, the pickers
reviw: 90d
tolerance: many
---
# Pack

1. Weigh it as needed {#weigh input=number min=2kg}
2. Label {#label .critical when="color = red"}
![](label.png)
"""
SAME = {
    "holdfast",
    "lint",
    "rules",
    "owner",
    "maria",
    "tolerance",
    "recovery",
    "review",
    "weigh",
    "label",
    "color",
}


@pytest.fixture
def greek(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    pseudo.speak(tmp_path / "catalogues", monkeypatch)
    for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", f"{pseudo.CODE}.UTF-8")
    yield
    pseudo.forget()


def english(text: str) -> set[str]:
    """The words of a text in Latin letters, but for what is quoted, named or written into files."""
    bare = re.sub(
        r"“[^”]*”|\[[\w-]+\]|\S+=\S+|\S*[/.:]\S+|!\S+|\{[^}]*\}|\.critical|^ .*$", "", text, flags=re.M
    )
    return set(re.findall(r"[A-Za-z]{2,}", bare)) - SAME


def run(*given: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, given)
    return result.exit_code, result.output


def test_what_lint_finds(greek: None, workspace: Path) -> None:
    (workspace / "sops/bad.md").write_text(BAD)
    code, output = run("lint", str(workspace / "sops/bad.md"))
    assert code == 1 and output.count("bad.md:") >= 5
    assert not english(output), output


def test_what_an_error_says(greek: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, output = run("build", "--workspace", str(tmp_path / "nowhere"))
    assert code == 1 and output.startswith("holdfast: ") and not english(output)


def test_what_a_command_has_done(greek: None, tmp_path: Path) -> None:
    code, output = run("init", str(tmp_path / "new"))
    assert code == 0 and "μαδε" in output


def test_json_and_marks_for_programs_stay_as_they_are(greek: None, workspace: Path) -> None:
    (workspace / "sops/bad.md").write_text(BAD)
    _, output = run("lint", "--format", "json", str(workspace / "sops/bad.md"))
    assert "means something else to everybody" in output
