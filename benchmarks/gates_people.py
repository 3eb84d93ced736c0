"""What is claimed of bursts and of the operations ceiling, tried on histories whose truth is known.

Each history has a seed of its own and its own kind of work: quick or slow steps, steady or ragged people,
long or short runs; quiet or noisy days, few or many orders, errors that grow with the load or do not.
`benchmarks/truth.py` prints these gates with all others.

    .venv/bin/python benchmarks/gates_people.py     # three minutes
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from math import exp, log
from random import Random

from tracker.stats.ceiling import Ceiling, Day, ceiling
from tracker.stats.durations import bin_of, merge
from tracker.stats.gaps import floor, suspicious

Gate = tuple[str, str, str, bool | None]
"""The claim, what is required, what was measured, whether that is met."""

OPERATIONS, CLEAN, FAKED = 100, 200, 50
HISTORIES = 200

Run = list[tuple[str, float]]


def gates(seed: int) -> list[Gate]:
    """The gates of this file. What is required is said in STATISTICS.md; of power nothing is."""
    found, of, flagged, clean = bursts(seed)
    alarms, quiet = ceilings(seed, kinked=False)
    seen, steep = ceilings(seed, kinked=True)
    return [
        (
            "Burst flag: half of a run's gaps under 2 s",
            ">= 99 %, <= 0.5 %",
            f"{found / of:.1%} of {of} found, {flagged / clean:.2%} of {clean} clean ones flagged",
            found >= 0.99 * of and flagged <= 0.005 * clean,
        ),
        (
            "Ceiling false alarm on 90 noisy days without a kink",
            "<= 7 %",
            f"{alarms / quiet:.1%} of {quiet} histories",
            alarms <= 0.07 * quiet,
        ),
        (
            "Ceiling found where errors climb above it",
            "",
            f"{seen / steep:.0%} of {steep} histories",
            None,
        ),
    ]


def bursts(seed: int) -> tuple[int, int, int, int]:
    """Bursts found, of so many; clean runs flagged, of so many. The floors come from all runs together."""
    found = of = flagged = clean = 0
    for number in range(OPERATIONS):
        dice = Random(f"bursts {seed} {number}")
        pace = {f"step-{n}": dice.uniform(20, 240) for n in range(dice.randint(5, 20))}
        ragged = dice.uniform(0.3, 0.7)  # of the logarithm
        honest = [_run(dice, pace, ragged) for _ in range(CLEAN)]
        filled = [_filled(dice, _run(dice, pace, ragged)) for _ in range(FAKED)]
        floors = {
            key: floor(merge({bin_of(gap): 1} for run in honest + filled for step, gap in run if step == key))
            for key in pace
        }
        found += sum(suspicious(run, floors) is not None for run in filled)
        flagged += sum(suspicious(run, floors) is not None for run in honest)
        of, clean = of + FAKED, clean + CLEAN
    return found, of, flagged, clean


def _run(dice: Random, pace: dict[str, float], ragged: float) -> Run:
    """The gaps of one run: all but the first step have one."""
    return [(key, seconds * exp(dice.gauss(0, ragged))) for key, seconds in list(pace.items())[1:]]


def _filled(dice: Random, run: Run) -> Run:
    """The same with half of its gaps, wherever they are, under 2 seconds."""
    quick = set(dice.sample(range(len(run)), (len(run) + 1) // 2))
    return [(key, dice.uniform(0.1, 2) if at in quick else gap) for at, (key, gap) in enumerate(run)]


def ceilings(seed: int, *, kinked: bool) -> tuple[int, int]:
    """In how many histories of 90 days a ceiling is seen, of so many."""
    results = [ceiling(days, seed=number) for number, days in enumerate(histories(seed, kinked=kinked))]
    judged = [result for result in results if isinstance(result, Ceiling)]
    return sum(result.at is not None for result in judged), len(judged)


def histories(seed: int, *, kinked: bool) -> Iterator[list[Day]]:
    """Histories of 90 days, noisier than chance in one way or another."""
    for number in range(HISTORIES):
        dice = Random(f"ceiling {seed} {number}")
        usual, spread = dice.choice([40, 80, 140, 300]), dice.uniform(0.15, 0.35)
        share, slope = dice.uniform(0.02, 0.06), dice.choice([0, 0, 1.0])
        noise = dice.choice([_beta, _lognormal, _bad_days])(dice)
        days = []
        for _ in range(90):
            runs = max(5, round(dice.gauss(usual, spread * usual)))
            score = log(share / (1 - share)) + slope * (runs / usual - 1)
            if kinked:
                score += 5 * max(0, runs / usual - 1.05)
            chance = min(0.95, noise(1 / (1 + exp(-score))))
            days.append(Day(runs, runs, sum(dice.random() < chance for _ in range(runs))))
        yield days


def _beta(dice: Random):
    correlation = dice.uniform(0.005, 0.03)
    sure = (1 - correlation) / correlation
    return lambda share: dice.betavariate(share * sure, (1 - share) * sure)


def _lognormal(dice: Random):
    spread = dice.uniform(0.2, 0.6)
    return lambda share: share * exp(dice.gauss(-spread * spread / 2, spread))


def _bad_days(dice: Random):
    """One day in ten goes three times as badly."""
    return lambda share: share * (3 if dice.random() < 0.1 else 1)


if __name__ == "__main__":
    rows = gates(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    for claim, required, measured, met in rows:
        print(f"{claim:<60}  {required:<46}  {measured}  {'met' if met else 'MISSED'}")
    sys.exit(not all(met for *_, met in rows))
