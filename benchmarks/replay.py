"""Which steps of 5 000 runs were left out: `holdfast weak-points` against pm4py's token replay, in one run.

Both are whole processes from a cold start. Ours reads its database, into which the log was imported, before
the facts are folded and after; pm4py, which has no store, reads the log and replays it on a Petri net of the
same steps. It is installed into an environment of its own unless `--peer` names one. The counts of every step
must be equal: in the log that is made here, and in the real one where the shared folder is there.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bench

STEPS = 12
TIMES = 5
PEER = "pm4py>=2.7,<3"
RECEIPT = bench.ROOT.parent / "shared/eventlogs/receipt.xes.gz"
MAIN_PATH = (
    "Confirmation of receipt",
    "T02 Check confirmation of receipt",
    "T04 Determine confirmation of receipt",
    "T05 Print and send confirmation of receipt",
    "T06 Determine necessity of stop advice",
    "T10 Determine necessity to stop indication",
)
REPLAY = """
import json, sys, warnings
warnings.simplefilter("ignore")
import pm4py
from pm4py.objects.petri_net.obj import Marking, PetriNet
from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

names = json.loads(sys.argv[2])
net, places = PetriNet("sop"), [PetriNet.Place(f"p{n}") for n in range(len(names) + 1)]
net.places.update(places)
for name, before, after in zip(names, places, places[1:]):
    step = PetriNet.Transition(name, name)
    net.transitions.add(step)
    add_arc_from_to(before, step, net)
    add_arc_from_to(step, after, net)
log = pm4py.read_xes(sys.argv[1])
ends = Marking({places[0]: 1}), Marking({places[-1]: 1})
found = pm4py.conformance_diagnostics_token_based_replay(log, net, *ends)
missing = dict.fromkeys(names, 0)
for case in found:
    done = {step.label for step in case["activated_transitions"]}
    for name in names:
        missing[name] += name not in done
print()
print(json.dumps(missing))
"""


def installed(folder: Path) -> Path:
    """A Python that has the peer, below `folder`."""
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin/python", "-m", "pip", "install", "--quiet", PEER], check=True)
    return folder / "bin/python"


def sop(names: Sequence[str]) -> str:
    steps = [f'{n}. Step {n} {{#step-{n} activity="{name}"}}' for n, name in enumerate(names, 1)]
    return "# The procedure\n\n" + "\n".join(steps) + "\n"


def made(file: Path, runs: int, names: Sequence[str]) -> None:
    """A log of so many cases; each step is left out at a rate of its own, up to one in eight."""
    chance, start = random.Random(12), datetime(2026, 1, 1, tzinfo=UTC)
    rates = [chance.random() / 8 for _ in names]
    with file.open("w") as out:
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n<log xmlns="http://www.xes-standard.org/">\n')
        for run in range(runs):
            at = start + timedelta(minutes=20 * run)
            out.write(f'<trace><string key="concept:name" value="case {run}"/>\n')
            for name, rate in zip(names, rates, strict=True):
                at += timedelta(seconds=chance.randrange(20, 90))
                if chance.random() > rate:
                    out.write(
                        f'<event><string key="concept:name" value="{name}"/>'
                        f'<string key="org:resource" value="picker-{run % 40}"/>'
                        f'<date key="time:timestamp" value="{at.isoformat()}"/></event>\n'
                    )
            out.write("</trace>\n")
        out.write("</log>\n")


def ours(place: Path, names: Sequence[str]) -> tuple[float, dict[str, int]]:
    """Seconds of one whole process, and how often each activity was omitted."""
    began = time.perf_counter()
    said = subprocess.run(
        bench.command(place, "weak-points", "--json"),
        cwd=bench.ROOT,
        env=bench.ENVIRONMENT,
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    seconds = time.perf_counter() - began
    counts = {row["step"]: row["count"] for row in json.loads(said) if row["kind"] == "omitted"}
    return seconds, {name: counts[f"step-{n}"] for n, name in enumerate(names, 1)}


def theirs(python: Path, file: Path, names: Sequence[str]) -> tuple[float, dict[str, int]]:
    began = time.perf_counter()
    said = subprocess.run(
        [python, "-c", REPLAY, str(file), json.dumps(names)],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ).stdout
    return time.perf_counter() - began, json.loads(said.splitlines()[-1])


def compared(python: Path, file: Path, names: Sequence[str]) -> tuple[bool, list[list[float]], float]:
    """Whether all counts are equal; milliseconds of ours, ours folded and theirs; seconds of the import."""
    with bench.workspace({"procedure.md": sop(names)}) as place:
        bench.holdfast(place, "sync")
        importing = bench.holdfast(place, "import", str(file), "--sop", "procedure")
        rounds = [[ours(place, names), theirs(python, file, names)] for _ in range(TIMES)]
        bench.holdfast(place, "work", "--once")
        for pair in rounds:
            pair.insert(1, ours(place, names))
    counts = [found for row in rounds for _, found in row]
    taken = [[1000 * row[part][0] for row in rounds] for part in range(3)]
    return all(found == counts[0] for found in counts), taken, importing


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5000)
    parser.add_argument("--peer", type=Path, help="a Python that has pm4py, where there is one already")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="holdfast-peer-") as folder:
        python = given.peer or installed(Path(folder) / "environment")
        file, names = Path(folder) / "log.xes", [f"Activity {n}" for n in range(1, STEPS + 1)]
        made(file, given.runs, names)
        equal, (plain, folded, peer), importing = compared(python, file, names)
        real = compared(python, RECEIPT, MAIN_PATH)[0] if RECEIPT.exists() else None
    fastest = min(peer)
    faster = f"p50 < {fastest:.0f} ms"
    return bench.report(
        f"Which of {STEPS} steps were left out in {given.runs} runs",
        [
            ("ours, not folded yet", bench.spread(plain), faster, bench.percentile(plain, 0.5) < fastest),
            ("ours, folded", bench.spread(folded), faster, bench.percentile(folded, 0.5) < fastest),
            ("pm4py, token replay", bench.spread(peer), "", None),
            ("ours, the import before", f"{importing:6.1f} s", "", None),
            ("counts of each step", "equal" if equal else "different", "equal", equal),
            ("counts in receipt.xes.gz", "equal" if real else "different or not there", "equal", real),
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
