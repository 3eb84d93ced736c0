"""How closely a run followed its SOP."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.stats.conformance import conformance

STEPS = "abcdefgh"


def test_a_run_by_the_book_conforms_wholly():
    assert conformance(STEPS, STEPS) == conformance(list(STEPS), tuple(STEPS)) == 1.0


def test_leaving_out_and_swapping_cost_what_the_formula_says():
    assert conformance("abcd", "abd") == pytest.approx(1 - 1 / 7)
    assert conformance("abcd", "abdc") == pytest.approx(1 - 2 / 8)


def test_a_step_that_the_sop_lacks_costs_too():
    assert conformance("abc", "abxc") == pytest.approx(1 - 1 / 7)


def test_nothing_to_do_and_nothing_done_conforms():
    assert conformance("", "") == 1.0 and conformance("ab", "") == 0.0 and conformance("", "x") == 0.0


@given(st.permutations(STEPS), st.integers(0, len(STEPS)))
def test_it_equals_the_formula_with_a_plain_longest_common_subsequence(order, some):
    run = order[:some]
    both = len(STEPS) + len(run)
    assert conformance(STEPS, run) == pytest.approx(1 - (both - 2 * longest(STEPS, run)) / both)


def test_a_step_that_comes_twice_is_refused():
    for sop, run in (("aa", "aa"), ("aab", "ab"), ("ab", "aab")):
        with pytest.raises(ValueError, match="twice"):
            conformance(sop, run)


def longest(some, others):
    row = [0] * (len(others) + 1)
    for one in some:
        row = [0, *row]
        before, row = row[1:], [0]
        for at, other in enumerate(others):
            row.append(before[at] + 1 if one == other else max(before[at + 1], row[at]))
    return row[-1]
