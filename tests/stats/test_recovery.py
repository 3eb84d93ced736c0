"""How long it takes until what went wrong is put right, and what comes back."""

from datetime import datetime, timedelta

import pytest

from tracker.stats.recovery import Case, Span, kaplan_meier, median, recurrences

JUNE = datetime(2026, 6, 1)


def test_without_open_ones_the_curve_is_the_plain_share():
    curve = kaplan_meier([Span(days, True) for days in (1, 2, 3, 4)])
    assert curve == [(1, 0.75), (2, 0.5), (3, 0.25), (4, 0.0)]


def test_what_is_open_counts_as_at_risk_until_today():
    """The six patients of the textbook: 1 - 1/6, then 1 - 1/4 of those, then 1 - 1/2."""
    spans = [Span(3, True), Span(5, False), Span(6, True), Span(8, False), Span(9, True), Span(12, False)]
    assert [round(share, 4) for _, share in kaplan_meier(spans)] == [0.8333, 0.625, 0.3125]


def test_the_median_waits_for_ten_closed_ones():
    nine = [Span(2, True)] * 9
    assert median(nine) is None and median([]) is None and median([*nine, Span(4, True)]) == 2


def test_there_is_no_median_while_most_are_open():
    assert median([Span(2, True)] * 10 + [Span(50, False)] * 15) is None


def test_leaving_out_the_open_ones_would_flatter():
    closed = [Span(days, True) for days in range(1, 12)]
    assert median(closed) < median(closed + [Span(30, False)] * 6)


def test_the_same_failure_within_30_days_is_a_recurrence():
    fixed = [Case("weigh", "scale off", JUNE)]
    assert recurrences(fixed, [Case("weigh", "scale off", JUNE + timedelta(days=30))]) == fixed
    assert recurrences(fixed, [Case("weigh", "scale off", JUNE + timedelta(days=31))]) == []
    assert recurrences(fixed, [Case("weigh", "no batteries", JUNE + timedelta(days=3))]) == []
    assert recurrences(fixed, [Case("weigh", "scale off", JUNE - timedelta(days=3))]) == []


@pytest.mark.parametrize("days", [-1, float("nan"), float("inf")])
def test_what_is_no_span_is_refused(days):
    with pytest.raises(ValueError, match="span"):
        kaplan_meier([Span(days, True)])
