"""What makes two steps the same across revisions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from tracker.sop.likeness import Texts, words
from tracker.sop.model import Step
from tracker.sop.pairing import best
from tracker.sop.text import slug

SIMILAR = 55.0  # least score of two steps that are taken for one
SURE = 70.0  # below it the author is asked
RIVAL = 8.0  # so much better than the next choice a match must be to be sure
DOUBT = 5.0  # and so much better than exchanged with another one to be a match at all
MATCHED = 3  # so many of the steps that are matched already are looked at for a closer one
_FAR = 15.0  # what the farthest place takes from the likeness of two texts
_SAME_PARENT = 3.0
_SAME_PLACE = 6.0  # less the farther away


@dataclass(frozen=True, slots=True)
class Match:
    """The current step at the place `step` is the previous one at `was`.

    `score` is 100 for the same key or text. Where a match is not `sure`, the author is asked.
    """

    step: int
    was: int
    score: float = 100.0
    sure: bool = True


def carry(previous: Sequence[Step], current: Sequence[Step]) -> tuple[Step, ...]:
    """`current` with unpinned steps under the key of the step they came from; a pinned key always wins."""
    return with_keys(current, keys_after(previous, current))


def keys_after(previous: Sequence[Step], current: Sequence[Step]) -> list[str]:
    """The key of each current step: pinned, else of the step that it was, else one that no step had."""
    taken = {step.key for step in current if step.pinned}
    keys: list[str | None] = [step.key if step.pinned else None for step in current]
    for pair in match(previous, current):
        key = previous[pair.was].key
        if keys[pair.step] is None and key not in taken:
            keys[pair.step] = key
            taken.add(key)
    retired = {step.key for step in previous}
    return [key or _fresh(step, taken, retired) for step, key in zip(current, keys, strict=True)]


def with_keys(steps: Sequence[Step], keys: Sequence[str]) -> tuple[Step, ...]:
    """The steps under these keys; what is nested follows its parent."""
    renamed = {step.key: key for step, key in zip(steps, keys, strict=True)}
    return tuple(
        replace(step, key=key, parent=renamed.get(step.parent, step.parent) if step.parent else None)
        for step, key in zip(steps, keys, strict=True)
    )


def match(previous: Sequence[Step], current: Sequence[Step]) -> list[Match]:
    """Which current step is which previous one, one to one, in the order of `current`.

    By a pinned key, then the same text, then the most similar text near the same place. A step pinned with
    a key of its own is new; the step that said the same before is not given to another.
    """
    if _untouched(previous, current):
        return [Match(n, n) for n in range(len(current))]
    matches = _Matches(len(previous), len(current))
    by_key = {step.key: j for j, step in enumerate(previous)}
    for i, step in enumerate(current):
        if step.pinned and (j := by_key.get(step.key)) is not None:
            matches.add(Match(i, j))
    free = [i for i in sorted(matches.new) if not current[i].pinned]
    _same_texts(previous, current, matches, free)
    _give_up_renamed(previous, current, matches)
    if matches.old and not matches.new.isdisjoint(free):
        _similar_texts(previous, current, matches, [i for i in free if i in matches.new])
    return [matches.matches[i] for i in sorted(matches.matches)]


class _Matches:
    """The matches so far, and the places that have none yet."""

    def __init__(self, old: int, new: int) -> None:
        self.old, self.new = set(range(old)), set(range(new))
        self.matches: dict[int, Match] = {}

    def add(self, match: Match) -> None:
        if match.step in self.new and match.was in self.old:
            self.matches[match.step] = match
            self.new.discard(match.step)
            self.old.discard(match.was)


def _untouched(previous: Sequence[Step], current: Sequence[Step]) -> bool:
    return len(previous) == len(current) and all(
        was.text == step.text and (was.key == step.key or not step.pinned)
        for was, step in zip(previous, current, strict=True)
    )


def _in_words(text: str) -> str:
    return " ".join(words(text)) or text


def _same_texts(
    previous: Sequence[Step], current: Sequence[Step], matches: _Matches, free: Sequence[int]
) -> None:
    """Match steps that say the same; of several, see `_twins`.

    Those that do to the letter come first: “load < 5” and “load > 5” have the same words and are two steps.
    """
    for old, new in _groups([step.text for step in previous], [step.text for step in current], matches, free):
        if len(old) == len(new) == 1:
            matches.add(Match(new[0], old[0]))
    was, now = ([_in_words(step.text) for step in steps] for steps in (previous, current))
    groups = _groups(was, now, matches, [i for i in free if i in matches.new])
    for old, new in groups:
        if len(old) == len(new) == 1:
            matches.add(Match(new[0], old[0]))
    for old, new in groups:
        if max(len(old), len(new)) > 1:
            _twins(previous, current, old, new, matches)


def _groups(
    was: Sequence[str], now: Sequence[str], matches: _Matches, free: Sequence[int]
) -> list[tuple[list[int], list[int]]]:
    """The places of unmatched steps that say the same, before and now, where both have any."""
    groups: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for j in sorted(matches.old):
        groups[was[j]][0].append(j)
    for i in free:
        groups[now[i]][1].append(i)
    return [(old, new) for old, new in groups.values() if old and new]


def _twins(
    previous: Sequence[Step], current: Sequence[Step], old: list[int], new: list[int], matches: _Matches
) -> None:
    """Steps that say the same: those between the same two others, the rest in their order.

    Where one has come or gone and what stands around them doesn't say which, the match is not sure.
    """
    before, after = _surroundings(previous, old), _surroundings(current, new)
    old_places = {where: [j for j in old if before[j] == where] for where in before.values()}
    new_places = {where: [i for i in new if after[i] == where] for where in after.values()}
    for where, places in new_places.items():
        if len(places) == 1 and len(old_places.get(where, ())) == 1 and "" not in where[:2]:
            matches.add(Match(places[0], old_places[where][0]))
    left, open_ = [j for j in old if j in matches.old], [i for i in new if i in matches.new]
    scores = [[1 + 2 * _shared(after[i], before[j]) for j in left] for i in open_]
    for n, m in in_order(scores):
        sure = len(left) == len(open_) or scores[n][m] > 3
        matches.add(Match(open_[n], left[m], sure=sure))


def _surroundings(steps: Sequence[Step], places: Collection[int]) -> dict[int, tuple[str, ...]]:
    """What stands before and after each place and around it; "" for what stands there more than once."""
    words = ["", *(_in_words(step.text) for step in steps), ""]
    count = Counter(words)
    telling = [text if count[text] == 1 else "" for text in words]
    texts = {step.key: text for step, text in zip(steps, telling[1:], strict=False)}
    return {n: (telling[n], telling[n + 2], texts.get(steps[n].parent or "", "")) for n in places}


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    return sum(a == b != "" for a, b in zip(one, other, strict=True))


def in_order(scores: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Pairs of a row and a column, both rising, with the largest sum of scores."""
    height, width = len(scores), len(scores[0]) if scores else 0
    best = [[0] * (width + 1) for _ in range(height + 1)]
    for n in reversed(range(height)):
        for m in reversed(range(width)):
            best[n][m] = max(best[n + 1][m + 1] + scores[n][m], best[n + 1][m], best[n][m + 1])
    pairs, n, m = [], 0, 0
    while n < height and m < width:
        if best[n][m] == best[n + 1][m + 1] + scores[n][m]:
            pairs.append((n, m))
            n, m = n + 1, m + 1
        else:
            n, m = (n + 1, m) if best[n][m] == best[n + 1][m] else (n, m + 1)
    return pairs


def _give_up_renamed(previous: Sequence[Step], current: Sequence[Step], matches: _Matches) -> None:
    """A step that now has a key of its own keeps what it said from being taken for another step."""
    by_text = defaultdict(list)
    for j in sorted(matches.old):
        by_text[_in_words(previous[j].text)].append(j)
    for i in sorted(matches.new):
        if current[i].pinned and (same := by_text.get(_in_words(current[i].text))):
            matches.old.discard(same.pop(0))


def _similar_texts(
    previous: Sequence[Step], current: Sequence[Step], matches: _Matches, free: Sequence[int]
) -> None:
    """Match the rest by likeness, so that all pairs together are as alike as can be.

    None where two pairs could as well be exchanged, or where the step is more like one that has gone to
    another: a lost key is better than one on the wrong step.
    """
    scores = _scores(previous, current, matches, free)
    pairs = best({pair: score for pair, score in scores.items() if pair[1] in matches.old}, SIMILAR)
    gone = {*range(len(previous))} - matches.old | {pair.other for pair in pairs}
    closest: dict[int, float] = defaultdict(float)
    for (i, j), score in scores.items():
        if j in gone:
            closest[i] = max(closest[i], score)
    for pair in pairs:
        if pair.apart > DOUBT and pair.score == closest[pair.one]:
            sure = pair.score >= SURE and pair.lead >= RIVAL
            matches.add(Match(pair.one, pair.other, pair.score, sure))


def _scores(
    previous: Sequence[Step], current: Sequence[Step], matches: _Matches, free: Sequence[int]
) -> dict[tuple[int, int], float]:
    """How much the current steps at `free` are like previous ones, matched and not, at a similar place."""
    texts = Texts([step.text for step in previous], [step.text for step in current])
    old, matched = sorted(matches.old), sorted({*range(len(previous))} - matches.old)
    expected = _expected(matches, len(previous), len(current))
    was = {i: previous[m.was].key for i, m in matches.matches.items()}
    places = {step.key: i for i, step in enumerate(current)}
    scores = {}
    for i in free:
        parent = was.get(places.get(current[i].parent or "", -1))
        for j, likeness in (*texts.nearest(i, old, SIMILAR), *texts.nearest(i, matched, SIMILAR, MATCHED)):
            away = min(abs(j - place) for place in expected[i])
            score = likeness - _FAR * away / len(previous) + _SAME_PLACE / (1 + away)
            score += _SAME_PARENT * (parent == previous[j].parent)
            if score >= SIMILAR:
                scores[i, j] = score
    return scores


def _expected(matches: _Matches, before: int, now: int) -> list[tuple[int, int]]:
    """Where each current step would have stood before: counted from the nearest match above and below."""
    fixed = [(-1, -1), *((i, matches.matches[i].was) for i in sorted(matches.matches)), (now, before)]
    places: list[tuple[int, int]] = [(0, 0)] * now
    for (above, was_above), (below, was_below) in pairwise(fixed):
        for i in range(above + 1, below):
            places[i] = (was_above + i - above, was_below - (below - i))
    return places


def _fresh(step: Step, taken: set[str], retired: set[str]) -> str:
    """A key that no step has or had: a new step must not inherit the figures of a lost one."""
    base, key, n = slug(step.text), step.key, 1
    while key in taken or key in retired:
        n += 1
        key = f"{base}-{n}"
    taken.add(key)
    return key


def questions(previous: Sequence[Step], current: Sequence[Step]) -> list[tuple[Step, Step, str]]:
    """What only the author can say: a step, the one that it is taken for, the key to write if it is new.

    Until the author has written a key the step goes on under that of the previous one.
    """
    plain = with_keys(current, [step.key if step.pinned else slug(step.text) for step in current])
    unsure = [pair for pair in match(previous, plain) if not pair.sure]
    retired, taken = {step.key for step in previous}, {step.key for step in current}
    return [
        (current[m.step], previous[m.was], _fresh(plain[m.step], taken, retired))
        for m in unsure
        if not current[m.step].pinned and current[m.step].key == previous[m.was].key
    ]
