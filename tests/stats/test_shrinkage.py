import time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.stats.shrinkage import FEWEST_STEPS, HEAVIEST, LIGHTEST, WEAK, Prior, exceeds, fit, posterior

STEPS = st.lists(
    st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=8, max_size=40
)


@given(STEPS)
def test_bounds_hold_whatever_the_library(steps: list[tuple[int, int]]) -> None:
    a, b = fit(steps)
    assert a > 0 and b > 0
    assert LIGHTEST * 0.999 <= a + b <= HEAVIEST * 1.001


@given(STEPS)
def test_the_mean_lies_between_the_step_and_the_library(steps: list[tuple[int, int]]) -> None:
    prior = fit(steps)
    usual = prior.a / (prior.a + prior.b)
    for count, n in steps:
        mean, low, high = posterior(count, n, prior)
        assert min(usual, count / n) - 1e-12 <= mean <= max(usual, count / n) + 1e-12
        assert 0 <= low <= high <= 1


def test_it_finds_the_prior_that_made_the_rates() -> None:
    chance = Random(5)
    steps = []
    for _ in range(600):
        rate = chance.betavariate(1, 24)
        steps.append((sum(chance.random() < rate for _ in range(200)), 200))
    a, b = fit(steps)
    assert a == pytest.approx(1, rel=0.2)
    assert b == pytest.approx(24, rel=0.2)


@pytest.mark.parametrize(
    "steps",
    [
        [(0, 100)] * 20,
        [(100, 100)] * 20,
        [(5, 100)] * 20,
        [(0, 10**6)] * 8,
        [(50_000, 10**6), *[(1, 12)] * 20],
        [(0, 1)] * 8,
        [(1, 1)] * 8,
        [*[(0, 500)] * 50, (500, 500)],
    ],
)
def test_libraries_without_any_spread(steps: list[tuple[int, int]]) -> None:
    prior = fit(steps)
    for count, n in steps:
        mean, low, high = posterior(count, n, prior)
        assert low <= count / n <= high or abs(mean - count / n) < 0.2


def test_few_steps_get_the_weak_prior() -> None:
    assert fit([]) == WEAK
    assert fit([(3, 30)] * (FEWEST_STEPS - 1)) == WEAK
    assert fit([(3, 30)] * (FEWEST_STEPS - 1) + [(0, 0)] * 5) == WEAK
    assert fit([(3, 30)] * FEWEST_STEPS) != WEAK


def test_thousands_of_different_steps_are_quick() -> None:
    chance = Random(1)
    sizes = [chance.randint(12, 200_000) for _ in range(5000)]
    steps = [(chance.randint(0, n // 10), n) for n in sizes]
    began = time.process_time()
    fit(steps)
    assert time.process_time() - began < 2


def test_the_order_of_steps_is_nothing() -> None:
    steps = [(k % 7, 20 + k) for k in range(50)]
    assert fit(steps) == fit(steps[::-1])


def test_nothing_lost_can_be_never() -> None:
    assert posterior(0, 40, WEAK).low == 0
    assert posterior(40, 40, WEAK).high == 1
    assert 0 < posterior(0, 0, WEAK).high < 1


@given(st.integers(0, 200), st.floats(0, 1))
def test_more_losses_are_more_suspicious(count: int, tolerance: float) -> None:
    fewer, more = (exceeds(k, 201, WEAK, tolerance) for k in (count, count + 1))
    assert more >= fewer - 1e-9


def test_the_others_never_speak_against_a_step() -> None:
    bad = Prior(30, 70)
    assert exceeds(0, 10, bad, 0.01) < exceeds(0, 0, bad, 0.01) < 0.5
    assert exceeds(0, 10, bad, 0.05) < 0.5
    assert exceeds(5, 100, Prior(1, 99), 0.05) < exceeds(5, 100, Prior(5, 95), 0.05)


def test_no_tolerance_at_all() -> None:
    assert [exceeds(count, 50, WEAK, 0) for count in (0, 1)] == [0, 1]
    assert exceeds(50, 50, WEAK, 1) == 0


@pytest.mark.parametrize("pair", [(5, 4), (-1, 4), (0, -1), (1, 0)])
def test_no_proportion(pair: tuple[int, int]) -> None:
    for act in (lambda: fit([pair]), lambda: posterior(*pair, WEAK), lambda: exceeds(*pair, WEAK, 0.05)):
        with pytest.raises(ValueError, match="no proportion"):
            act()
