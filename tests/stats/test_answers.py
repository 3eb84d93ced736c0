"""What answers say about how they came to be."""

import random
from decimal import Decimal
from math import comb

import pytest

from tracker.stats.answers import chi_squared_tail, heaping, last_digits, same_in_a_row, shift_end


def test_ticks_at_the_end_of_a_shift_are_as_rare_as_the_binomial_says():
    exact = sum(comb(40, k) * 0.1**k * 0.9 ** (40 - k) for k in range(11, 41))
    assert shift_end(11, 40) == pytest.approx(exact)
    assert shift_end(0, 40) == 1.0 and shift_end(40, 40) == pytest.approx(1e-40)
    assert shift_end(0, 0) == 1.0


def test_ten_same_answers_in_a_row_are_found_wherever_they_are():
    assert same_in_a_row([1, 2, *[3] * 10, 4]) == (2, 10)
    assert same_in_a_row([3] * 9) is None and same_in_a_row([]) is None
    assert same_in_a_row([1] * 10 + [2] * 14) == (10, 14)


def test_measured_digits_are_even():
    dice = random.Random(2)
    chances = [last_digits([Decimal(round(dice.gauss(500, 40))) for _ in range(200)]) for _ in range(200)]
    assert sum(chance < 0.05 for chance in chances) / 200 < 0.1


def test_rounded_and_invented_digits_are_not():
    dice = random.Random(2)
    assert last_digits([Decimal(5 * round(dice.gauss(100, 8))) for _ in range(80)]) < 1e-6
    favourites = [dice.randrange(100, 200) * 10 + dice.choice([3, 7, 7, 7]) for _ in range(80)]
    assert last_digits([Decimal(value) for value in favourites]) < 1e-6


def test_digits_are_those_of_the_most_exact_value():
    values = [Decimal(n) / 10 for n in range(100, 200)]
    assert last_digits(values) == pytest.approx(1.0) and last_digits(
        [-value for value in values]
    ) == pytest.approx(1.0)


def test_few_values_few_different_ones_and_narrow_ones_say_nothing():
    assert last_digits([Decimal(n) for n in range(49)]) is None
    assert last_digits([Decimal(n % 9) for n in range(100)]) is None
    assert last_digits([Decimal(n % 12) for n in range(100)]) is None
    assert last_digits([]) is None


def test_values_just_inside_a_limit_are_found():
    dice = random.Random(4)
    honest = [dice.gauss(5, 1.2) for _ in range(120)]
    pushed = honest + [7.9 + dice.random() / 20 for _ in range(15)]
    assert heaping(honest, 0, 8).p_value > 0.01
    found = heaping(pushed, 0, 8)
    assert found.limit == 8 and found.p_value < 1e-3


def test_one_limit_is_enough_and_none_says_nothing():
    values = [20 + n * 0.1 for n in range(60)] + [20.01] * 12
    assert heaping(values, 20, None).limit == 20
    assert heaping(values, None, None) is None and heaping(values[:40], 20, None) is None


def test_zero_is_a_limit():
    assert heaping([n * 0.1 for n in range(100)] + [0.01] * 30, 0, 10).limit == 0


def test_limits_the_wrong_way_round_are_refused():
    with pytest.raises(ValueError, match="no limits"):
        heaping([1.0] * 60, 5, 5)


@pytest.mark.parametrize(
    ("x", "freedom", "tail"), [(3.841, 1, 0.05), (18.307, 10, 0.05), (21.666, 9, 0.01), (0, 9, 1)]
)
def test_the_tail_is_that_of_the_tables(x, freedom, tail):
    assert chi_squared_tail(x, freedom) == pytest.approx(tail, abs=2e-5)


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (lambda: chi_squared_tail(-1, 9), "chi"),
        (lambda: chi_squared_tail(1, 0), "chi"),
        (lambda: shift_end(4, 3), "count"),
        (lambda: shift_end(-1, 3), "count"),
    ],
)
def test_nonsense_is_refused(call, why):
    with pytest.raises(ValueError, match=why):
        call()
