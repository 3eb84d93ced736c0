"""What makes two steps the same across revisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from tracker.sop.model import Step
from tracker.sop.text import slug

SIMILAR = 60.0  # least likeness of two texts, of 100
_NEAR = 30.0  # what the distance of two places may take from it


def carry(previous: Sequence[Step], current: Sequence[Step]) -> tuple[Step, ...]:
    """`current` with unpinned steps under the key of the step they came from; a pinned key always wins.

    In this order, one to one: same key and text, same text, most similar text near the same place, same key.
    """
    pairs = _pairs(previous, current)
    taken = {step.key for step in current if step.pinned}
    keys: list[str | None] = [step.key if step.pinned else None for step in current]
    for i, j in sorted(pairs.items()):
        if keys[i] is None and previous[j].key not in taken:
            keys[i] = previous[j].key
            taken.add(previous[j].key)
    retired = {step.key for step in previous}
    final = [key or _fresh(step, taken, retired) for step, key in zip(current, keys, strict=True)]
    renamed = {step.key: key for step, key in zip(current, final, strict=True)}
    return tuple(
        replace(step, key=key, parent=renamed.get(step.parent, step.parent) if step.parent else None)
        for step, key in zip(current, final, strict=True)
    )


def _pairs(previous: Sequence[Step], current: Sequence[Step]) -> dict[int, int]:
    """Which current step comes from which previous one, by their places."""
    old = set(range(len(previous)))
    new = set(range(len(current)))
    pairs: dict[int, int] = {}

    def match(i: int, j: int) -> None:
        pairs[i] = j
        new.discard(i)
        old.discard(j)

    by_key = {step.key: j for j, step in enumerate(previous)}
    for i in sorted(new):
        j = by_key.get(current[i].key)
        if j in old and j is not None and (current[i].pinned or current[i].text == previous[j].text):
            match(i, j)
    by_text: dict[str, list[int]] = {}
    for j in sorted(old):
        by_text.setdefault(previous[j].text, []).append(j)
    for i in sorted(new):
        same = by_text.get(current[i].text)
        if same and not current[i].pinned:
            match(i, same.pop(0))
    for _, i, j in _candidates(previous, current, old, new):
        if i in new and j in old:
            match(i, j)
    return pairs


def _candidates(
    previous: Sequence[Step], current: Sequence[Step], old: set[int], new: set[int]
) -> list[tuple[float, int, int]]:
    """Possible pairs of different text, the likeliest first."""
    found = []
    for i in (i for i in new if not current[i].pinned):
        for j in old:
            likeness = fuzz.token_sort_ratio(current[i].text, previous[j].text)
            away = abs(i / max(1, len(current)) - j / max(1, len(previous)))
            score = likeness - _NEAR * away + (5 if current[i].key == previous[j].key else 0)
            if score >= SIMILAR:
                found.append((-score, i, j))
    return sorted(found)


def _fresh(step: Step, taken: set[str], retired: set[str]) -> str:
    """A key that no step has or had: a new step must not inherit the figures of a lost one."""
    base, key, n = slug(step.text), step.key, 1
    while key in taken or key in retired:
        n += 1
        key = f"{base}-{n}"
    taken.add(key)
    return key
