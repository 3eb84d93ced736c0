"""A workspace in which a server finds what it otherwise makes at its first start."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from jinja2 import FileSystemBytecodeCache

from tracker import private
from tracker.app import create_app
from tracker.config import load
from tracker.serving import site


def settled(workspace: Path) -> Path:
    """The same workspace with compiled templates and, in place of its site, a page that needs no building.

    For tests of the server itself: each start would take some seconds more, on both cores.
    """
    settings = load(workspace, {})
    shutil.copytree(_templates(), settings.instance / "templates", dirs_exist_ok=True)
    settings.site.mkdir()
    (settings.site / "index.html").write_text("<h1>Our way of working</h1>")
    private.write(settings.instance / "site.stamp", site._fingerprint(settings).encode())
    return workspace


@cache
def _templates() -> Path:
    """All templates, compiled once for this process of tests."""
    place = Path(tempfile.mkdtemp(prefix="hf-templates-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    compiled = place / "templates"
    private.folder(compiled)
    app = create_app(load(place, {}))
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
    for name in app.jinja_env.list_templates(filter_func=lambda name: not name.startswith("site/")):
        app.jinja_env.get_template(name)
    return compiled
