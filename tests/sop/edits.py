"""What authors do to a document from one revision to the next, and which steps a careful reader still knows.

A draft is a list of `Line`s. Each remembers the step it was (`origin`): a reader would call it that step
again however it is moved, nested, given attributes or reworded by up to a third of its words. Of a step
that is split the larger part stays the step, the smaller is new; two that are merged may go on as either.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from rapidfuzz import fuzz

from tracker.sop.model import Step
from tracker.sop.text import slug

LIKE = 60.0  # of 100: from here on two texts look alike
SHARE = 3  # at most one word in three is another one


@dataclass(frozen=True)
class Line:
    """One step of a draft: its words, its depth, the keys that it may go on under, and whether it is new."""

    text: str
    depth: int
    origin: frozenset[str] = frozenset()
    attributes: dict[str, object] = field(default_factory=dict)
    pinned: str = ""
    edited: bool = False


Draft = list[Line]
Edit = Callable[[Draft, random.Random, Sequence[str]], Draft]


class Tally(NamedTuple):
    """How a matching did: steps that a reader knows again, kept, under another step's key, keys given twice,
    new steps under an old key; and the same for steps that an edit has touched."""

    known: int = 0
    kept: int = 0
    swapped: int = 0
    shared: int = 0
    inherited: int = 0
    touched: int = 0
    touched_kept: int = 0

    def __add__(self, other: object) -> Tally:
        assert isinstance(other, Tally)
        return Tally(*(a + b for a, b in zip(self, other, strict=True)))


def draft(steps: Sequence[Step]) -> Draft:
    return [Line(s.text, s.depth, frozenset((s.key,)), dict(s.attributes)) for s in steps]


def revision(lines: Draft) -> tuple[Step, ...]:
    """The draft as it is read from a file: keys made of the texts, or pinned."""
    taken = {line.pinned for line in lines if line.pinned}
    open_keys: list[str] = []
    steps = []
    for number, line in enumerate(lines):
        base = key = line.pinned or slug(line.text)
        count = 1
        while not line.pinned and key in taken:
            count += 1
            key = f"{base}-{count}"
        taken.add(key)
        depth = min(line.depth, len(open_keys) + 1)
        parent = open_keys[depth - 2] if depth > 1 else None
        open_keys[depth - 1 :] = [key]
        step = Step(key, line.text, number + 1, depth, False, parent, bool(line.pinned), line.attributes)
        steps.append(step)
    return tuple(steps)


def reword(lines: Draft, chance: random.Random, words: Sequence[str]) -> Draft:
    """Replace, leave out, add or swap words: at most one in three, each time."""
    at = chance.randrange(len(lines))
    line = lines[at]
    said = line.text.split()
    if line.edited or len(said) < SHARE:
        return lines
    for _ in range(chance.randint(1, len(said) // SHARE)):
        place = chance.randrange(len(said))
        what = chance.choice(("replace", "replace", "drop", "add", "swap"))
        if what == "replace":
            said[place] = chance.choice(words)
        elif what == "drop" and len(said) > SHARE:
            del said[place]
        elif what == "add":
            said.insert(place, chance.choice(words))
        elif place:
            said[place - 1], said[place] = said[place], said[place - 1]
    return _put(lines, at, replace(line, text=" ".join(said), edited=True))


def insert(lines: Draft, chance: random.Random, words: Sequence[str]) -> Draft:
    """A new step, made of words of these documents."""
    at = chance.randint(0, len(lines))
    text = _sentence([chance.choice(words) for _ in range(chance.randint(3, 14))])
    depth = lines[at - 1].depth if at else 1
    return [*lines[:at], Line(text, depth, edited=True), *lines[at:]]


def delete(lines: Draft, chance: random.Random, words: Sequence[str]) -> Draft:
    at = chance.randrange(len(lines))
    return lines if len(lines) < 3 else [*lines[:at], *lines[at + 1 :]]


def move(lines: Draft, chance: random.Random, words: Sequence[str]) -> Draft:
    """Another place for a step with all that is nested in it."""
    at = chance.randrange(len(lines))
    end = at + 1
    while end < len(lines) and lines[end].depth > lines[at].depth:
        end += 1
    rest = [*lines[:at], *lines[end:]]
    to = chance.randint(0, len(rest))
    moved = [replace(line, edited=True) if n == 0 else line for n, line in enumerate(lines[at:end])]
    return [*rest[:to], *moved, *rest[to:]]


def split(lines: Draft, chance: random.Random, words: Sequence[str]) -> Draft:
    """Two steps of one; the larger part stays the step."""
    at = chance.randrange(len(lines))
    line = lines[at]
    said = line.text.split()
    if line.edited or len(said) < 6:
        return lines
    cut = round(len(said) * chance.uniform(0.15, 0.4))
    first = chance.random() < 0.5
    small, large = (said[:cut], said[cut:]) if first else (said[-cut:], said[:-cut])
    if len(" ".join(small)) > 0.8 * len(" ".join(large)):
        return lines
    parts = [
        replace(line, text=_sentence(large), edited=True),
        Line(_sentence(small), line.depth, edited=True),
    ]
    return [*lines[:at], *(reversed(parts) if first else parts), *lines[at + 1 :]]


def merge(lines: Draft, chance: random.Random, words: Sequence[str]) -> Draft:
    """One step of two neighbours; either of them goes on."""
    at = chance.randrange(len(lines))
    if at + 1 == len(lines) or lines[at].edited or lines[at + 1].edited:
        return lines
    one, two = lines[at : at + 2]
    text = f"{one.text.rstrip('.:;,')} and {two.text[:1].lower()}{two.text[1:]}"
    joined = replace(one, text=text, origin=one.origin | two.origin, edited=True)
    return [*lines[:at], joined, *lines[at + 2 :]]


def nest(lines: Draft, chance: random.Random, words: Sequence[str]) -> Draft:
    """Into the step before, or out of the one around it."""
    at = chance.randrange(len(lines))
    depth = lines[at].depth + chance.choice((-1, 1))
    if not at or depth < 1 or depth > lines[at - 1].depth + 1:
        return lines
    return _put(lines, at, replace(lines[at], depth=depth, edited=True))


def retouch(lines: Draft, chance: random.Random, words: Sequence[str]) -> Draft:
    """Other attributes, another full stop, or the key written down."""
    at = chance.randrange(len(lines))
    line = lines[at]
    what = chance.choice(("attributes", "point", "pin"))
    if what == "attributes":
        return _put(lines, at, replace(line, attributes={"critical": True, "min": chance.randint(0, 9)}))
    if what == "point":
        return _put(lines, at, replace(line, text=line.text.rstrip(".") + chance.choice(("", ".", ":"))))
    known = len(line.origin) == 1 and not any(
        line.origin == other.origin for other in lines if other is not line
    )
    return _put(lines, at, replace(line, pinned=min(line.origin))) if known else lines


EDITS: dict[str, Edit] = {
    edit.__name__: edit for edit in (reword, insert, delete, move, split, merge, nest, retouch)
}


def edited(
    steps: Sequence[Step], chance: random.Random, words: Sequence[str], kinds: Sequence[str] = tuple(EDITS)
) -> Draft:
    """The draft after as many edits as a revision may have: from one to a third of the steps."""
    lines = draft(steps)
    for _ in range(chance.randint(1, max(1, len(lines) // 3))):
        lines = EDITS[chance.choice(kinds)](lines, chance, words)
    return lines


def tally(previous: Sequence[Step], lines: Draft, matched: Sequence[Step]) -> Tally:
    """What a matching has made of a draft."""
    old = {step.key for step in previous}
    readable = recognisable(previous, lines)
    keys = [step.key for step in matched]
    found = Tally(shared=len(keys) - len(set(keys)))
    for line, key, clear in zip(lines, keys, readable, strict=True):
        same = key in line.origin
        wrong = key in old and not same
        if clear and not line.origin:
            found += Tally(inherited=wrong)
        elif clear:
            found += Tally(1, same, wrong, 0, 0, line.edited, line.edited and same)
    return found


def recognisable(previous: Sequence[Step], lines: Draft) -> list[bool]:
    """Whether a reader can say at all which step each line was, or that it is new.

    Not where it has come to look as much like another step as like itself. Of steps that said the same
    before, only where all are still there and nothing has moved: which of three “Choose OK” was deleted,
    or which one followed when its neighbours changed places, nobody can tell.
    """
    texts = {step.key: step.text for step in previous}
    count = Counter(plain(text) for text in texts.values())
    order = [min(line.origin) for line in lines if line.origin]
    still = order == [key for key in texts if key in set(order)]
    lost = {plain(texts[key]) for key in texts if key not in set(order)}
    lost |= {plain(texts[key]) for line in lines if line.edited for key in line.origin}

    def clear(line: Line) -> bool:
        said = [plain(texts[key]) for key in line.origin]
        if any(count[text] > 1 and (text in lost or not still) for text in said):
            return False
        return not line.edited or _most_like(line, texts)

    return [clear(line) for line in lines]


def _most_like(line: Line, texts: dict[str, str]) -> bool:
    """Whether the line is more like what it was than like any other step; a new one like none."""
    own = max((_like(line.text, texts[key]) for key in line.origin), default=LIKE)
    return all(_like(line.text, text) < own for key, text in texts.items() if key not in line.origin)


def _like(one: str, other: str) -> float:
    inside = plain(one) in plain(other) or plain(other) in plain(one)
    return max(fuzz.token_sort_ratio(one.casefold(), other.casefold()), 90.0 if inside else 0.0)


def plain(text: str) -> str:
    """What is left when case, blanks and punctuation don't count."""
    return "".join(c for c in text.casefold() if c.isalnum())


def _sentence(words: Sequence[str]) -> str:
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def _put(lines: Draft, at: int, line: Line) -> Draft:
    return [*lines[:at], line, *lines[at + 1 :]]
