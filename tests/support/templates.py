"""Templates that are compiled once for all processes of a run of tests, not anew by each application."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache

from tracker import private
from tracker.app import create_app
from tracker.config import load

NAME = "HOLDFAST_TEMPLATES_OF_TESTS"  # tells the processes of one run where they are


def folder() -> Path:
    """Where they are until the process that asked first has ended."""
    if NAME not in os.environ:
        os.environ[NAME] = tempfile.mkdtemp(prefix="hf-templates-")
        atexit.register(shutil.rmtree, os.environ[NAME], ignore_errors=True)
    return Path(os.environ[NAME])


def shared(app: Flask) -> Flask:
    """The application, which takes what others have compiled, and keeps what it compiles for them."""
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(folder()))
    return app


def give(workspace: Path) -> None:
    """Put all of them where a server that starts in this workspace looks for them."""
    _compile_all()
    theirs = private.folder(workspace / "instance/templates")
    for file in folder().glob("*.cache"):  # not what another process is just writing
        shutil.copy(file, theirs)


@cache
def _compile_all() -> None:
    with tempfile.TemporaryDirectory() as place:
        app = shared(create_app(load(Path(place), {})))
        for name in app.jinja_env.list_templates(filter_func=lambda name: not name.startswith("site/")):
            app.jinja_env.get_template(name)
