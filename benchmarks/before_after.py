"""One durable tick in this checkout against another commit: both serve at the same time, ticks in turn.

Each pair of ticks meets the machine in the same state, so the ratio holds where single figures drift. Then,
in turn again, eight devices at once as fast as they are answered, and fifty ticks a second in open loop.
The other commit is checked out beside, with this checkout's installed packages, and removed at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from pathlib import Path
from uuid import uuid4

import bench
import records

STEPS = 12
MOST = 1.05
LEAST = 1.5
DEVICES, EACH = 8, 4  # of a round: devices, and runs that each works through
PACE, SECONDS = 50, 4
FURNISH = """
import json, sys
from pathlib import Path
import bench
print(json.dumps(bench.furnish(Path(sys.argv[1]), {"sop-1": int(sys.argv[2])})["sop-1"]))
"""


@contextmanager
def checkout(commit: str) -> Iterator[Path]:
    """The tree of another commit in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="holdfast-before-") as folder:
        place = Path(folder) / "tree"
        git = ["git", "-C", str(bench.ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(place), commit], check=True)
        try:
            shutil.copytree(bench.ROOT / "tracker/static/vendor", place / "tracker/static/vendor")
            yield place
        finally:
            subprocess.run([*git, "remove", "--force", str(place)], check=True)


class Side:
    """One of the two: its server, a device, and the steps that are yet to be ticked."""

    def __init__(self, tree: Path, stack: ExitStack, runs: int, others: int) -> None:
        self._environ = bench.ENVIRONMENT | {"PYTHONPATH": f"{tree}{os.pathsep}{tree / 'benchmarks'}"}
        self._tree = tree
        place = stack.enter_context(bench.workspace({"sop-1.md": bench.document(1)}))
        told = self._python("-c", FURNISH, str(place), str(runs + others), capture_output=True)
        numbers = json.loads(told)
        self._steps = iter([(run, step) for run in numbers[:runs] for step in range(STEPS)])
        self._others = iter(numbers[runs:])
        self._built = place / "instance" / "site.stamp"
        self._address = stack.enter_context(self._serving(place))
        self._client = bench.Client(self._address)

    def begin(self) -> None:
        """Wait until its site is built, which takes processor time, and connect anew."""
        while not self._built.exists():
            time.sleep(0.1)
        self._client.hang_up()

    def tick(self) -> float:
        """Milliseconds that the next step takes."""
        run, step = next(self._steps)
        fields = {"id": str(uuid4()), "step": f"step-{step + 1}", "kind": "done"}
        fields["value"] = bench.VALUES[step % len(bench.VALUES)]
        began = time.perf_counter()
        self._client.post(f"/runs/{run}/records", fields, htmx=True)
        return 1000 * (time.perf_counter() - began)

    def rate(self) -> float:
        """Ticks a second of eight devices at once, over a round."""
        return records.at_once(self._address, self._fresh(DEVICES * EACH), DEVICES)[0]

    def steady(self) -> list[float]:
        """Milliseconds of each tick where fifty a second are due, over a round."""
        runs = self._fresh(PACE * SECONDS)
        with ProcessPoolExecutor(1) as pool:
            return pool.submit(records.open_loop, self._address, runs, PACE, SECONDS).result()

    def _fresh(self, number: int) -> list[int]:
        return list(islice(self._others, number))

    def processor(self) -> float:
        """Milliseconds of processor time that the server's processes have used until now."""
        total = 0
        for file in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                about = file.read_text().rpartition(")")[2].split()
                if self._server in (int(file.parent.name), int(about[1])):
                    total += int(about[11]) + int(about[12])
        return 1000 * total / os.sysconf("SC_CLK_TCK")

    def _python(self, *words: str, **more: object) -> str:
        command = [sys.executable, *words]
        done = subprocess.run(command, cwd=self._tree, env=self._environ, check=True, text=True, **more)
        return done.stdout or ""

    @contextmanager
    def _serving(self, place: Path) -> Iterator[str]:
        port = bench.free_port()
        command = bench.command(place, "serve", "--port", str(port))
        server = subprocess.Popen(
            command, cwd=self._tree, env=self._environ, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
        )
        self._server = server.pid
        try:
            bench.wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commit", nargs="?", default="HEAD~1", help="what it is compared with")
    parser.add_argument("--ticks", type=int, default=600, help="of each")
    parser.add_argument("--rounds", type=int, default=4, help="of many devices, of each")
    given = parser.parse_args()
    runs = given.ticks // STEPS + 3
    others = given.rounds * (DEVICES * EACH + PACE * SECONDS)
    with checkout(given.commit) as other, ExitStack() as stack:
        sides = [Side(tree, stack, runs, others) for tree in (bench.ROOT, other)]
        for side in (*sides, *sides):  # twice: who has waited for the other to be ready was hung up on
            side.begin()
        pairs, used = [], [0.0, 0.0]
        for number in range(-20, given.ticks):  # the first ones warm up
            order = (0, 1) if number % 2 else (1, 0)
            if number == 0:
                used = [side.processor() for side in sides]
            taken = {side: sides[side].tick() for side in order}
            if number >= 0:
                pairs.append((taken[0], taken[1]))
        used = [(side.processor() - before) / len(pairs) for side, before in zip(sides, used, strict=True)]
        rates, steady = [], ([], [])
        for number in range(given.rounds):
            order = (0, 1) if number % 2 else (1, 0)
            rate = {side: sides[side].rate() for side in order}
            rates.append((rate[0], rate[1]))
            for side in order:
                steady[side].extend(sides[side].steady())
            print(f"round {number + 1}: {rate[0]:.0f} / {rate[1]:.0f} a second", file=sys.stderr)
    ratio = statistics.median(now / then for now, then in pairs)
    quarters = statistics.quantiles((now / then for now, then in pairs), n=4)
    gain = statistics.median(now / then for now, then in rates)
    late = [bench.percentile(one, 0.95) for one in steady]
    shown = ", ".join(f"{now:.0f} / {then:.0f}" for now, then in rates)
    return bench.report(
        f"One durable tick against {given.commit}, {len(pairs)} pairs",
        [
            ("now", bench.spread([now for now, _ in pairs]), "", None),
            ("before", bench.spread([then for _, then in pairs]), "", None),
            ("now / before, median of the pairs", f"{ratio:.3f}", f"<= {MOST}", ratio <= MOST),
            ("processor time a tick, now / before", f"{used[0]:.2f} / {used[1]:.2f} ms", "", None),
            ("  half of the pairs", f"{quarters[0]:.3f} to {quarters[2]:.3f}", "", None),
            (f"{DEVICES} devices at once, ticks a second, now / before", shown, "", None),
            ("  median of the rounds", f"{gain:.2f}", f">= {LEAST}", gain >= LEAST),
            (f"{PACE} a second, now", bench.spread(steady[0]), "p95 not worse", late[0] <= late[1]),
            (f"{PACE} a second, before", bench.spread(steady[1]), "", None),
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
