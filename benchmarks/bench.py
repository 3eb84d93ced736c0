"""What the benchmarks share: generated SOPs, the real server as a process, a client, a table."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from sqlalchemy import select

from tracker.domain.actor import SHELL, signed_in

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tracker import config  # noqa: E402
from tracker.app import create_app  # noqa: E402
from tracker.db import db, write_in_chunks, writing  # noqa: E402
from tracker.domain.people import accounts  # noqa: E402
from tracker.domain.runs import lifecycle  # noqa: E402
from tracker.models import Person  # noqa: E402

LOGIN, PASSWORD = "bench", "a long password of the benchmark"
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("HOLDFAST_")}
WORK = (
    ("Scan the tote", ".critical input=scan"),
    ("Count the items", "input=number unit=items min=1 max=200 takes=20s"),
    ("Take the carton that fits", ""),
    ("Weigh the parcel", "input=number unit=g min=20 max=30000 takes=20s"),
    ("Choose the box", 'input=choice options="S,M,L"'),
    ("Print the label", ".optional takes=1m"),
)
VALUES = ("T-1042", "12", "", "800", "M", "")
"""What is recorded for the steps of `WORK`, in turn."""


def document(number: int, steps: int = 12, say: str = "look twice") -> str:
    """One SOP; about 60 lines for 12 steps. `say` changes every step's wording."""
    lines = [
        *("---", f"id: sop-{number}", f"title: Procedure {number}", f"owner: {LOGIN}", "subject: order"),
        *("review: 90d", "tags: [peak]", "---", "", f"Do this when case {number} comes up.", ""),
        *("## When", "", "Every working day at 08:30, before the carrier comes.", "", "## What you need", ""),
        *("- A charged scanner", "- One **empty** tote", "", "| Size | Limit |", "| --- | --- |"),
        *("| S | 2 kg |", "| L | 30 kg |", "", "## Steps", ""),
    ]
    for place in range(steps):
        work, marks = WORK[place % len(WORK)]
        lines.append(f"{place + 1}. {work} of case {number}, and {say} {{#step-{place + 1} {marks}}}")
        if place % 3 == 0:
            lines += ["", '    !!! recovery "It does not fit"', "        Stop. Open it and count again.", ""]
    lines += ["", "## Why it matters", "", "A wrong parcel costs a return and often the customer.", ""]
    return "\n".join(lines)


@contextmanager
def workspace(documents: Mapping[str, str]) -> Iterator[Path]:
    """A folder with these documents (path below sops/ → text), removed at the end."""
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as folder:
        place = Path(folder)
        (place / "mkdocs.yml").write_bytes((ROOT / "mkdocs.yml").read_bytes())
        for path, text in {"index.md": "# Home\n", **documents}.items():
            file = place / "sops" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        yield place


def command(place: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "tracker.cli", words[0], "--workspace", str(place), *words[1:]]


def holdfast(place: Path, *words: str) -> float:
    """Run one command on the workspace to its end; the seconds it took."""
    started = time.perf_counter()
    subprocess.run(command(place, *words), cwd=ROOT, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def furnish(place: Path, open_runs: Mapping[str, int], ago: timedelta = timedelta(0)) -> dict[str, list[int]]:
    """Publish, add an admin who may do everything, start runs, so long `ago`: SOP id → how many.

    The numbers of the runs, by SOP.
    """
    holdfast(place, "sync")
    app, now = create_app(config.load(place, ENVIRONMENT)), datetime.now(UTC) - ago
    started: dict[str, list[int]] = {sop: [] for sop in open_runs}
    with app.app_context():
        password = accounts.new_password(PASSWORD, LOGIN)
        with writing() as session:
            accounts.add(
                session, SHELL, now, login=LOGIN, name="Bench", password=password, level="admin", own=True
            )
        actor = db.session.scalars(select(Person).where(Person.login == LOGIN)).one()

        def start(sop: str, number: int) -> None:
            run = lifecycle.start(
                db.session(), signed_in(actor), now, sop, subject=str(number), assignee=actor
            )
            started[sop].append(run.id)

        write_in_chunks(
            (lambda _, sop=sop, n=n: start(sop, n) for sop, count in open_runs.items() for n in range(count))
        )
        db.session.remove()
        db.engine.dispose()
    return started


@contextmanager
def serving(place: Path, site: bool = True) -> Iterator[str]:
    """The real server on a free port, its site just built unless that was before; the address without a slash
    at its end.
    """
    server = subprocess.Popen(
        command(place, "serve", "--port", "0"),
        cwd=ROOT,
        env=ENVIRONMENT | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        address = ""
        for line in server.stdout or ():
            if found := re.search(r"http://[^ ]+?(?=/ )", line):
                address = found[0]
                if not site:
                    break
            if "site is up to date" in line or "could not be built" in line:
                break
        if not address:
            raise RuntimeError("the server did not start")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def free_port() -> int:
    """The number of a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def wait_for(port: int, seconds: float = 120) -> None:
    """Wait until somebody listens there."""
    give_up = time.monotonic() + seconds
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), 5).close()
        except OSError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.1)


class Client:
    """One signed-in device: a kept connection, the session's cookie, its CSRF token."""

    def __init__(self, address: str, login: str = LOGIN, patience: float = 60) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=patience)
        self._cookie = ""
        self.token = ""
        self.etag = ""
        self._learn("/login")
        self.post("/login", {"login": login, "password": PASSWORD}, expect=302)
        self._learn("/")

    def get(self, path: str, encoding: str = "br") -> bytes:
        return self._send("GET", path, None, {"Accept-Encoding": encoding}, 200)

    def poll(self, path: str, expect: int) -> bytes:
        """Ask as a live page does, with the mark of the last answer."""
        sent = {"HX-Request": "true", "Accept-Encoding": "br", "If-None-Match": self.etag}
        return self._send("GET", path, None, sent, expect)

    def post(
        self,
        path: str,
        fields: Mapping[str, str],
        expect: int = 200,
        htmx: bool = False,
        encoding: str = "br",
    ) -> bytes:
        body = urlencode({**fields, "csrf_token": self.token})
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept-Encoding": encoding}
        if htmx:
            headers["HX-Request"] = "true"
        return self._send("POST", path, body, headers, expect)

    def hang_up(self) -> None:
        """Close the connection; the next request opens one."""
        self._connection.close()

    def _learn(self, path: str) -> None:
        found = re.search(rb'name="csrf_token" value="([^"]+)"', self.get(path, "identity"))
        if found is None:
            raise RuntimeError(f"{path} has no form")
        self.token = found[1].decode()

    def _send(
        self, method: str, path: str, body: str | None, headers: Mapping[str, str], expect: int
    ) -> bytes:
        sent = {"Cookie": self._cookie, "Accept": "text/html", **headers}
        self._connection.request(method, path, body, sent)
        answer = self._connection.getresponse()
        content = answer.read()
        if cookies := answer.headers.get_all("Set-Cookie"):
            self._cookie = "; ".join(cookie.partition(";")[0] for cookie in cookies)
        self.etag = answer.headers.get("ETag", "")
        if answer.status != expect:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {content[:300]!r}")
        return content


def timed(act: object, times: int) -> list[float]:
    """Milliseconds that each of some calls took."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        act()  # type: ignore[operator]
        taken.append(1000 * (time.perf_counter() - started))
    return taken


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all values do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, -int(-share * len(ranked) // 1) - 1)]


def spread(milliseconds: Sequence[float]) -> str:
    """How a table shows many durations."""
    return (
        f"p50 {percentile(milliseconds, 0.5):6.1f}   p95 {percentile(milliseconds, 0.95):6.1f}   "
        f"max {max(milliseconds):6.1f} ms"
    )


def report(title: str, rows: Sequence[tuple[str, str, str, bool | None]]) -> int:
    """Print (what, measured, target, met or None where there is no target). 1 if a target is missed."""
    load = " ".join(f"{value:.1f}" for value in os.getloadavg()) if hasattr(os, "getloadavg") else "?"
    print(f"{title}   (load of this machine: {load})")
    first, second = (max(least, *(len(row[at]) + 2 for row in rows)) for at, least in ((0, 44), (1, 46)))
    for what, measured, target, met in rows:
        verdict = {True: "met", False: "MISSED", None: ""}[met]
        print(f"  {what:<{first}}{measured:<{second}}{target:<16}{verdict}".rstrip())
    return 1 if any(met is False for *_, met in rows) else 0
