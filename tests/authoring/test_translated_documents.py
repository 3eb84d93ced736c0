"""The commands know a translation: it has its original's id and keys, and lint says where the two differ."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from tests.support.installation import PACK_PL
from tracker.cli import main


def test_steps_have_the_id_and_the_keys_of_the_original(workspace: Path) -> None:
    file = workspace / "sops/fulfillment/pack.pl.md"
    file.write_text(PACK_PL.replace("{#scan .", "{.").replace("{#box ", "{"))
    result = CliRunner().invoke(main, ["steps", str(file), "--json"])
    (document,) = json.loads(result.stdout)
    assert document["id"] == "pack" and document["title"] == "Spakuj zamówienie"
    assert [step["key"] for step in document["steps"]] == ["scan", "weigh", "box", "flyer", "hand"]


def test_lint_says_where_it_differs_and_asks_for_nothing_that_the_original_has(workspace: Path) -> None:
    file = workspace / "sops/fulfillment/pack.pl.md"
    file.write_text("---\nid: pack\n---\n" + PACK_PL)
    result = CliRunner().invoke(main, ["lint", str(workspace / "sops/fulfillment")])
    assert "pack.pl.md" not in result.stdout
    file.write_text(PACK_PL.replace("min=20 max=30000", "min=20"))
    result = CliRunner().invoke(main, ["lint", str(workspace / "sops/fulfillment")])
    assert result.exit_code == 1
    assert f"{file}:4: The step has other attributes than in fulfillment/pack.md:13: max." in result.stdout
