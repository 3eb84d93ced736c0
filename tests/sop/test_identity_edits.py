"""Whatever authors do to a document, its steps keep their keys; none is given twice or to another step."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sop.edits import EDITS, Tally, edited, revision, tally
from tracker.sop.identity import carry, match
from tracker.sop.model import Step
from tracker.sop.parse import read


@pytest.fixture(scope="module")
def sops(corpus: Path) -> list[tuple[Step, ...]]:
    files = sorted(path for path in corpus.rglob("*.md*") if path.parent != corpus and path.suffix == ".md")
    return [steps for path in files if len(steps := read(path.read_bytes(), path.name).steps) >= 3]


def measure(sops: list[tuple[Step, ...]], kinds: tuple[str, ...]) -> Tally:
    words = sorted({word for steps in sops for s in steps for word in s.text.split() if word.isalpha()})
    total = Tally()
    for number, steps in enumerate(sops):
        for turn in range(3):
            lines = edited(steps, random.Random(f"{number} {turn}"), words, kinds)
            total += tally(steps, lines, carry(steps, revision(lines)))
    return total


@pytest.mark.parametrize("kind", [*EDITS, "all"])
def test_at_least_98_of_100_steps_that_a_reader_knows_keep_their_key(
    sops: list[tuple[Step, ...]], kind: str
) -> None:
    found = measure(sops, tuple(EDITS) if kind == "all" else (kind,))
    assert found.known > 1000
    assert found.kept >= 0.98 * found.known and found.touched_kept >= 0.98 * found.touched
    assert (found.swapped, found.shared, found.inherited) == (0, 0, 0)


def test_keys_last_through_six_revisions_in_a_row(sops: list[tuple[Step, ...]]) -> None:
    words = sorted({word for steps in sops for s in steps for word in s.text.split() if word.isalpha()})
    total = Tally()
    for number, steps in enumerate(sops[::2]):
        for turn in range(6):
            lines = edited(steps, random.Random(f"row {number} {turn}"), words)
            after = carry(steps, revision(lines))
            total += tally(steps, lines, after)
            steps = after
    assert total.kept >= 0.98 * total.known and total.touched_kept >= 0.98 * total.touched
    assert (total.swapped, total.shared, total.inherited) == (0, 0, 0)


FAMILIES = (
    (("Open", "Close", "Check", "Clean"), ("the tote", "the box", "the bin", "the label printer")),
    (("Scan", "Weigh", "Photograph"), ("parcel 1", "parcel 2", "parcel 3", "parcel 4", "parcel 5")),
    (
        ("Ask the lead to approve", "Ask the owner to approve", "Ask the carrier to confirm"),
        ("the refund", "the return", "the replacement", "the claim"),
    ),
    (
        ("Type the number of", "Write down the number of", "Count"),
        ("broken items in the box", "missing items in the box", "extra items in the box"),
    ),
)


@pytest.mark.parametrize("kind", ["reword", "split", "merge", "move", "delete"])
def test_steps_that_are_nearly_alike_are_not_taken_for_each_other(kind: str) -> None:
    total = Tally()
    for number, (verbs, things) in enumerate(FAMILIES):
        texts = [f"{verb} {thing}." for verb in verbs for thing in things] + ["Choose OK."] * 3
        words = sorted({word for text in texts for word in text.split()})
        for turn in range(30):
            chance = random.Random(f"{number} {turn}")
            steps = tuple(Step(f"k{n}", text, n) for n, text in enumerate(chance.sample(texts, len(texts))))
            lines = edited(steps, chance, words, (kind,))
            total += tally(steps, lines, carry(steps, revision(lines)))
    assert total.kept >= 0.98 * total.known and total.touched_kept >= 0.98 * total.touched
    assert (total.swapped, total.shared, total.inherited) == (0, 0, 0)


WORDS = ("scan", "weigh", "the", "tote", "parcel", "box", "label", "twice", "open", "close", "2", "not", "it")


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    texts=st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), min_size=1, max_size=12),
    seed=st.integers(0, 10_000),
)
def test_no_key_is_ever_given_twice_and_a_match_is_one_to_one(texts: list[list[str]], seed: int) -> None:
    """Even where nobody could follow: a handful of words, every step like every other."""
    chance = random.Random(seed)
    old = revision(edited([Step(f"k{n}", " ".join(t), n) for n, t in enumerate(texts)], chance, WORDS))
    new = revision(edited(old, chance, WORDS))
    keys = [step.key for step in carry(old, new)]
    assert len(keys) == len(set(keys)) == len(new)
    found = match(old, new)
    assert len({m.step for m in found}) == len({m.was for m in found}) == len(found)
    pinned = [(step.key, key) for step, key in zip(new, keys, strict=True) if step.pinned]
    assert all(written == key for written, key in pinned)
    assert [s.key for s in carry(old, old)] == [s.key for s in old]
