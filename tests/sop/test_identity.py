"""Steps keep their keys across revisions."""

from __future__ import annotations

import pytest

from tests.sop.conftest import document
from tracker.sop.identity import carry
from tracker.sop.model import Step


def steps(text: str) -> tuple[Step, ...]:
    return document(text).steps


OLD = steps("1. Scan the tote barcode\n2. Weigh the parcel\n3. Photograph the packed box\n")


def keys(text: str) -> list[str]:
    return [step.key for step in carry(OLD, steps(text))]


def test_rewording_moving_and_inserting_keep_the_key() -> None:
    new = [
        "Photograph the box when packed",
        "Scan the barcode of the tote",
        "Sign the slip",
        "Weigh the parcel",
    ]
    assert keys("".join(f"1. {text}\n" for text in new)) == [
        "photograph-the-packed-box",
        "scan-the-tote-barcode",
        "sign-the-slip",
        "weigh-the-parcel",
    ]


def test_a_pinned_key_wins_and_no_key_is_given_twice() -> None:
    new = "1. Scan the tote barcode\n2. Weigh the parcel twice {#scan-the-tote-barcode}\n"
    got = keys(new)
    assert got[1] == "scan-the-tote-barcode" and got[0] != got[1]


def test_a_new_step_never_takes_a_lost_key() -> None:
    old = (Step("weigh-the-parcel", "Seal the carton with tape", 1),)
    assert carry(old, steps("1. Weigh the parcel\n"))[0].key == "weigh-the-parcel-2"


def test_parents_follow() -> None:
    before = steps("1. Open the parcel\n   1. Cut the tape\n")
    after = carry(before, steps("1. Open the parcel carefully\n   1. Cut the tape\n"))
    assert after[1].parent == after[0].key == "open-the-parcel"


def test_of_two_reworded_neighbours_each_keeps_its_own_key() -> None:
    """The likest pair of all is the wrong one; together they are more alike the other way round."""
    old = document("""
        1. On the Actions tab, in the Functions group, choose Other, and then choose Calculate Lines.
        2. Read the list.
        3. On the Actions tab, in the Functions group, choose Other, and then choose Make New Recording.
    """).steps
    new = document("""
        1. On the Actions tab, in the
        2. Functions group, choose Other, and then choose Calculate Lines.
        3. Read the list.
        4. On the Actions tab, in the Functions group, choose Other, and
        5. Then choose Make New Recording.
    """).steps
    keys = [step.key for step in carry(old, new)]
    assert (keys[1], keys[3]) == (old[0].key, old[2].key)


def test_a_new_step_like_one_that_has_stayed_does_not_get_the_key_of_a_lost_one() -> None:
    old = document("1. Choose the Post action.\n2. Choose the New action.\n3. Read the list.").steps
    new = document("1. Choose the Post action.\n2. Read the list.\n3. Choose the Post Batch action.").steps
    assert carry(old, new)[2].key not in {step.key for step in old}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "Check that the load of every node is < 5 in this cluster",
            "Check that the load of every node is > 5 in this cluster",
        ),
        ("Restart the cluster", "Restart the cluster!"),
        (
            "Check that every node of the primary search cluster is up",
            "Check that every node of the primary search cluster is full",
        ),
    ],
)
@pytest.mark.parametrize(
    "reworded", ["Look at the dashboard and wait", "Then {}", "{} and note it in the log"]
)
def test_of_two_steps_that_begin_alike_the_unchanged_one_keeps_its_key(
    first: str, second: str, reworded: str
) -> None:
    """Its derived key is free now and would be its own if the document were new: that is no identity."""
    before = steps(f"1. {first}\n2. {second}\n")
    after = carry(before, steps(f"1. {reworded.format(first)}\n2. {second}\n"))
    assert before[1].key == f"{before[0].key}-2"
    assert after[1].key == before[1].key
    assert after[0].key != before[1].key


def test_a_derived_key_says_nothing_about_which_of_two_reworded_steps_a_step_was() -> None:
    before = steps(
        "1. Check the disks of every server in the primary cluster\n"
        "2. Check the disks of every server in the primary cluster-b\n"
    )
    new = steps("1. Call the person on duty\n2. Check all disks of every server in the primary cluster-b\n")
    assert carry(before, new)[1].key == before[1].key


def test_only_a_written_key_comes_before_the_same_text() -> None:
    before = steps("1. Restart the cluster\n2. Restart the cluster!\n")
    after = carry(before, steps(f"1. Look at the dashboard\n2. Restart the cluster! {{#{before[0].key}}}\n"))
    assert after[1].key == before[0].key
