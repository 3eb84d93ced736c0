"""Steps at which nothing ever came up."""

import pytest

from tracker.stats.durations import bin_of
from tracker.stats.shortening import earns_nothing, time_cost


def test_500_instances_without_anything_make_a_candidate():
    assert earns_nothing(500, failed=0, skipped=0, critical=False)


@pytest.mark.parametrize(
    "but",
    [{"n": 499}, {"failed": 1}, {"skipped": 1}, {"critical": True}],
    ids=["too few", "failed once", "skipped once", "critical"],
)
def test_it_is_none(but):
    assert not earns_nothing(**{"n": 800, "failed": 0, "skipped": 0, "critical": False} | but)


def test_what_it_cost_is_counted_for_the_instances_without_a_time_too():
    assert time_cost({bin_of(60): 50}, 100) == pytest.approx(6000, rel=0.09)
    assert time_cost({}, 100) is None and time_cost({bin_of(60): 50}, 0) == 0


@pytest.mark.parametrize(("n", "failed"), [(10, 11), (10, -1)])
def test_what_is_no_count_is_refused(n, failed):
    with pytest.raises(ValueError, match="no count"):
        earns_nothing(n, failed=failed, skipped=0, critical=False)


def test_fewer_than_no_times_are_refused():
    for times, n in (({3: -1}, 5), ({3: 1}, -5)):
        with pytest.raises(ValueError, match="fewer"):
            time_cost(times, n)
