"""The load at which errors begin to climb: found where it is, not seen elsewhere, silent on thin data."""

import random
from functools import cache
from math import exp

import pytest

from tracker.stats.ceiling import Ceiling, Day, Early, ceiling


def test_a_kink_is_found_where_it_is():
    found = kinked()
    assert found.p_value <= 0.01 and 130 < found.at < 170 and found.low <= found.at <= found.high
    assert found.busiest == max(day.load for day in history(kink=150))


def test_errors_that_grow_evenly_have_no_ceiling():
    found = ceiling(history(slope=2))
    assert found.at is None and found.low is None and found.high is None and found.p_value > 0.05


def test_fewer_errors_on_busy_days_are_no_ceiling():
    assert ceiling(history(kink=150, steep=-8)).at is None


def test_the_curve_bends_at_the_ceiling():
    found = kinked()
    shares = dict(found.curve)
    assert max(shares) == found.busiest and shares[max(shares)] > 3 * shares[min(shares)]


def test_it_is_the_same_each_time():
    assert ceiling(history(kink=150)) == kinked()


def test_the_unit_of_the_load_does_not_matter():
    per_person = [Day(load / 7, runs, failed) for load, runs, failed in history(kink=150)]
    assert ceiling(per_person, simulated=39).at == pytest.approx(kinked().at / 7)


def test_too_few_days_say_how_many_more():
    assert ceiling(history(days=20)) == Early(40) and ceiling([]) == Early(60)
    assert ceiling([Day(10, 10, 0)]) == Early(59)


def test_too_few_failures_say_how_many_more_days_at_this_pace():
    assert ceiling([Day(100 + n, 100 + n, n % 4 == 0) for n in range(60)]) == Early(60)


def test_days_without_runs_say_nothing():
    assert ceiling(history(days=59) + [Day(0, 0, 0)] * 30) == Early(1)


def test_days_that_are_all_alike_have_no_ceiling():
    found = ceiling([Day(100, 100, n % 3) for n in range(90)])
    assert isinstance(found, Ceiling) and found.at is None


def test_a_failure_in_every_run_is_survived():
    assert ceiling([Day(50 + n, 50 + n, 50 + n) for n in range(90)]).at is None


def test_all_failures_on_the_busiest_days_are_survived():
    found = ceiling([Day(50 + n, 50 + n, 20 if n > 60 else 0) for n in range(90)])
    assert 0 < found.p_value <= 1


@pytest.mark.parametrize("day", [Day(10, 10, 11), Day(10, 10, -1), Day(0, 10, 1), Day(float("nan"), 10, 1)])
def test_what_is_no_day_is_refused(day):
    with pytest.raises(ValueError, match="day"):
        ceiling([day] * 90)


@cache
def kinked():
    return ceiling(history(kink=150))


def history(days=90, kink=None, slope=0.0, steep=8.0, seed=11):
    dice = random.Random(seed)
    made = []
    for _ in range(days):
        runs = max(10, round(dice.gauss(140, 35)))
        score = -3.6 + slope * (runs - 140) / 140
        if kink:
            score += steep * max(0, runs - kink) / 140
        share = 1 / (1 + exp(-score))
        share = dice.betavariate(share * 49, (1 - share) * 49)
        made.append(Day(runs, runs, sum(dice.random() < share for _ in range(runs))))
    return made
