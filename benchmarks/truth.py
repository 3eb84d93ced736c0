"""How often what is said about steps is wrong: every claim of STATISTICS.md on histories with a known truth.

    .venv/bin/python benchmarks/truth.py                                          # some minutes
    .venv/bin/python benchmarks/truth.py --write history.csv --truth truth.json   # one history, to import

The libraries differ as much as real ones may: few steps or many, 12 to 2 000 instances each, rates that are
all alike, spread widely, or fine but for a few; critical steps among them. Same seed, same table.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import bench
import gates_people
import numpy as np

from tracker.domain.weakpoints import verdicts as weakpoints_verdicts
from tracker.domain.weakpoints.eras import Version
from tracker.stats import change
from tracker.stats.rates import wilson
from tracker.stats.shrinkage import Prior, fit, posterior
from tracker.stats.weakpoints import Case, judge

Dice = np.random.Generator
Rates = Callable[[Dice, int], np.ndarray]
Row = tuple[str, str, str, bool | None]

DAYS = 180
TOLERANCE, CRITICAL = 0.05, 0.01
KINDS = ("skipped", "failed", "omitted")


def spread(a: float, b: float) -> Rates:
    return lambda dice, size: dice.beta(a, b, size)


def fine_but(share: float, usual: Rates, worst: tuple[float, float]) -> Rates:
    """`share` of the steps fail at a rate between the two of `worst`; the others as is usual."""

    def rates(dice: Dice, size: int) -> np.ndarray:
        bad = dice.random(size) < share
        return np.where(bad, dice.uniform(*worst, size), usual(dice, size))

    return rates


def alike(rate: float) -> Rates:
    return lambda dice, size: np.full(size, rate)


LIBRARIES: dict[str, Rates] = {
    "Beta(1, 24)": spread(1, 24),
    "Beta(0.5, 24)": spread(0.5, 24),
    "Beta(2, 38)": spread(2, 38),
    "Beta(2, 78)": spread(2, 78),
    "Beta(0.3, 5.7)": spread(0.3, 5.7),
    "Beta(4, 36), a bad library": spread(4, 36),
    "1 % but for 8 % at 15-30 %": fine_but(0.08, alike(0.01), (0.15, 0.3)),
    "1 % but for 5 % at three times": fine_but(0.05, alike(0.01), (0.15, 0.15)),
    "Beta(2, 78) but for 5 % at 15-20 %": fine_but(0.05, spread(2, 78), (0.15, 0.2)),
    "half of it at 15 %": fine_but(0.5, alike(0.01), (0.15, 0.15)),
    "70 % never, others Beta(2, 20)": fine_but(0.7, spread(2, 20), (0, 0)),
    "all at 1 %": alike(0.01),
    "all at 4 %": alike(0.04),
}
SIZES = ((3, 8), (8, 30), (30, 120))


@dataclass(frozen=True, slots=True)
class Library:
    """One kind of weakness of some steps: each step's true rate, tolerance, instances and losses."""

    name: str
    rates: list[float]
    tolerances: list[float]
    n: list[int]
    counts: list[int]


def libraries(dice: Dice, histories: int) -> Iterator[Library]:
    """Shapes and sizes in turn. In every other one a fifth of the steps is critical and fails less."""
    for number in range(histories):
        name = list(LIBRARIES)[number % len(LIBRARIES)]
        size = int(dice.integers(*SIZES[number // len(LIBRARIES) % len(SIZES)]))
        rates = LIBRARIES[name](dice, size)
        critical = dice.random(size) < (0.2 if number % 2 else 0)
        rates = np.where(critical, rates / 5, rates)
        n = instances(dice, size)
        yield Library(
            name,
            rates.tolist(),
            np.where(critical, CRITICAL, TOLERANCE).tolist(),
            n.tolist(),
            dice.binomial(n, rates).tolist(),
        )


def instances(dice: Dice, size: int) -> np.ndarray:
    """Of each step: SOPs of 4 to 14 steps, run 12 to 2 000 times; a few steps do not always apply."""
    runs: list[int] = []
    while len(runs) < size:
        runs += [int(np.exp(dice.uniform(np.log(12), np.log(2000))))] * int(dice.integers(4, 15))
    applies = np.where(dice.random(size) < 0.2, dice.uniform(0.3, 1, size), 1)
    return np.maximum(12, np.array(runs[:size]) * applies).astype(int)


def share(part: int, of: int) -> float:
    return part / of if of else 0.0


def steps(dice: Dice, histories: int) -> list[Row]:
    """Sections 1 to 3: intervals, ranges, flags and priorities, over all libraries and for each shape."""
    total: Counter[str] = Counter()
    shapes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for library in libraries(dice, histories):
        found = judged(library)
        total += found
        shapes[library.name] += found
    flagged, false = total["flagged"], total["false"]
    rows: list[Row] = [
        gate(
            "Wilson, 95 % interval covers the truth",
            share(total["wilson"], total["steps"]),
            "93-97 %",
            lambda at: 0.93 <= at <= 0.97,
        ),
        gate(
            "Ranges of 90 % cover the truth",
            share(total["covered"], total["steps"]),
            ">= 85 %",
            lambda at: at >= 0.85,
        ),
        gate(f"False share of {flagged} flags", share(false, flagged), "<= 10 %", lambda at: at <= 0.1),
        gate(
            f"Flagged, of {total['clear']} steps at >= 3τ, nτ >= 5",
            share(total["seen"], total["clear"]),
            ">= 90 %",
            lambda at: at >= 0.9,
        ),
    ]
    best, plain, weighed = (share(total[by], total["top"]) for by in ("priority", "rate", "losses"))
    rows += [
        (
            "Precision@5 of the priority",
            f"{best:.3f} (rates {plain:.3f}, losses {weighed:.3f})",
            ">= raw",
            best >= max(plain, weighed),
        )
    ]
    rows += [(f"  {name}", describe(found), "", None) for name, found in shapes.items()]
    return rows


def gate(what: str, measured: float, required: str, met: Callable[[float], bool]) -> Row:
    return what, f"{measured:.1%}", required, met(measured)


def describe(found: Counter[str]) -> str:
    """The same figures of one shape; nothing is above its tolerance in some, so every flag there is false."""
    clear = f"{share(found['seen'], found['clear']):.0%} of {found['clear']}" if found["clear"] else "-"
    return (
        f"covers {share(found['covered'], found['steps']):.0%}; "
        f"false {found['false']} of {found['flagged']} flags on {found['steps']} steps; seen {clear}"
    )


def judged(library: Library) -> Counter[str]:
    """One library judged as the product does, and how right that was."""
    prior = fit(zip(library.counts, library.n, strict=True))
    cases = [
        Case(count, n, tolerance, tolerance == CRITICAL, DAYS)
        for count, n, tolerance in zip(library.counts, library.n, library.tolerances, strict=True)
    ]
    results = judge(cases, prior)
    found: Counter[str] = Counter(steps=len(cases))
    for rate, case, result in zip(library.rates, cases, results, strict=True):
        _, low, high = posterior(case.count, case.n, prior)
        found["covered"] += low <= rate <= high
        low, high = wilson(case.count, case.n)
        found["wilson"] += low <= rate <= high
        found["flagged"] += result.flagged
        found["false"] += result.flagged and rate <= case.tolerance
        if rate >= 3 * case.tolerance - 1e-9 and case.n * case.tolerance >= 5 - 1e-9:
            found["clear"] += 1
            found["seen"] += result.flagged
    if len(cases) >= 20:
        weights = [case.n * (3 if case.critical else 1) for case in cases]
        truly = first_five([rate * by for rate, by in zip(library.rates, weights, strict=True)])
        raw = [case.count / case.n for case in cases]
        found["top"] += 5
        found["priority"] += len(truly & first_five([result.priority for result in results]))
        found["rate"] += len(truly & first_five(raw))
        found["losses"] += len(truly & first_five([r * by for r, by in zip(raw, weights, strict=True)]))
    return found


def first_five(values: Sequence[float]) -> set[int]:
    return set(sorted(range(len(values)), key=lambda at: -values[at])[:5])


def alarms(dice: Dice, instances: int = 1_000_000) -> list[Row]:
    """Section 4: how long a step that does not change goes without an alarm."""
    rows = []
    for (usual, _), expected in zip(change.THRESHOLDS, (2049, 1037, 1064), strict=False):
        series = [(int(lost), 1) for lost in dice.random(instances) < usual]
        between = instances / max(1, len(change.cusum(series, usual)))
        rows.append(
            (
                f"CUSUM at {usual:.0%}, between false alarms",
                f"{between:.0f}",
                f"{expected} +- 15 %",
                abs(between - expected) <= 0.15 * expected,
            )
        )
    beyond = points = 0
    for n in (30, 100, 300):
        for p in (0.01, 0.05, 0.1):
            low, high = change.exact_limits(n, p)
            counts = dice.binomial(n, p, 100_000)
            beyond += int(((counts < low) | (counts > high)).sum())
            points += len(counts)
    rows.append(("Exact chart, false alarms a point", f"{beyond / points:.2%}", "<= 0.27 %", None))
    return rows


def verdicts(dice: Dice, histories: int) -> list[Row]:
    """Section 5: one look, when the planned runs are there; the baseline is younger than the flag."""
    words: dict[float, Counter[str]] = {1.0: Counter(), 0.5: Counter()}
    for factor, said in words.items():
        for _ in range(4 * histories):
            rate = dice.uniform(0.03, 0.3)
            planned = change.runs_needed(rate)
            before, after = int(planned * dice.uniform(0.5, 2)), int(planned * dice.uniform(1, 1.3))
            lost = int(dice.binomial(before, rate)), int(dice.binomial(after, rate * factor))
            said[change.verdict((lost[0], before), (lost[1], after), planned).word] += 1
    unchanged, halved = words[1.0], words[0.5]
    false = unchanged["better"] / unchanged.total()
    found = sum(
        change.began([(int(c), 20) for c in dice.binomial(20, dice.uniform(0.02, 0.2), 90)], seed=at)
        is not None
        for at in range(histories // 4)
    )
    kept = {factor: revised(dice, 2 * histories, factor) for factor in (1.0, 0.5)}
    wrong, right = (share(said["better"], said.total()) for said in kept.values())
    return [
        ("Verdict better though nothing changed", f"{false:.1%}", "<= 5 %", false <= 0.05),
        (f"  of {kept[1.0].total()} flagged steps, then revised", f"{wrong:.1%}", "<= 5 %", wrong <= 0.05),
        ("  better where revising halved their rate", f"{right:.0%}", "", None),
        (
            "  better where the rate was halved",
            f"{halved['better'] / halved.total():.0%}",
            "about 80 %",
            None,
        ),
        ("  began around, though nothing changed", f"{found / (histories // 4):.1%}", "about 5 %", None),
    ]


def revised(dice: Dice, histories: int, factor: float) -> Counter[str]:
    """What the product says of steps revised within a month of their flag; their rates change by `factor`."""
    said: Counter[str] = Counter()
    prior = Prior(1, 24)
    first = date(2026, 1, 1)
    for _ in range(histories):
        rate, n = dice.beta(*prior), int(dice.choice((3, 8, 25)))
        rates = [(first + timedelta(day), int(dice.binomial(n, rate)), n) for day in range(90)]
        flagged = weakpoints_verdicts.flagged_on(rates, prior, TOLERANCE)
        if flagged is None:
            continue
        on = flagged + timedelta(int(dice.integers(1, 30)))
        rates = [day for day in rates if day[0] < on]
        later = [(on + timedelta(day), int(dice.binomial(n, rate * factor)), n) for day in range(170)]
        days = [
            weakpoints_verdicts.Day(day, revision, {"skipped": count, "failed": 0, "omitted": 0}, n)
            for revision, part in enumerate((rates, later), 1)
            for day, count, n in part
        ]
        versions = [Version(number, str(number), at, {"a": None}) for number, at in ((1, first), (2, on))]
        priors = dict.fromkeys(KINDS, prior)
        today = later[-1][0]
        for row in weakpoints_verdicts.said(
            "sop", versions, {"a": days}, {}, priors, lambda key: TOLERANCE, today
        ):
            said[row["word"]] += 1
    return said


# A history as a file, and what the product says about it


def history(dice: Dice) -> tuple[list[list[str]], dict[str, dict[str, float]]]:
    """Lines of a CSV for `holdfast import`, and each step's true rates: "sop step" -> kind -> rate.

    Each kind has a library of its own.
    """
    lines: list[list[str]] = []
    truth: dict[str, dict[str, float]] = {}
    start = datetime(2026, 1, 5, 6, tzinfo=UTC)
    shapes = [LIBRARIES[str(dice.choice(list(LIBRARIES)))] for _ in KINDS]
    for number in range(int(dice.integers(1, 11))):
        sop, size = f"sop-{number}", int(dice.integers(4, 13))
        runs = int(np.exp(dice.uniform(np.log(12), np.log(1000))))
        rates = np.minimum(0.3, [shape(dice, size) for shape in shapes])
        applies = np.where(dice.random(size) < 0.2, 0.7, 1.0)
        for step in range(size):
            truth[f"{sop} step-{step + 1}"] = dict(zip(KINDS, rates[:, step].tolist(), strict=True))
        for run in range(runs):
            at = start + timedelta(days=DAYS * run / runs)
            chance, na = dice.random(size), dice.random(size) >= applies
            for step in range(size):
                kind = int(np.searchsorted(np.cumsum(rates[:, step]), chance[step], side="right"))
                outcome = "na" if na[step] else (*KINDS, "done")[kind]
                lines.append(
                    [
                        *(f"{run}", sop, f"order {run}", "Hall 1", f"step-{step + 1}", outcome),
                        *("no time" if outcome in KINDS else "", f"picker-{run % 7}"),
                        (at + timedelta(seconds=40 * step)).isoformat(),
                    ]
                )
    return lines, truth


COLUMNS = ("run", "sop", "subject", "location", "step", "outcome", "reason", "actor", "device_at")


def write(file: Path, lines: Sequence[Sequence[str]]) -> None:
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([COLUMNS, *lines])


def product(dice: Dice, histories: int) -> list[Row]:
    """Whole histories through `holdfast import` and `holdfast weak-points --json`, against file and truth."""
    different = rows = flagged = false = clear = seen = 0
    for _ in range(histories):
        lines, truth = history(dice)
        said = imported(lines)
        counted = recounted(lines)
        rows += len(said)
        different += len(counted) != len(said)
        for point in said:
            place = f"{point['sop']} {point['step']}"
            count, n = counted.get((place, point["kind"]), (-1, -1))
            different += (point["count"], point["n"]) != (count, n)
            rate = truth[place][point["kind"]]
            flagged += point["flagged"]
            false += point["flagged"] and rate <= TOLERANCE
            if rate >= 3 * TOLERANCE and n * TOLERANCE >= 5:
                clear += 1
                seen += point["flagged"]
    return [
        (f"Of {rows} counts differ from a recount", f"{different}", "0, always", different == 0),
        gate(
            f"Imported: false share of {flagged} flags",
            share(false, flagged),
            "<= 10 %",
            lambda at: at <= 0.1,
        ),
        gate(
            f"Imported: flagged, of {clear} such steps",
            share(seen, clear),
            ">= 90 %",
            lambda at: at >= 0.9,
        ),
    ]


def imported(lines: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """What the product says about a file that a new workspace has taken in."""
    with tempfile.TemporaryDirectory(prefix="holdfast-truth-") as folder:
        place = Path(folder)
        (place / "mkdocs.yml").write_bytes((bench.ROOT / "mkdocs.yml").read_bytes())
        (place / "sops").mkdir()
        (place / "sops" / "index.md").write_text("# Home\n")
        write(place / "history.csv", lines)
        bench.holdfast(place, "import", str(place / "history.csv"), "--create")
        words = bench.command(place, "weak-points", "--json")
        done = subprocess.run(words, cwd=bench.ROOT, env=bench.ENVIRONMENT, check=True, capture_output=True)
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found


def recounted(lines: Sequence[Sequence[str]]) -> dict[tuple[str, str], tuple[int, int]]:
    """("sop step", kind) -> (count, n), from the file alone."""
    outcomes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        outcomes[f"{line[1]} {line[4]}"][line[5]] += 1
    return {
        (place, kind): (found[kind], found.total() - found["na"])
        for place, found in outcomes.items()
        for kind in KINDS
        if found.total() > found["na"]
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--histories", type=int, default=1300)
    parser.add_argument("--imports", type=int, default=12, help="histories taken in by the product")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument(
        "--write", type=Path, metavar="FILE.csv", help="one history, for `holdfast import --create`"
    )
    parser.add_argument("--truth", type=Path, metavar="FILE.json", help="its true rates")
    given = parser.parse_args()
    dice = np.random.default_rng(given.seed)
    if given.write:
        lines, truth = history(dice)
        write(given.write, lines)
        if given.truth:
            given.truth.write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
        return 0
    began = time.process_time()
    rows = [*steps(dice, given.histories), *alarms(dice), *verdicts(dice, given.histories)]
    people = gates_people.gates(given.seed)
    rows += [(claim, measured, required, met) for claim, required, measured, met in people]
    rows += product(dice, given.imports)
    missed = bench.report(
        f"What is claimed of steps, in {given.histories} histories with a known truth", rows
    )
    print(f"  {time.process_time() - began:.0f} s of one core, and the imports")
    return missed


if __name__ == "__main__":
    sys.exit(main())
