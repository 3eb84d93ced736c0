import pytest

from tracker.stats.shrinkage import WEAK, Prior
from tracker.stats.weakpoints import Case, judge, with_bands

PRIOR = Prior(1, 24)


def case(count: int, n: int, tolerance: float = 0.05, critical: bool = False, days: float = 90) -> Case:
    return Case(count, n, tolerance, critical, days)


def test_a_step_is_flagged_when_nine_in_ten_say_so() -> None:
    for judged in judge([case(count, 180) for count in range(60)], PRIOR):
        assert judged.flagged == (judged.probability >= 0.9)


def test_thin_data_is_too_early_and_never_flagged() -> None:
    thin, enough = judge([case(9, 9), case(10, 10)], PRIOR)
    assert (thin.flagged, thin.band) == (False, "too-early")
    assert (enough.flagged, enough.band) == (True, "fix-first")


def test_a_step_without_instances() -> None:
    (judged,) = judge([case(0, 0)], PRIOR)
    assert (judged.band, judged.per_month, judged.priority) == ("too-early", 0, 0)


def test_the_upper_half_of_the_flagged_is_fixed_first() -> None:
    bands = [judged.band for judged in judge([case(30 + k, 180) for k in range(5)], PRIOR)]
    assert bands == ["watch", "watch", "fix-first", "fix-first", "fix-first"]


def test_equals_share_their_band() -> None:
    assert {judged.band for judged in judge([case(60, 180)] * 4, PRIOR)} == {"fix-first"}


def test_what_is_probably_above_is_watched() -> None:
    bands = [(round(j.probability, 1), j.band) for j in judge([case(k, 180) for k in (2, 7, 11)], PRIOR)]
    assert [band for _, band in bands] == ["fine", "fine", "watch"]


def test_a_critical_step_counts_three_times() -> None:
    normal, critical = judge([case(30, 180), case(30, 180, critical=True)], PRIOR)
    assert critical.priority == 3 * normal.priority
    assert critical.cost == normal.cost == pytest.approx(normal.posterior * 180 / 90 * 30.44)


def test_kinds_are_banded_together() -> None:
    skipped, failed = judge([case(30, 180)], PRIOR), judge([case(60, 180)], WEAK)
    assert skipped[0].band == failed[0].band == "fix-first"
    assert [judged.band for judged in with_bands(skipped + failed)] == ["watch", "fix-first"]


@pytest.mark.parametrize("nonsense", [case(5, 4), case(-1, 4), case(1, 4, tolerance=1.5), case(1, 4, days=0)])
def test_nonsense(nonsense: Case) -> None:
    with pytest.raises(ValueError, match="no "):
        judge([nonsense], PRIOR)
