"""The commands know a translation: it has its original's id and keys, and lint says where the two differ."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from tests.domain.test_translated import PACK_PL
from tracker.cli import main


def test_steps_have_the_id_and_the_keys_of_the_original(workspace: Path) -> None:
    file = workspace / "sops/fulfillment/pack.pl.md"
    file.write_text(PACK_PL.replace("{#scan .", "{.").replace("{#box ", "{"))
    result = CliRunner().invoke(main, ["steps", str(file), "--json"])
    (document,) = json.loads(result.stdout)
    assert document["id"] == "pack" and document["title"] == "Spakuj zamówienie"
    assert [step["key"] for step in document["steps"]] == ["scan", "weigh", "box", "flyer", "hand"]
