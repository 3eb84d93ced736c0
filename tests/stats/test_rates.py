from math import comb

import pytest

from tracker.stats.rates import percent, rate, wilson


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_newcombe_1998_table_1(count: int, n: int, low: float, high: float) -> None:
    assert wilson(count, n) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize("n", [30, 100, 400])
def test_its_coverage_by_exact_sums(n: int) -> None:
    shares = [(k + 0.5) / 200 for k in range(200)]
    ends = [wilson(count, n) for count in range(n + 1)]
    covered = sum(
        comb(n, count) * p**count * (1 - p) ** (n - count)
        for p in shares
        for count, (low, high) in enumerate(ends)
        if low <= p <= high
    )
    assert 0.93 <= covered / len(shares) <= 0.97


@pytest.mark.parametrize(("count", "n"), [(1, 0), (5, 4), (-1, 4)])
def test_no_proportion(count: int, n: int) -> None:
    with pytest.raises(ValueError, match="no proportion"):
        wilson(count, n)


def test_thin_data_has_no_rate() -> None:
    assert (rate(9, 9), rate(10, 10)) == (None, 1)
    assert percent(1) == "100%"
