"""A workspace in which a server finds what it otherwise makes at its first start."""

from __future__ import annotations

from pathlib import Path

from tests.support import templates
from tracker import private
from tracker.config import load
from tracker.serving import site


def settled(workspace: Path) -> Path:
    """The same workspace with compiled templates and, in place of its site, a page that needs no building.

    For tests of the server itself: each start would take some seconds more, on both cores.
    """
    settings = load(workspace, {})
    templates.give(workspace)
    settings.site.mkdir()
    (settings.site / "index.html").write_text("<h1>Our way of working</h1>")
    private.write(settings.instance / "site.stamp", site._fingerprint(settings).encode())
    return workspace
