"""Ticks that came faster than the work takes, found without accusing those who are quick."""

import random

import pytest

from tracker.stats.durations import bin_of, merge
from tracker.stats.gaps import Burst, floor, suspicious


def test_a_step_has_a_floor_once_it_is_known_and_slow_enough():
    assert floor({bin_of(60): 30}) == pytest.approx(9, rel=0.05)
    assert floor({bin_of(17): 30}) == pytest.approx(2.6, abs=0.2)
    assert floor({bin_of(60): 29}) is None and floor({bin_of(10): 500}) is None and floor({}) is None


def test_bursts_among_the_history_leave_the_floor_where_it_is():
    dice = random.Random(5)
    real = [dice.lognormvariate(4, 0.5) for _ in range(200)]
    faked = [dice.random() for _ in range(60)]
    assert floor(histogram(real + faked)) > 0.75 * floor(histogram(real))


def test_a_run_with_three_in_ten_gaps_below_their_floors_is_worth_a_look():
    floors = dict.fromkeys("abcdefghij", 8.0)
    quick = [(key, 1.0) for key in "abc"]
    assert suspicious(quick + [(key, 30.0) for key in "defghij"], floors) == Burst(3, 10)
    assert suspicious(quick[:2] + [(key, 30.0) for key in "cdefghij"], floors) is None


def test_one_quick_tick_is_no_burst():
    assert suspicious([("a", 1.0)], {"a": 8.0}) is None


def test_steps_without_a_floor_say_nothing():
    quick = [("a", 0.5), ("b", 0.5), ("c", 0.5)]
    assert suspicious(quick, {}) is None and suspicious([], {"a": 8.0}) is None
    assert suspicious(quick, {"a": 8.0, "b": 8.0, "c": None}) == Burst(2, 2)


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf")])
def test_what_is_no_gap_is_refused(seconds):
    with pytest.raises(ValueError, match="gap"):
        suspicious([("a", seconds)], {"a": 8.0})


def histogram(seconds):
    return merge({bin_of(one): 1} for one in seconds)
