"""Histograms of step time lose little and can be added up."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.stats.durations import bin_of, merge, quantile, seconds_of


@given(st.floats(1, 1e8))
def test_what_is_read_back_is_at_most_9_percent_off(seconds):
    assert abs(seconds_of(bin_of(seconds)) / seconds - 1) < 0.0906


@given(st.lists(st.floats(0, 1e8)), st.lists(st.floats(0, 1e8)))
def test_the_sum_of_two_histograms_is_the_histogram_of_both(some, others):
    assert merge([histogram(some), histogram(others)]) == histogram(some + others)


def test_a_quantile_is_near_that_of_the_durations_themselves():
    dice = random.Random(3)
    durations = sorted(dice.lognormvariate(3, 0.6) for _ in range(2_000))
    for p in (0.1, 0.5, 0.9):
        assert quantile(histogram(durations), p) == pytest.approx(durations[int(p * 2_000)], rel=0.05)


def test_the_ends_are_within_the_first_and_the_last_bin():
    both = histogram([0.2, 30, 50])
    assert quantile(both, 0) == 0 and 50 <= quantile(both, 1) < 60


def test_nothing_has_no_quantile():
    assert quantile({}, 0.5) is None and quantile({7: 0}, 0.5) is None and merge([]) == {}


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_what_is_no_duration_is_refused(seconds):
    with pytest.raises(ValueError, match="no duration"):
        bin_of(seconds)


@pytest.mark.parametrize(
    ("counts", "p", "why"),
    [({1: 1}, 1.1, "share"), ({1: 1}, -0.1, "share"), ({1: -1, 2: 3}, 0.5, "less"), ({-3: 1}, 0.5, "no bin")],
)
def test_what_is_no_histogram_or_share_is_refused(counts, p, why):
    with pytest.raises(ValueError, match=why):
        quantile(counts, p)


def histogram(durations):
    return merge({bin_of(seconds): 1} for seconds in durations)
