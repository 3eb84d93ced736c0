"""How far the work on a SOP hangs on single people."""

import pytest

from tracker.stats.dependency import dependency


def test_below_20_runs_nothing_is_said():
    assert dependency({}) is None and dependency({1: 10, 2: 9}) is None


def test_one_person_alone_is_flagged():
    found = dependency({1: 20})
    assert (found.top, found.top_share, found.effective, found.stand_ins, found.flagged) == (
        1,
        1.0,
        1.0,
        (),
        True,
    )


def test_80_percent_are_flagged_and_79_are_not():
    assert dependency({1: 80, 2: 20}).flagged and not dependency({1: 79, 2: 21}).flagged


def test_those_who_did_it_once_or_twice_can_not_stand_in():
    found = dependency({1: 15, **dict.fromkeys(range(2, 9), 2)})
    assert found.top_share < 0.8 and found.stand_ins == () and found.flagged


def test_equally_busy_people_count_as_so_many():
    found = dependency(dict.fromkeys(range(1, 6), 400))
    assert found.effective == pytest.approx(5, abs=0.01) and not found.flagged


def test_the_concentration_is_not_biased_by_few_runs():
    """Twenty runs by twenty people: by the plain sum of squares no work ever hangs on fewer."""
    assert dependency(dict.fromkeys(range(20), 1)).effective == 20


def test_somebody_with_no_run_changes_nothing():
    assert dependency({1: 20, 2: 10, 3: 0}) == dependency({1: 20, 2: 10})


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="none"):
        dependency({1: 30, 2: -1})
