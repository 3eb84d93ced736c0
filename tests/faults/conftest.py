"""One running Holdfast for the faults after which it must go on without a restart."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.house import House, running
from tests.support.evidence import DELIVERY
from tests.support.settled import settled
from tracker.app import create_app
from tracker.authoring.sync import publish
from tracker.config import load
from tracker.db import db


@pytest.fixture(scope="module")
def delivery(_built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with an SOP more, which asks for a photo."""
    place = shutil.copytree(_built, tmp_path_factory.mktemp("faults") / "workspace")
    (place / "sops/delivery.md").write_text(DELIVERY)
    app = create_app(load(place, {}))
    publish(app, app.config["HOLDFAST"])
    with app.app_context():
        db.engine.dispose()
    return settled(place)


@pytest.fixture
def workspace(workspace: Path) -> Path:
    """The usual one, in which a server has been at work before."""
    return settled(workspace)


@pytest.fixture(scope="module")
def house(delivery: Path) -> Iterator[House]:
    with running(delivery, processes=1) as house:
        yield house
