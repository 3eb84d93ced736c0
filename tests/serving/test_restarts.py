"""A process of a server that dies is started again, later and later; `/readyz` says what is not well."""

from __future__ import annotations

import http.client
import json
import os
import re
import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from tests.support.installation import PASSWORD
from tests.support.patience import PATIENCE, until
from tests.support.serving import House, serving
from tests.support.settled import settled

NEEDS_PROC = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the processes in /proc")


def ready(house: House) -> tuple[int, dict[str, str]]:
    """The status of `/readyz`, and what it says of each part."""
    connection = http.client.HTTPConnection(urlsplit(house.url).netloc, timeout=PATIENCE)
    connection.request("GET", "/readyz")
    answer = connection.getresponse()
    said = json.loads(answer.read())
    connection.close()
    assert said["status"] == ("ok" if answer.status == 200 else "failing")
    return answer.status, said["checks"]


def family(house: House, *, worker: bool) -> list[int]:
    """The other servers, or the worker, which is nicer: children of the child of the first."""
    about: dict[int, list[str]] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # a process may end while its line is read
            about[int(file.parent.name)] = file.read_text().rpartition(")")[2].split()
    parents = {process for process, fields in about.items() if int(fields[1]) == house.process}
    nice = os.nice(0)
    return [
        process for process, fields in about.items()
        if int(fields[1]) in parents and (int(fields[16]) > nice) == worker and fields[0] != "Z"
    ]  # fmt: skip


@NEEDS_PROC
def test_a_worker_and_a_server_that_die_are_started_again_and_it_shows(workspace: Path) -> None:
    with serving(settled(workspace), HOLDFAST_PROCESSES="2") as house:
        until(lambda: ready(house)[0] == 200)
        for name, worker in (("worker", True), ("server 2", False)):
            until(lambda worker=worker: len(family(house, worker=worker)) == 1)  # type: ignore[misc]
            (first,) = family(house, worker=worker)
            os.kill(first, signal.SIGKILL)
            until(lambda name=name: ready(house)[1][name] != "ok")  # type: ignore[misc]
            status, said = ready(house)
            if said[name] != "ok":
                assert status == 503 and "(-9), and is started again" in said[name]
            until(lambda worker=worker, first=first: set(family(house, worker=worker)) - {first})  # type: ignore[misc]
            until(lambda: ready(house)[0] == 200)
        log = house.log.read_text()
        assert "a process (worker) ended (-9); the others go on. It is started again in 0.5 s." in log


@NEEDS_PROC
def test_what_dies_again_and_again_is_started_later_and_later(workspace: Path) -> None:
    with serving(settled(workspace), HOLDFAST_PROCESSES="1") as house:
        for pause in ("0.5", "1", "2"):
            until(lambda: len(family(house, worker=True)) == 1)
            os.kill(family(house, worker=True)[0], signal.SIGKILL)
            until(lambda pause=pause: f"started again in {pause} s." in house.log.read_text())  # type: ignore[misc]
        assert ready(house)[1]["worker"] == "ended 3 times in a row (-9), and is started again"


@NEEDS_PROC
def test_all_processes_end_with_the_server_however_it_ends(workspace: Path) -> None:
    with serving(settled(workspace), HOLDFAST_PROCESSES="2") as house:
        until(lambda: family(house, worker=True) and family(house, worker=False))
        all_of_it = [*family(house, worker=True), *family(house, worker=False)]
        os.kill(house.process, signal.SIGKILL)
        until(lambda: not any(Path(f"/proc/{process}/cmdline").exists() for process in all_of_it))


def builds(workspace: Path) -> list[int]:
    """The processes that build the site of a workspace."""
    lines = ((file.parent.name, file) for file in Path("/proc").glob("[0-9]*/cmdline") if file.exists())
    wanted = f"build\0--workspace\0{workspace}"
    return [int(process) for process, file in lines if wanted in file.read_text(errors="replace")]


@NEEDS_PROC
def test_a_build_that_is_killed_is_tried_again(workspace: Path) -> None:
    settled(workspace)
    (workspace / "instance/site.stamp").unlink()  # so that the site is built
    with serving(workspace, HOLDFAST_PROCESSES="1") as house:
        until(lambda: builds(workspace))
        os.kill(builds(workspace)[0], signal.SIGKILL)
        until(lambda: ready(house)[1]["site"] != "ok" or (workspace / "site/404.html").exists())
        house.wait_for("The site is up to date.")
        until(lambda: ready(house)[0] == 200)
        assert "its process ended (-9)" in house.log.read_text()


def sent(house: House) -> str:
    """What somebody reads who signs in now, which writes."""
    connection = http.client.HTTPConnection(urlsplit(house.url).netloc, timeout=PATIENCE)
    connection.request("GET", "/login")
    page = connection.getresponse()
    token = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page.read())
    assert token
    cookie = (page.headers["Set-Cookie"] or "").partition(";")[0]
    form = urlencode({"login": "sam", "password": PASSWORD, "csrf_token": token[1].decode()})
    kind = "application/x-www-form-urlencoded"
    connection.request(
        "POST", "/login", form, {"Cookie": cookie, "Content-Type": kind, "Accept": "text/html"}
    )
    text = connection.getresponse().read().decode()
    connection.close()
    return text


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("no small disk can be made here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def test_a_disk_that_is_nearly_full_or_full_shows_and_writes_get_words(
    workspace: Path, tmp_path: Path
) -> None:
    settled(workspace)
    with small_disk(tmp_path / "disk", "24m") as disk:
        shutil.copytree(workspace, disk, dirs_exist_ok=True)
        with serving(disk, HOLDFAST_PROCESSES="1") as house:
            until(lambda: ready(house)[1]["disk"] == "ok")
            free = os.statvfs(disk)
            (disk / "filler").write_bytes(bytes(free.f_bavail * free.f_frsize - 600_000))
            until(lambda: ready(house)[1]["disk"].startswith("nearly full: 0 MB are left"))
            assert ready(house)[0] == 503
            with suppress(OSError), (disk / "more").open("wb", buffering=0) as more:
                while more.write(bytes(4096)):
                    pass
            assert "The server’s disk is full, so nothing was saved." in sent(house)
            until(lambda: ready(house)[1]["disk"] == "full")
            for file in ("filler", "more"):
                (disk / file).unlink()
            until(lambda: ready(house)[1]["disk"] == "ok")
            assert ready(house)[1]["database"] == "ok" and "is full" not in sent(house)


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="sets the limit of another process")
def test_a_limit_on_what_may_be_written_shows_too(workspace: Path) -> None:
    with serving(settled(workspace), HOLDFAST_PROCESSES="1") as house:
        until(lambda: ready(house)[0] == 200)
        _, hard = resource.prlimit(house.process, resource.RLIMIT_FSIZE)
        resource.prlimit(house.process, resource.RLIMIT_FSIZE, (1000, hard))
        until(lambda: re.fullmatch("can’t be written to: File too large", ready(house)[1]["disk"]))
        resource.prlimit(house.process, resource.RLIMIT_FSIZE, (hard, hard))
        until(lambda: ready(house)[0] == 200)
