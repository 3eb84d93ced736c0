"""Libraries with a known truth, a few of those of benchmarks/truth.py: how often what is said is right."""

from collections import Counter
from collections.abc import Callable
from random import Random

import pytest

from tracker.stats.shrinkage import fit, posterior
from tracker.stats.weakpoints import Case, judge

SHAPES: dict[str, Callable[[Random], float]] = {
    "spread": lambda dice: dice.betavariate(1, 24),
    "fine but for a few": lambda dice: dice.uniform(0.15, 0.3) if dice.random() < 0.08 else 0.01,
    "half of it bad": lambda dice: dice.choice((0.01, 0.16)),
    "most never fail": lambda dice: dice.betavariate(2, 20) if dice.random() < 0.3 else 0.0,
}


@pytest.fixture(scope="module", params=SHAPES)
def found(request: pytest.FixtureRequest) -> Counter[str]:
    dice, counted = Random(request.param), Counter[str]()
    for _ in range(25):
        critical = [dice.random() < 0.2 for _ in range(dice.choice((5, 20, 60)))]
        rates = [SHAPES[request.param](dice) / (5 if careful else 1) for careful in critical]
        sizes = [dice.choice((12, 40, 100, 300)) for _ in rates]
        lost = [sum(dice.random() < rate for _ in range(n)) for rate, n in zip(rates, sizes, strict=True)]
        prior = fit(zip(lost, sizes, strict=True))
        cases = [
            Case(count, n, 0.01 if careful else 0.05, careful, 90)
            for count, n, careful in zip(lost, sizes, critical, strict=True)
        ]
        for rate, case, judged in zip(rates, cases, judge(cases, prior), strict=True):
            _, low, high = posterior(case.count, case.n, prior)
            clear = rate >= 3 * case.tolerance and case.n * case.tolerance >= 5
            counted.update(steps=1, covered=low <= rate <= high, flagged=judged.flagged, clear=clear)
            counted.update(false=judged.flagged and rate <= case.tolerance, seen=clear and judged.flagged)
    return counted


def test_flags_are_right_and_clear_cases_are_flagged(found: Counter[str]) -> None:
    assert found["false"] <= 0.1 * found["flagged"]
    assert found["seen"] >= 0.9 * found["clear"] > 0


def test_ranges_hold_the_truth(found: Counter[str]) -> None:
    assert found["covered"] >= 0.85 * found["steps"]
