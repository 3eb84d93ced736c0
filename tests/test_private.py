"""All that lies below instance/ is for the user who serves alone, whatever made it and whatever the umask."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from PIL import Image

from tests.support.modes import open_to_others
from tests.support.serving import serving
from tracker import private
from tracker.cli import main
from tracker.config import load


@pytest.fixture
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


WRITTEN = {
    *("holdfast.sqlite3", "holdfast.sqlite3-wal", "holdfast.sqlite3-shm", "secret.key", "evidence", "tls"),
    *("media", "earlier", "published.json", "site.stamp", "templates"),
}


def loosen(instance: Path) -> None:
    """As a version that left it to the umask made it."""
    for place, folders, files in os.walk(instance):
        for name in (*folders, *files):
            Path(place, name).chmod(0o777 if name in folders else 0o666)
    instance.chmod(0o777)


@pytest.mark.parametrize("umask", [0o000], indirect=True)
def test_a_server_makes_everything_for_itself_and_closes_what_was_open(
    app: Flask, workspace: Path, umask: int
) -> None:
    image = workspace / "sops/fulfillment/box.png"
    Image.new("RGB", (8, 8)).save(image)
    document = workspace / "sops/fulfillment/pack.md"
    document.write_text(document.read_text().replace("Add a flyer", "Add a ![box](box.png) flyer"))
    loosen(workspace / "instance")
    with serving(workspace, HOLDFAST_TLS="1", HOLDFAST_PROCESSES="2") as house:
        house.wait_for("The site is up to date")
        app.config["EVIDENCE"].put(f"{64 * 'a'}.jpg", b"a photo")
        instance = workspace / "instance"
        made = {entry.relative_to(instance).parts[0] for entry in instance.rglob("*")}
        assert made >= WRITTEN
        assert open_to_others(instance) == {}


@pytest.mark.parametrize("umask", [0o000, 0o077], indirect=True)
def test_a_command_makes_everything_for_itself(tmp_path: Path, umask: int) -> None:
    for command in (["init", str(tmp_path)], ["sync", "--workspace", str(tmp_path)]):
        assert CliRunner().invoke(main, command).exit_code == 0
    assert (tmp_path / "instance/holdfast.sqlite3").is_file() and open_to_others(tmp_path / "instance") == {}
    shared = 0o777 & ~umask  # what others are to read stays as the umask says
    assert stat.S_IMODE((tmp_path / "sops").stat().st_mode) == shared


def test_links_are_not_followed_and_what_is_outside_stays(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "folder").mkdir(parents=True)
    (outside / "file").write_text("theirs")
    loosen(outside)
    instance = load(tmp_path / "workspace", {}).instance
    for name in ("folder", "file"):
        (instance / f"link-{name}").symlink_to(outside / name)
    (instance / "gone").symlink_to(tmp_path / "nowhere")
    (instance / "own").mkdir(mode=0o755)
    assert private.tighten(instance) == [] and open_to_others(instance) == {}
    assert [stat.S_IMODE((outside / name).stat().st_mode) for name in ("folder", "file")] == [0o777, 0o666]


def test_a_place_that_is_a_link_is_closed_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "volume").mkdir(mode=0o755)
    (tmp_path / "workspace").mkdir()
    (tmp_path / "workspace/instance").symlink_to(tmp_path / "volume")
    load(tmp_path / "workspace", {})
    assert open_to_others(tmp_path / "volume") == {}


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="gives a file to somebody else")
def test_what_belongs_to_somebody_else_is_said_and_left(tmp_path: Path) -> None:
    instance = load(tmp_path, {}).instance
    theirs = instance / "theirs.txt"
    theirs.write_text("x")
    theirs.chmod(0o644)
    os.chown(theirs, 12345, 12345)
    (told,) = private.tighten(instance)
    assert str(theirs) in told and "another user" in told
    assert stat.S_IMODE(theirs.stat().st_mode) == 0o644


def test_a_database_that_somebody_has_put_elsewhere_is_left(tmp_path: Path) -> None:
    from tracker.base import base_app

    base_app(load(tmp_path / "workspace", {"HOLDFAST_DATABASE_URL": f"sqlite:///{tmp_path / 'own.sqlite3'}"}))
    assert not (tmp_path / "own.sqlite3").exists()
    assert not (tmp_path / "workspace/instance/holdfast.sqlite3").exists()
