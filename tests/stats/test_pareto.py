import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.stats.pareto import pareto


@given(st.dictionaries(st.text(), st.integers(0, 10**9)))
def test_all_that_was_lost_is_there_most_first(losses: dict[str, int]) -> None:
    rows = pareto(losses)
    assert {which: count for which, count, _ in rows} == {k: n for k, n in losses.items() if n}
    assert [count for _, count, _ in rows] == sorted((n for n in losses.values() if n), reverse=True)
    assert not rows or rows[-1][2] == 1


def test_nothing_lost() -> None:
    assert pareto({}) == pareto({"no time": 0}) == []


def test_a_negative_number() -> None:
    with pytest.raises(ValueError, match="less than nothing"):
        pareto({"no time": -1})
