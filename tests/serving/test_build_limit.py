"""A build that never ends is ended, said, and leaves the site as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.config import load
from tracker.serving import site


def test_a_build_that_stalls_is_ended_and_said(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(workspace, {})
    settings.site.mkdir()
    (settings.site / "index.html").write_text("as it was")
    (workspace / "stall.py").write_text(
        "import threading\n\n\ndef on_pre_build(config):\n    threading.Event().wait()\n"
    )
    with (workspace / "mkdocs.yml").open("a") as file:
        file.write("\nhooks:\n  - stall.py\n")
    monkeypatch.setattr(site, "BUILD_SECONDS", 3)
    told: list[str] = []
    site._build_if_needed(settings, told.append)
    assert len(told) == 1 and "not built within 3 seconds and stays as it was" in told[0]
    assert (settings.site / "index.html").read_text() == "as it was"
    assert not (settings.instance / "site.stamp").exists()
