"""`holdfast serve` under a crowd, and when one of its processes dies."""

from __future__ import annotations

import http.client
import os
import re
import resource
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from http.client import RemoteDisconnected
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask

from tests.support.actors import by
from tests.support.installation import NOW, PASSWORD, Cast
from tests.support.patience import PATIENCE
from tests.support.serving import House, serving
from tests.support.settled import settled
from tracker.db import db, writing
from tracker.domain.runs import lifecycle
from tracker.serving import toolarge

DEVICES, VISITS = 8, 10
POST = b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nx"


class Device:
    """A signed-in device with one kept connection."""

    def __init__(self, url: str, login: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
        self._cookie = ""
        token = re.search(rb'name="csrf_token" value="([^"]+)"', self._send("GET", "/login")[1])
        assert token
        fields = {"login": login, "password": PASSWORD, "csrf_token": token[1].decode()}
        assert self._send("POST", "/login", urlencode(fields))[0] == 302

    def send(self, path: str, length: int, form: bytes = b"") -> tuple[int, str]:
        """The answer to a form of that length, read once all of it is sent."""
        kind = "multipart/form-data; boundary=edge"
        body = form + bytes(length - len(form))
        self._connection.request("POST", path, body, {"Cookie": self._cookie, "Content-Type": kind})
        answer = self._connection.getresponse()
        return answer.status, answer.read().decode()

    def get(self, path: str) -> int:
        return self._send("GET", path)[0]

    def _send(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        headers = {"Cookie": self._cookie, "Accept": "text/html"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if cookies := answer.headers.get_all("Set-Cookie"):
            self._cookie = "; ".join(cookie.partition(";")[0] for cookie in cookies)
        return answer.status, content


@pytest.fixture
def busy(app: Flask, cast: Cast, workspace: Path) -> Path:
    """A workspace whose staff has 150 runs open."""
    sam = cast.staff
    with writing() as session:
        for number in range(150):
            lifecycle.start(session, by(sam), NOW, "pack", subject=f"{number}", assignee=sam)
    db.session.remove()
    return workspace


def others(house: House) -> Iterator[int]:
    """The processes that answer besides the first, which are children of its child: not the worker, which is
    nicer than they are."""
    tasks = [task for task in Path("/proc").glob("[0-9]*/stat") if task.exists()]
    about = {int(task.parent.name): task.read_text().rpartition(")")[2].split() for task in tasks}
    starting = [process for process, fields in about.items() if int(fields[1]) == house.process]
    for process, fields in about.items():
        if int(fields[1]) in starting and int(fields[16]) == os.nice(0):
            yield process


def test_a_crowd_of_devices_is_answered_to_the_last(busy: Path) -> None:
    """Python 3.11 crashed here now and then, while it collected garbage amid allocations."""
    with serving(settled(busy), HOLDFAST_PROCESSES="2", HOLDFAST_THREADS="4") as house:

        def work(device: Device) -> list[int]:
            return [device.get("/") for _ in range(VISITS)]

        devices = [Device(house.url, "sam") for _ in range(DEVICES)]  # one by one: tries at once all count
        with ThreadPoolExecutor(DEVICES) as pool:
            answers = [status for some in pool.map(work, devices) for status in some]
        assert answers == [200] * DEVICES * VISITS


def test_hundreds_of_idle_and_slow_connections_hold_nobody_up(workspace: Path) -> None:
    """Two hundred idle ones stopped it for everybody."""
    with serving(settled(workspace), HOLDFAST_PROCESSES="2") as house, ExitStack() as stack:
        for number in range(400):
            line = stack.enter_context(socket.create_connection(("127.0.0.1", urlsplit(house.url).port or 0)))
            line.sendall([b"", b"GET /login HTTP/1.1\r\n", POST][number % 3])
        for _ in range(4):  # of each process some
            sam = Device(house.url, "sam")
            assert [sam.get("/") for _ in range(5)] == [200] * 5


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="the system can't bound another process")
def test_without_descriptors_it_neither_ends_nor_spins(workspace: Path) -> None:
    with serving(workspace, HOLDFAST_PROCESSES="1") as house, ExitStack() as stack:
        house.wait_for("The site is up to date")
        sam = Device(house.url, "sam")
        most = len(list(Path(f"/proc/{house.process}/fd").iterdir())) + 10
        resource.prlimit(house.process, resource.RLIMIT_NOFILE, (most, most))
        for _ in range(60):
            stack.enter_context(socket.create_connection(("127.0.0.1", urlsplit(house.url).port or 0)))
        began, used = time.monotonic(), ticks_used(house.process)
        with suppress(RemoteDisconnected):  # a connection that is idle may be closed, so that others get in
            assert sam.get("/") in (200, 500)  # the application gets none either
        while time.monotonic() - began < 1:
            time.sleep(0.1)
        assert (ticks_used(house.process) - used) / os.sysconf("SC_CLK_TCK") < 0.7
        stack.close()
        assert Device(house.url, "sam").get("/") == 200


def ticks_used(process: int) -> int:
    """The processor time that a process has used, in ticks of the system's clock."""
    about = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(about[11]) + int(about[12])


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the processes in /proc")
def test_when_a_process_dies_the_others_answer_and_it_is_said(workspace: Path) -> None:
    with serving(settled(workspace), HOLDFAST_PROCESSES="2") as house:
        (other,) = others(house)
        os.kill(other, signal.SIGKILL)
        give_up = time.monotonic() + PATIENCE
        while "ended (-9)" not in house.log.read_text():
            assert time.monotonic() < give_up
            assert Device(house.url, "sam").get("/") == 200


def test_what_is_far_too_large_is_told_so_in_words(workspace: Path) -> None:
    """The browser sends it to its end and gets a page; the connection goes on."""
    with serving(settled(workspace), HOLDFAST_PROCESSES="1") as house:
        sam = Device(house.url, "sam")
        for path, most in (("/runs/1/records", 10), ("/runs/1/close", 2)):
            for size in (11_000_000, 50_000_000):
                status, text = sam.send(path, size)
                assert status == 413 and f"At most {most} MB can be sent at once" in text
        assert sam.get("/") == 200
        with suppress(OSError):  # it may hang up before all was sent
            assert sam.send("/runs/1/records", toolarge.LONGEST_PATIENCE + 1)[0] == 413
