import time
from math import comb
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.stats.change import began, cusum, exact_limits, newcombe, runs_needed, threshold, verdict


def binomial(n: int, p: float, counts: range) -> float:
    return sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in counts)


@given(st.integers(1, 150), st.floats(0.001, 0.999))
def test_limits_leave_out_what_they_promise(n: int, p: float) -> None:
    low, high = exact_limits(n, p)
    assert binomial(n, p, range(low)) < 0.00135 + 1e-9
    assert binomial(n, p, range(high + 1, n + 1)) <= 0.00135 + 1e-9
    assert binomial(n, p, range(low + 1)) >= 0.00135 - 1e-9
    assert high == 0 or binomial(n, p, range(high, n + 1)) > 0.00135 - 1e-9


def test_the_false_alarms_of_the_document() -> None:
    _, high = exact_limits(30, 0.01)
    assert binomial(30, 0.01, range(high + 1, 31)) == pytest.approx(0.0002, abs=5e-5)


def test_limits_of_extremes() -> None:
    assert exact_limits(30, 0) == (0, 0)
    assert exact_limits(30, 1) == (30, 30)
    assert exact_limits(0, 0.5) == (0, 0)
    low, high = exact_limits(10**6, 0.05)
    assert 49_000 < low < 50_000 < high < 51_000


def test_a_day_in_one_is_its_instances_one_by_one() -> None:
    chance = Random(3)
    singles = [(int(chance.random() < 0.1), 1) for _ in range(4000)]
    height, alarms = 0.0, []
    for index, (count, _) in enumerate(singles):
        height = max(0.0, height + (0.6931471805599453 if count else -0.0540672213))
        if height >= 2.8:
            height = 0.0
            alarms.append(index)
    assert cusum(singles, 0.05) == alarms != []


def test_it_alarms_soon_after_a_doubling_and_seldom_before() -> None:
    chance = Random(1)
    days = [(sum(chance.random() < rate for _ in range(40)), 40) for rate in [0.05] * 40 + [0.15] * 10]
    alarms = cusum(days, 0.05)
    assert len([day for day in alarms if day < 40]) <= 3
    assert next(day for day in alarms if day >= 40) <= 42


def test_a_million_instances_in_a_day() -> None:
    assert cusum([(50_000, 10**6)] * 3, 0.05) == []
    assert cusum([(150_000, 10**6)], 0.05) == [0]


@pytest.mark.parametrize("p0", [0, 0.5, 1, -1])
def test_what_cannot_double(p0: float) -> None:
    for act in (threshold, lambda p: cusum([(1, 2)], p)):
        with pytest.raises(ValueError, match="can't double"):
            act(p0)


@pytest.mark.parametrize(
    ("cells", "low", "high"),
    [  # Newcombe 1998, table II, method 10
        ((48, 80, 56, 70), 0.0524, 0.3339),
        ((3, 10, 9, 10), 0.1705, 0.8090),
        ((2, 7, 6, 7), 0.0582, 0.8062),
        ((0, 29, 5, 56), -0.0381, 0.1926),
        ((0, 20, 0, 10), -0.1611, 0.2775),
        ((0, 10, 10, 10), 0.6075, 1.0),
    ],
)
def test_newcombes_own_examples(cells: tuple[int, int, int, int], low: float, high: float) -> None:
    assert newcombe(*cells) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(0, 50), st.integers(1, 50), st.integers(0, 50), st.integers(1, 50))
def test_the_difference_lies_within(x1: int, n1: int, x2: int, n2: int) -> None:
    x1, x2 = min(x1, n1), min(x2, n2)
    low, high = newcombe(x1, n1, x2, n2)
    assert -1 - 1e-9 <= low <= x2 / n2 - x1 / n1 + 1e-9
    assert x2 / n2 - x1 / n1 - 1e-9 <= high <= 1 + 1e-9


def test_runs_needed() -> None:
    assert [runs_needed(p) for p in (0.2, 0.1, 0.05)] == [199, 435, 906]
    assert runs_needed(0.2, 0.1, power=0.9) == 266
    with pytest.raises(ValueError, match="no number of runs"):
        runs_needed(0.1, 0.1)
    with pytest.raises(ValueError, match="no number of runs"):
        runs_needed(0)


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ((40, 200), (20, 200), "better"),
        ((20, 200), (40, 200), "worse"),
        ((20, 200), (20, 200), "same"),
        ((40, 200), (0, 199), "early"),
        ((5, 9), (0, 900), "early"),
    ],
)
def test_verdicts(before: tuple[int, int], after: tuple[int, int], word: str) -> None:
    found = verdict(before, after, 200)
    assert found.word == word
    assert (found.low is None) == (word == "early")


def test_too_early_says_how_many_more() -> None:
    assert verdict((40, 200), (0, 30), 200).more == 170
    assert verdict((40, 200), (0, 0), 0).more == 10


def test_began_finds_the_day() -> None:
    chance = Random(2)
    days = [(sum(chance.random() < rate for _ in range(20)), 20) for rate in [0.04] * 50 + [0.2] * 40]
    found = began(days)
    assert found is not None
    assert abs(found.index - 50) <= 3
    assert found.before < 0.08 < found.after
    assert found.p_value == 0.001


def test_it_seldom_finds_what_is_not_there() -> None:
    chance = Random(4)
    steady = [[(sum(chance.random() < 0.1 for _ in range(10)), 10) for _ in range(30)] for _ in range(100)]
    assert sum(began(days, permutations=199) is not None for days in steady) <= 10


def test_half_a_year_takes_less_than_a_second() -> None:
    days = [(k % 2 + (k > 120) * 2, 20) for k in range(180)]
    started = time.process_time()
    assert began(days) is not None
    assert time.process_time() - started < 2


@pytest.mark.parametrize("days", [[], [(1, 5)], [(0, 9), (1, 9)], [(0, 0)] * 30, [(0, 20)] * 30])
def test_too_little_to_split(days: list[tuple[int, int]]) -> None:
    assert began(days) is None


def test_nonsense() -> None:
    for act in (
        lambda: began([(2, 1)]),
        lambda: cusum([(2, 1)], 0.05),
        lambda: verdict((2, 1), (0, 1), 1),
        lambda: newcombe(0, 0, 1, 2),
        lambda: exact_limits(10, 1.1),
        lambda: exact_limits(-1, 0.1),
    ):
        with pytest.raises(ValueError, match="no "):
            act()
