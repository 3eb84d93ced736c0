"""What a new revision changes for those who run it: which steps, in what way, and whether it matters."""

from __future__ import annotations

import random

import pytest

from tests.sop.conftest import document
from tracker.sop.changes import compare, is_material, places, rows, sentences
from tracker.sop.identity import carry
from tracker.sop.meaning import same_meaning
from tracker.sop.model import Step

OLD = """\
1. Scan the tote {#scan .critical input=scan}
2. Weigh the parcel {#weigh input=number unit=g min=20 max=30000 takes=20s}

    !!! recovery "Weight is off"
        Count again.

3. Choose the box {#box input=choice options="S, M, L"}
    1. Fold it {#fold}
    2. Tape it {#tape}
4. Hand it over {#hand}
"""


def changed(*edits: tuple[str, str], old: str = OLD) -> list[tuple[str, str]]:
    """(kind, key) of every change that these replacements make."""
    return [(change.kind, change.key) for change in differences(*edits, old=old)]


def differences(*edits: tuple[str, str], old: str = OLD):  # type: ignore[no-untyped-def]
    new = old
    for before, after in edits:
        assert before in new
        new = new.replace(before, after)
    return compare(document(old).steps, document(new).steps)


def test_the_same_text_has_no_changes() -> None:
    assert changed() == [] and not is_material(())


def test_every_kind_is_told_apart() -> None:
    assert changed(("Scan the tote", "Scan every tote")) == [("reworded", "scan")]
    assert changed(("max=30000", "max=25000")) == [("limits", "weigh")]
    assert changed((" .critical", "")) == [("limits", "scan")]
    assert changed(('"S, M, L"', '"S, M"')) == [("limits", "box")]
    assert changed(("Count again.", "Call the lead.")) == [("recovery", "weigh")]
    assert changed(("4. Hand it over {#hand}\n", "")) == [("removed", "hand")]
    assert changed(("4. Hand", "4. Sign {#sign}\n5. Hand")) == [("added", "sign")]
    assert changed(("    2. Tape it {#tape}\n4.", "4. Tape it {#tape}\n5.")) == [("moved", "tape")]


def test_one_step_can_change_in_several_ways() -> None:
    edits = ("Weigh the parcel", "Weigh every parcel"), ("min=20 ", "min=50 "), ("Count again.", "Stop.")
    assert changed(*edits) == [("reworded", "weigh"), ("limits", "weigh"), ("recovery", "weigh")]


def test_what_stands_below_a_step_counts_too() -> None:
    found = differences(("4. Hand it over {#hand}", "4. Hand it over {#hand}\n\n    Only to the driver."))
    assert [(c.kind, c.details[0][0]) for c in found] == [("reworded", "body")]


def listed(*keys: str) -> list[Step]:
    return [Step(key, key, n) for n, key in enumerate(keys)]


def test_as_few_steps_as_possible_have_moved() -> None:
    moved = compare(listed(*"abcdefgh"), listed(*"bcdefgha"))
    assert [(c.key, c.details) for c in moved] == [("a", (("place", "1", "8"),))]
    assert [c.key for c in compare(listed(*"abcd"), listed(*"adbc"))] == ["d"]


def test_inserting_and_removing_moves_nothing() -> None:
    assert {c.kind for c in compare(listed(*"abcdef"), listed(*"xabydez"))} == {"added", "removed"}


def test_what_is_nested_moves_with_its_parent_and_is_not_reported() -> None:
    new = """\
        1. Choose the box {#box}
            1. Fold it {#fold}
        2. Scan {#scan}
        """
    old = """\
        1. Scan {#scan}
        2. Choose the box {#box}
            1. Fold it {#fold}
        """
    assert [c.key for c in compare(document(old).steps, document(new).steps)] in (["box"], ["scan"])


def test_random_orders_are_explained_by_the_steps_reported() -> None:
    """Taking the moved steps out of both lists leaves the same order, and none of them could be left in."""
    chance = random.Random(3)
    for _ in range(200):
        old = listed(*(f"k{n}" for n in range(chance.randint(1, 12))))
        new = chance.sample(old, len(old))
        moved = {c.key for c in compare(old, new)}
        stayed = [s.key for s in new if s.key not in moved]
        assert stayed == [s.key for s in old if s.key not in moved]
        assert len(stayed) == longest_common([s.key for s in old], [s.key for s in new])


def longest_common(old: list[str], new: list[str]) -> int:
    best = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, a in enumerate(old):
        for j, b in enumerate(new):
            best[i + 1][j + 1] = best[i][j] + 1 if a == b else max(best[i][j + 1], best[i + 1][j])
    return best[-1][-1]


def test_side_by_side_a_removed_step_stays_where_it_was() -> None:
    found = rows(listed(*"abcd"), listed(*"axd"))
    pairs = [(r.before and r.before.key, r.after and r.after.key) for r in found]
    assert pairs == [("a", "a"), ("b", None), ("c", None), (None, "x"), ("d", "d")]


def test_places_are_counted_as_a_reader_counts() -> None:
    assert list(places(document(OLD).steps).values()) == ["1", "2", "3", "3.1", "3.2", "4"]


def told(*edits: tuple[str, str]) -> list[str]:
    return [str(sentence) for change in differences(*edits) for sentence in sentences(change)]


def test_every_change_is_told_in_words() -> None:
    assert told(("Scan the", "Scan every")) == ["“Scan the tote” now reads “Scan every tote”."]
    assert told((" .critical", " .optional")) == [
        "“Scan the tote” is no longer “critical”.",
        "“Scan the tote” is now “optional”.",
    ]
    assert told(("max=30000", "max=25000")) == ["“Weigh the parcel”: max is now 25000; it was 30000."]
    assert told(("unit=g ", "")) == ["“Weigh the parcel”: unit is gone; it was g."]
    assert told(("{#hand}", "{#hand input=photo}")) == ["“Hand it over”: input is now photo; there was none."]
    assert told(('"S, M, L"', '"S, M"')) == ["“Choose the box”: options is now S, M; it was S, M, L."]
    assert told(("Count again.", "Stop.")) == [
        "When “Weigh the parcel” fails: “Weight is off Count again” now reads “Weight is off Stop”."
    ]
    assert told(("    2. Tape it {#tape}\n4.", "4. Tape it {#tape}\n5.")) == [
        "“Tape it” is no longer part of “Choose the box”."
    ]
    assert told(("4. Hand", "    3. Hand")) == ["“Hand it over” is now part of “Choose the box”."]


def test_texts_that_look_like_templates_are_told_as_they_stand() -> None:
    old, new = [Step("a", "Give 5%(off)", 1)], [Step("a", "Give 7%(off)s", 1)]
    (change,) = compare(old, new)
    assert str(sentences(change)[0]) == "“Give 5%(off)” now reads “Give 7%(off)s”."


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Scan teh tote", "Scan the tote."),
        ("Recieve the goods", "Receive goods"),
        ("weigh the  parcel", "Weigh the parcel:"),
        ("Label the parcels 5-10", "Label the parcels 5–10"),
        ("Don't open it", "Don’t open it!"),
        ("Then open the acknowledgment", "Open the acknowledgement"),
    ],
)
def test_typos_and_punctuation_are_editorial(before: str, after: str) -> None:
    assert same_meaning(before, after)
    assert not is_material(compare([Step("a", before, 1)], [Step("a", after, 1)]))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Weigh 20 g", "Weigh 25 g"),
        ("Cool to 5 °C", "Cool to -5 °C"),
        ("Keep it > 5", "Keep it < 5"),
        ("Wait 2.5 hours", "Wait 25 hours"),
        ("Open the parcel", "Do not open the parcel"),
        ("You can open it", "You can't open it"),
        ("Increase the pressure of the pump slowly", "Decrease the pressure of the pump slowly"),
        ("Put it on", "Put it in"),
        ("Lock the door", "Unlock the door"),
        ("Use printer A", "Use printer B"),
        ("打开包裹", "不打开包裹"),
    ],
)
def test_numbers_negations_and_other_words_are_material(before: str, after: str) -> None:
    assert not same_meaning(before, after)
    assert is_material(compare([Step("a", before, 1)], [Step("a", after, 1)]))


def test_steps_limits_and_order_are_material_and_the_expected_time_is_not() -> None:
    for edit in (
        ("4. Hand it over {#hand}\n", ""),
        ("min=20", "min=30"),
        (" .critical", ""),
        ("4. Ha", "    3. Ha"),
    ):
        assert is_material(differences(edit)), edit
    assert not is_material(differences(("takes=20s", "takes=40s")))
    assert not is_material(differences(("Count again.", "Count  agian.")))


def test_keys_carried_to_a_reworded_step_make_it_reworded_not_new() -> None:
    old = document("1. Scan the tote barcode\n2. Weigh it\n").steps
    new = carry(old, document("1. Scan the barcode of the tote\n2. Weigh it\n").steps)
    assert [change.kind for change in compare(old, new)] == ["reworded"]
