"""What has changed between two revisions of an SOP, step by step, and whether it matters to who runs it.

Steps are compared by their keys, so `identity.carry` comes first. Texts are templates in English: the edge
translates a sentence's `template` and fills in its `details`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any, NamedTuple

from tracker.sop.excerpts import excerpt
from tracker.sop.meaning import same_meaning
from tracker.sop.model import Step

ADDED, REMOVED, REWORDED, MOVED = "added", "removed", "reworded", "moved"
LIMITS, RECOVERY = "limits", "recovery"
KINDS = (ADDED, REMOVED, REWORDED, MOVED, LIMITS, RECOVERY)

INFORMATIVE = frozenset({"takes", "activity"})  # attributes that change nothing in what is to be done

Detail = tuple[str, Any, Any]  # what, before, after


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different about the step `key`; a step may have several.

    `before` is None for an added step, `after` for a removed one. `details` are (what, before, after):
    for `limits` each changed attribute; for `moved` "place" (as "2.1") or "parent" (a step's text or None);
    for `reworded` and `recovery` "text" or "body" with the words; for an added step "key" where one that is
    gone said the same, so that only the key is another.
    """

    kind: str
    key: str
    before: Step | None
    after: Step | None
    details: tuple[Detail, ...] = ()

    @property
    def step(self) -> Step:
        """The step as it is, or as it was last."""
        step = self.after or self.before
        assert step is not None
        return step


class Row(NamedTuple):
    """A line of a side-by-side view: a step as it was and as it is, and what is different."""

    before: Step | None
    after: Step | None
    changes: tuple[Change, ...]


class Sentence(NamedTuple):
    """A text to translate, and what to fill in."""

    template: str
    details: Mapping[str, Any]

    def __str__(self) -> str:
        return self.template % self.details


def N_(text: str) -> str:
    """Mark `text` for translation; the edge translates."""
    return text


def compare(previous: Sequence[Step], current: Sequence[Step]) -> tuple[Change, ...]:
    """Every change from `previous` to `current`, in the order of `rows`.

    As few steps as possible count as moved: one that was carried past ten others is one change, and what is
    nested in it has stayed where it was.
    """
    return tuple(change for row in rows(previous, current) for change in row.changes)


def rows(previous: Sequence[Step], current: Sequence[Step]) -> tuple[Row, ...]:
    """All steps side by side, in the order of `current`; a removed step after the one that it followed."""
    old, new = {s.key: s for s in previous}, {s.key: s for s in current}
    moves = _moves(previous, current)
    gone = {step.text: step.key for step in previous if step.key not in new}
    removed: dict[str | None, list[Row]] = {}
    last: str | None = None
    for step in previous:
        if step.key in new:
            last = step.key
        else:
            removed.setdefault(last, []).append(Row(step, None, (Change(REMOVED, step.key, step, None),)))
    row_list = removed.get(None, [])
    for step in current:
        row_list.append(_row(old.get(step.key), step, moves.get(step.key), gone.get(step.text)))
        row_list += removed.get(step.key, ())
    return tuple(row_list)


def of_step(before: Step, after: Step) -> tuple[Change, ...]:
    """What is different about one step, apart from its place."""
    return _row(before, after, None, None).changes


def is_material(changes: Iterable[Change]) -> bool:
    """Whether any of `changes` asks for something else to be done; otherwise they are editorial."""
    return any(matters(change) for change in changes)


def matters(change: Change) -> bool:
    """Whether this change alone is material: a step, an order, a limit, or words that mean something else."""
    if change.kind == LIMITS:
        return any(name not in INFORMATIVE for name, *_ in change.details)
    if change.kind in (REWORDED, RECOVERY):
        return not all(same_meaning(before, after) for _, before, after in change.details)
    return True


Said = tuple[str, Mapping[str, Any]]
"""What a step says: its text and its attributes."""


def asks_the_same(before: Said, after: Said) -> bool:
    """Whether a step still asks for the same, but for typos and what only informs.

    >>> asks_the_same(("Wiegh the parcel", {}), ("Weigh the parcel.", {"takes": 20}))
    True
    >>> asks_the_same(("Weigh the parcel", {"max": 30}), ("Weigh the parcel", {"max": 31}))
    False
    """
    if before == after:
        return True
    details = _attributes(before[1], after[1])
    return all(name in INFORMATIVE for name, *_ in details) and same_meaning(before[0], after[0])


def sentences(change: Change) -> tuple[Sentence, ...]:
    """What a change says in words: one sentence, for attributes and places one each."""
    text = change.step.text
    if change.kind in (ADDED, REMOVED) and not change.details:
        return (Sentence(_SENTENCES[change.kind], {"step": text}),)
    return tuple(_sentence(change, detail) for detail in change.details)


_SENTENCES = {
    ADDED: N_("“%(step)s” is new."),
    REMOVED: N_("“%(step)s” is gone."),
    "key": N_("“%(step)s” has another key, so it is a new step; its figures begin here."),
    "text": N_("“%(before)s” now reads “%(after)s”."),
    "body": N_("Below “%(step)s”: “%(before)s” now reads “%(after)s”."),
    "new body": N_("Below “%(step)s” is new: “%(after)s”."),
    "no body": N_("Below “%(step)s” is gone: “%(before)s”."),
    "place": N_("“%(step)s” is now step %(after)s; it was step %(before)s."),
    "into": N_("“%(step)s” is now part of “%(after)s”."),
    "out": N_("“%(step)s” is no longer part of “%(before)s”."),
    "recovery": N_("When “%(step)s” fails: “%(before)s” now reads “%(after)s”."),
    "new recovery": N_("“%(step)s” now says what to do when it fails: “%(after)s”."),
    "no recovery": N_("“%(step)s” no longer says what to do when it fails; it was “%(before)s”."),
    "flag": N_("“%(step)s” is now “%(name)s”."),
    "no flag": N_("“%(step)s” is no longer “%(name)s”."),
    "limit": N_("“%(step)s”: %(name)s is now %(after)s; it was %(before)s."),
    "new limit": N_("“%(step)s”: %(name)s is now %(after)s; there was none."),
    "no limit": N_("“%(step)s”: %(name)s is gone; it was %(before)s."),
}


def _sentence(change: Change, detail: Detail) -> Sentence:
    name, before, after = detail
    if name in ("body", "recovery"):
        before, after = excerpt(before, after)
    if name in ("text", "body", "recovery"):
        before, after = unended(before, after)
    given = {"step": change.step.text, "name": name, "before": _shown(before), "after": _shown(after)}
    return Sentence(_SENTENCES[_which(change.kind, name, before, after)], given)


def unended(before: str, after: str) -> tuple[str, str]:
    """Both without a last full stop, which the sentence around them has; with it, where it is what differs.

    >>> unended("Weigh it.", "Weigh it twice.")
    ('Weigh it', 'Weigh it twice')
    >>> unended("Weigh it", "Weigh it.")
    ('Weigh it', 'Weigh it.')
    """
    bare = _unended(before), _unended(after)
    return (before, after) if bare[0] == bare[1] else bare


def _unended(text: str) -> str:
    return text[:-1] if text.endswith(".") and not text.endswith("..") else text


def _which(kind: str, name: str, before: Any, after: Any) -> str:
    if name in ("body", "recovery"):
        return name if before and after else f"new {name}" if after else f"no {name}"
    if kind == LIMITS and (before is True or after is True):
        return "flag" if after else "no flag"
    if kind == LIMITS:
        return "limit" if before is not None and after is not None else _new_or_gone(after)
    if name == "parent":
        return "into" if after is not None else "out"
    return name


def _new_or_gone(after: Any) -> str:
    return "no limit" if after is None else "new limit"


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    return f"{value:.10g}" if isinstance(value, float) else "" if value is None else str(value)


def _row(before: Step | None, after: Step, move: Detail | None, gone: str | None) -> Row:
    if before is None:
        key = (("key", gone, after.key),) if gone else ()
        return Row(None, after, (Change(ADDED, after.key, None, after, key),))
    kinds = {
        REWORDED: _reworded(before, after),
        MOVED: (move,) if move else (),
        LIMITS: _attributes(before.attributes, after.attributes),
        RECOVERY: _recovery(before.recovery, after.recovery),
    }
    return Row(
        before, after, tuple(Change(kind, after.key, before, after, d) for kind, d in kinds.items() if d)
    )


def _reworded(before: Step, after: Step) -> tuple[Detail, ...]:
    text: tuple[Detail, ...] = (("text", before.text, after.text),) if before.text != after.text else ()
    if not before.html or not after.html or before.html == after.html:
        return text
    return (*text, *_texts("body", _below(before), _below(after)))


def _texts(name: str, words: str, others: str) -> tuple[Detail, ...]:
    return ((name, words, others),) if words != others else ()


def _recovery(before: str, after: str) -> tuple[Detail, ...]:
    return () if before == after else _texts("recovery", plain(before), plain(after))


def _below(step: Step) -> str:
    """The words of a step's HTML after its text. Blanks don't tell: marks in the text leave some behind."""
    words, text, place = plain(step.html), "".join(step.text.split()), 0
    if words.startswith(step.text):
        return words[len(step.text) :].strip()
    for sign in text:
        while words[place : place + 1] == " ":
            place += 1
        if words[place : place + 1] != sign:
            return words  # it does not begin with its text, as a row of a table does not
        place += 1
    return words[place:].strip()


def _attributes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Detail, ...]:
    if before == after:
        return ()
    names = [*before, *(name for name in after if name not in before)]
    pairs = [(name, _value(before, name), _value(after, name)) for name in names]
    return tuple((name, was, now) for name, was, now in pairs if was != now)


def _value(attributes: Mapping[str, Any], name: str) -> Any:
    """An attribute as it compares: options are a list in the database; a flag that is off is no flag."""
    value = attributes.get(name)
    return list(value) if isinstance(value, tuple) else None if value is False else value


def _moves(previous: Sequence[Step], current: Sequence[Step]) -> dict[str, Detail]:
    """Which steps have another parent, or another place among those that had the same parent before."""
    old = {step.key: (n, step) for n, step in enumerate(previous)}
    before, after = places(previous), places(current)
    texts = {step.key: step.text for step in (*previous, *current)}
    moves: dict[str, Detail] = {}
    families: dict[str | None, list[str]] = {}
    for step in current:
        if step.key not in old:
            continue
        was = old[step.key][1].parent
        if was != step.parent:
            moves[step.key] = ("parent", texts.get(was or ""), texts.get(step.parent or ""))
        else:
            families.setdefault(step.parent, []).append(step.key)
    for family in families.values():
        stayed = _longest_rising([old[key][0] for key in family])
        for n, key in enumerate(family):
            if n not in stayed:
                moves[key] = ("place", before[key], after[key])
    return moves


def places(steps: Sequence[Step]) -> dict[str, str]:
    """The number of each step as a reader counts: "2", nested "2.1"."""
    places_of: dict[str, str] = {}
    count: dict[str | None, int] = {}
    for step in steps:
        parent = step.parent if step.parent in places_of else None
        count[parent] = count.get(parent, 0) + 1
        places_of[step.key] = f"{places_of[parent]}.{count[parent]}" if parent else str(count[parent])
    return places_of


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The places of a longest rising subsequence, by patience sorting."""
    tops: list[int] = []
    at: list[int] = []
    before: list[int | None] = []
    for n, number in enumerate(numbers):
        pile = bisect_left(tops, number)
        before.append(at[pile - 1] if pile else None)
        tops[pile : pile + 1] = [number]
        at[pile : pile + 1] = [n]
    stayed: set[int] = set()
    last = at[-1] if at else None
    while last is not None:
        stayed.add(last)
        last = before[last]
    return stayed


_TAG = re.compile(r"<[^>]*>")


def plain(html: str) -> str:
    """The words of a piece of HTML."""
    return " ".join(unescape(_TAG.sub(" ", html)).split())
