from fractions import Fraction
from math import comb, exp, inf, log, log1p, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.stats.beta import cdf, log_beta, quantile

SHAPES = st.floats(0.05, 5000)


@given(st.integers(1, 60), st.integers(1, 60), st.fractions(0, 1, max_denominator=50))
def test_whole_numbers_agree_with_the_binomial_sum(a: int, b: int, x: Fraction) -> None:
    n = a + b - 1
    exact = sum(comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1))
    assert cdf(float(x), a, b) == pytest.approx(float(exact), abs=1e-12)


@given(st.floats(2, 100), st.floats(2, 100), st.floats(0.02, 0.98))
def test_it_is_the_area_below_the_density(a: float, b: float, x: float) -> None:
    steps, scale = 4000, log_beta(a, b)
    width = x / steps

    def density(at: float) -> float:
        return exp((a - 1) * log(at) + (b - 1) * log1p(-at) - scale)

    area = width * sum(density((k + 0.5) * width) for k in range(steps))
    assert cdf(x, a, b) == pytest.approx(area, abs=1e-4)


@given(SHAPES, SHAPES, st.floats(1e-6, 1 - 1e-6))
def test_the_quantile_undoes_it(a: float, b: float, p: float) -> None:
    x = quantile(p, a, b)
    if 1e-290 < x < 1 - 1e-9:
        assert cdf(x, a, b) == pytest.approx(p, abs=1e-7)


@given(SHAPES, SHAPES, st.floats(0.001, 0.999))
def test_both_sides_agree(a: float, b: float, x: float) -> None:
    assert cdf(x, a, b) == pytest.approx(1 - cdf(1 - x, b, a), abs=1e-7)


@pytest.mark.parametrize(
    ("p", "a", "b", "x"),
    [  # Student's t, squared: t = 2.228139 for 97.5 % with 10 degrees; F(0.95; 4, 10) = 3.47805; arcsine law
        (0.95, 0.5, 5, 2.228139**2 / (10 + 2.228139**2)),
        (0.95, 2, 5, 4 * 3.47805 / (10 + 4 * 3.47805)),
        (1 / 3, 0.5, 0.5, 0.25),
    ],
)
def test_tables(p: float, a: float, b: float, x: float) -> None:
    assert quantile(p, a, b) == pytest.approx(x, rel=1e-5)


def test_a_million_instances() -> None:
    assert cdf(0.05, 50_000, 950_000) == pytest.approx(0.5, abs=0.001)
    assert quantile(0.5, 50_000, 950_000) == pytest.approx(0.05, abs=1e-6)


def test_the_ends() -> None:
    assert (cdf(-1, 2, 3), cdf(0, 2, 3), cdf(1, 2, 3), cdf(2, 2, 3)) == (0, 0, 1, 1)
    assert quantile(0.05, 0.001, 100) == 0


@pytest.mark.parametrize(("a", "b"), [(0, 1), (1, 0), (-1, 2), (nan, 1), (1, inf), (inf, 1)])
def test_no_distribution(a: float, b: float) -> None:
    with pytest.raises(ValueError, match="no distribution"):
        cdf(0.5, a, b)
    with pytest.raises(ValueError, match="no quantile"):
        quantile(0.5, a, b)


def test_no_probability() -> None:
    with pytest.raises(ValueError, match="no distribution"):
        cdf(nan, 1, 1)
    with pytest.raises(ValueError, match=r"no quantile 1\.1"):
        quantile(1.1, 1, 1)
