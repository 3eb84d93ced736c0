from math import comb
from random import Random

import pytest

from tracker.stats.rates import percent, percents, rate, wilson


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


def test_what_is_not_nothing_is_never_said_to_be() -> None:
    assert percent(2 / 8548) == "<0.1%" and percent(0.0005) == "0.1%" and percent(0) == "0%"


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ([372, 188, 106, 41], ["52.6%", "26.6%", "15.0%", "5.8%"]),
        ([22, 16, 4, 2], ["50.0%", "36.4%", "9.1%", "4.5%"]),
        ([1, 1, 1], ["34%", "33%", "33%"]),
        ([8546, 2], ["99.9%", "<0.1%"]),
        ([7, 0], ["100%", "0%"]),
        ([0, 0], ["0%", "0%"]),
        ([], []),
    ],
)
def test_the_parts_of_a_whole_add_up(counts: list[int], said: list[str]) -> None:
    assert [part.own for part in percents(counts)] == said


def test_parts_add_up_whatever_they_are() -> None:
    chance = Random(1)
    for _ in range(2_000):
        counts = sorted((int(chance.expovariate(0.001)) for _ in range(chance.randint(1, 12))), reverse=True)
        parts = percents(counts)
        total = sum(counts)
        if not total:
            continue
        assert sum(round(10 * float(part.own.strip("<%"))) for part in parts) == 1000, counts
        assert parts[-1].so_far == "100%"
        for count, part in zip(counts, parts, strict=True):
            assert (part.own == "100%") is (count == total) and (part.own == "0%") is (count == 0)
            assert abs(float(part.own.strip("<%")) - 100 * count / total) <= 1.2, counts
