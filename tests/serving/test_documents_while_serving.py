"""What happens to the files while `holdfast serve` watches them: half-written, renamed, away and back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sop.bombs import MATTER, TEXTS
from tests.support.serving import House, serving
from tests.support.settled import settled


@pytest.fixture
def house(workspace: Path) -> Iterator[House]:
    (workspace / "sops/index.md").write_text("# Our way of working\n")
    with serving(settled(workspace)) as house:
        yield house


def in_force(house: House) -> dict[str, int]:
    sops = json.loads((house.workspace / "instance/published.json").read_text())["sops"]
    return {sop: entry["revision"] for sop, entry in sops.items()}


def test_a_missing_folder_retires_nothing_is_said_and_comes_back(house: House) -> None:
    sops, away = house.workspace / "sops", house.workspace / "away"
    before = in_force(house)
    sops.rename(away)
    house.wait_for("1 with errors")
    assert "so none was retired" in house.log.read_text()
    assert in_force(house) == before
    shutil.copytree(away, sops)  # another folder in its place, as after mounting it again
    house.wait_for("0 with errors")
    with (sops / "opening.md").open("a") as file:
        file.write("4. Smile\n")
    house.wait_for("1 published")
    assert in_force(house) == before | {"opening": 2}


def test_a_half_written_file_keeps_what_is_in_force_until_it_is_whole(house: House) -> None:
    file = house.workspace / "sops/opening.md"
    whole = file.read_bytes()
    file.write_bytes(whole[: whole.index(b"---", 4) - 2] if whole.startswith(b"---") else b"---\ntitle: [")
    house.wait_for("1 with errors")
    assert in_force(house)["opening"] == 1
    file.write_bytes(whole + b"4. Smile\n")
    house.wait_for("1 published")
    assert in_force(house)["opening"] == 2


def test_an_editor_that_renames_when_it_saves_makes_one_revision(house: House) -> None:
    file = house.workspace / "sops/opening.md"
    text = file.read_text()
    for word in ("Smile", "Smile again"):
        file.rename(file.with_suffix(".md~"))
        draft = file.with_suffix(".tmp")
        draft.write_text(f"{text}4. {word}\n")
        os.replace(draft, file)
        file.with_suffix(".md~").unlink()
    assert "1 published, 2 unchanged, 0 retired" in house.wait_for("published")
    assert in_force(house)["opening"] == 2


SERVE = """
import sys
import time
import urllib.request
from dataclasses import replace
from pathlib import Path

from tracker import config
from tracker.app import create_app
from tracker.serving import server

place = Path(sys.argv[1])
document = place / "sops/opening.md"


def tell(line):
    print(line, flush=True)
    if "3 unchanged" in line:  # the first publishing is done, and nobody watches yet
        document.write_text(document.read_text() + "4. Smile\\n")


settings = replace(config.load(place, {}), port=0)
server.serve(create_app(settings), settings, tell)
"""


def test_a_change_before_the_folder_is_watched_is_published_too(workspace: Path) -> None:
    command = [sys.executable, "-c", SERVE, str(settled(workspace))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            assert any("1 published" in line for line in server.stdout)
        finally:
            server.terminate()


def test_a_bomb_holds_nobody_up_and_the_others_are_published(house: House) -> None:
    """It is ended after some seconds; those who ask meanwhile are answered."""
    new = house.workspace / "new"
    new.mkdir()
    (new / "alias.md").write_text(MATTER["an alias"][0])
    (new / "bomb.md").write_text(TEXTS["brackets"])
    for n in range(3):
        (new / f"good-{n}.md").write_text(f"# Good {n}\n\n1. Open box {n}\n2. Close box {n}\n")
    new.rename(house.workspace / "sops/new")
    waited = []
    while "new-good-0" not in in_force(house):
        asked = time.monotonic()
        with urllib.request.urlopen(f"{house.url}/healthz") as answer:
            assert answer.status == 200
        waited.append(time.monotonic() - asked)
    assert sorted(waited)[len(waited) // 2] < 1
    assert "3 published" in house.wait_for("published")
    said = house.log.read_text()
    assert "new/alias.md:2: The front matter can't be read" in said
    assert "new/bomb.md:1: It takes " in said
    assert in_force(house).keys() >= {"new-good-1", "new-good-2"}
    assert not in_force(house).keys() & {"new-alias", "new-bomb"}
    peak = Path(f"/proc/{house.process}/status").read_text().split("VmHWM:")[1].split()[0]
    assert int(peak) < 400_000  # kB


def test_a_file_without_an_id_that_is_moved_keeps_its_history(house: House) -> None:
    sops = house.workspace / "sops"
    before = in_force(house)
    assert "id:" not in (sops / "opening.md").read_text()
    (sops / "mornings").mkdir()
    (sops / "opening.md").rename(sops / "mornings/open-up.md")
    house.wait_for("goes on with its runs and figures as “opening”")
    assert in_force(house) == before
    with (sops / "mornings/open-up.md").open("a") as file:
        file.write("4. Smile\n")
    house.wait_for("1 published")
    assert in_force(house) == before | {"opening": 2}
