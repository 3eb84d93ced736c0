"""Starting a run, its page, and sending a step, against a checklist tool on YAML files, in one run.

The peer is ChecklistFabrik (`clf-play`), installed into an environment of its own unless `--peer` names one.
It keeps one person's checklist in memory and rewrites its YAML file at every submit; ours knows who asks,
judges the step by its SOP, and has the record on the disk before it answers. Both have the same twelve steps;
a run of the peer is one page, submitted whole. Both are asked in turn, so that both have the same machine.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import bench

STEPS = 12
PEER = "checklistfabrik>=1.12,<2"


def installed(folder: Path) -> Path:
    """The peer's command, installed below `folder`."""
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin/python", "-m", "pip", "install", "--quiet", PEER], check=True)
    return folder / "bin/clf-play"


def template() -> str:
    """The steps of `bench.document` as the peer writes them: a field where ours has a value, else a box."""
    lines = ["title: 'Procedure 1'", "version: '1'", "report_path: 'reports/{{ order }}.yml'", "pages:"]
    lines += ["  - title: 'Steps'", "    tasks:"]
    for place in range(STEPS):
        work, marks = bench.WORK[place % len(bench.WORK)]
        text = f"{work} of case 1, and look twice"
        if "options=" in marks:
            lines += [
                "      - linuxfabrik.clf.radio_input:",
                f"          label: '{text}'",
                "          values:",
            ]
            lines += [f"            - label: '{size}'\n              value: '{size}'" for size in "SML"]
        elif "input=" in marks:
            lines += ["      - linuxfabrik.clf.text_input:", f"          label: '{text}'"]
        else:
            lines += ["      - linuxfabrik.clf.checkbox_input:", "          values:"]
            lines += [f"            - label: '{text}'"]
        lines += [f"        fact_name: 'step_{place + 1}'"]
    return "\n".join(lines) + "\n"


class Plain:
    """One kept connection to a server that knows nobody."""

    def __init__(self, address: str) -> None:
        self._place = urlsplit(address).netloc

    def ask(self, method: str, path: str, body: str | None = None, kind: str = "") -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self._place, timeout=60)  # it closes after each answer
        connection.request(method, path, body, {"Content-Type": kind} if kind else {})
        answer = connection.getresponse()
        return answer.status, answer.read()


@contextmanager
def playing(command: Path, place: Path) -> Iterator[str]:
    """The peer's dashboard at a free port."""
    (place / "templates").mkdir(parents=True)
    (place / "reports").mkdir()
    (place / "templates/procedure.yml").write_text(template())
    port = bench.free_port()
    server = subprocess.Popen(
        [command, "--no-open", "--port", str(port)], cwd=place, stdout=subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                Plain(address).ask("GET", "/")
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def theirs(address: str, template_file: Path) -> tuple[float, float, float]:
    """Milliseconds to start a checklist, to show its page, to submit it."""
    run = {}

    def start() -> None:
        asked = json.dumps({"path": str(template_file)})
        status, body = Plain(address).ask("POST", "/run", asked, "application/json")
        assert status == 200, body
        run["at"] = Plain(json.loads(body)["url"])

    def page() -> None:
        status, body = run["at"].ask("GET", "/page/0")
        assert status == 200 and b"of case 1" in body

    fields = {f"step_{n + 1}": bench.VALUES[n % len(bench.VALUES)] or "x" for n in range(STEPS)}
    sent = urlencode({**fields, "submit_action": "page 0"})

    def submit() -> None:
        status, _ = run["at"].ask("POST", "/page/0", sent, "application/x-www-form-urlencoded")
        assert status == 302, status

    taken = tuple(bench.timed(act, 1)[0] for act in (start, page, submit))
    run["at"].ask("GET", "/exit")
    return taken  # type: ignore[return-value]


def ours(client: bench.Client, number: int) -> tuple[float, float, float, list[float]]:
    """The same of ours, with the first step as what is submitted; then the other steps one by one."""
    run = {}

    def start() -> None:
        run["at"] = client.post("/start/sop-1", {"subject": f"{number}", "ref": str(uuid4())}, expect=303)

    started = bench.timed(start, 1)[0]
    found = re.search(rb"/runs/(\d+)", run["at"])
    assert found, run["at"][:200]
    path = f"/runs/{found[1].decode()}"

    def tick(step: int) -> None:
        fields = {"id": str(uuid4()), "step": f"step-{step + 1}", "kind": "done"}
        client.post(f"{path}/records", fields | {"value": bench.VALUES[step % len(bench.VALUES)]}, htmx=True)

    shown = bench.timed(lambda: client.get(path), 1)[0]
    ticks = [bench.timed(lambda step=step: tick(step), 1)[0] for step in range(STEPS)]
    return started, shown, ticks[0], ticks


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--peer", type=Path, help="its clf-play, where it is installed already")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="holdfast-peer-") as folder:
        command = given.peer or installed(Path(folder) / "environment")
        place = Path(folder) / "checklists"
        with bench.workspace({"sop-1.md": bench.document(1)}) as workspace:
            bench.furnish(workspace, {"sop-1": 0})
            with playing(command, place) as peer, bench.serving(workspace) as address:
                client = bench.Client(address)
                ours(client, 0), theirs(peer, place / "templates/procedure.yml")  # both warm
                pairs = [
                    (ours(client, n + 1), theirs(peer, place / "templates/procedure.yml"))
                    for n in range(given.runs)
                ]
    rows = []
    for number, what in enumerate(("start a run", "its page, 12 steps", "submit")):
        own, other = [mine[number] for mine, _ in pairs], [peer[number] for _, peer in pairs]
        met = bench.percentile(own, 0.5) <= bench.percentile(other, 0.5)
        rows.append((f"{what}: ours", bench.spread(own), "p50 not slower", met))
        rows.append((f"{what}: ChecklistFabrik", bench.spread(other), "", None))
    whole = [sum(mine[3]) for mine, _ in pairs]
    rows.append(("all 12 steps, one record each: ours", bench.spread(whole), "", None))
    return bench.report("A run against a checklist tool on YAML files", rows)


if __name__ == "__main__":
    sys.exit(main())
