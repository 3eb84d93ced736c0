"""Two wordings of a text, word by word: what stayed, what is gone and what is new."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

SAME, GONE, NEW = "same", "gone", "new"

AROUND = 5
"""Words that an excerpt shows on either side of what differs."""

LONGEST = 40
"""Words of an excerpt; of more, those in the middle are left out."""

MOST = 1_500
"""Words that are compared one by one; the time grows with the square of them."""

# Where a language puts no blanks between words every sign counts as one.
_IDEOGRAPHS = "\u2e80-\u9fff\uac00-\ud7ff"
_WORD = re.compile(rf"[{_IDEOGRAPHS}]\s*|[^\s{_IDEOGRAPHS}]+\s*")


class Part(NamedTuple):
    """Words that follow each other, and whether they stayed, are gone or are new."""

    kind: str
    text: str


def parts(before: str, after: str) -> list[Part]:
    """Both wordings as one text.

    >>> [tuple(part) for part in parts("Paid by 14:00 today", "Paid by 12:00 today")]
    [('same', 'Paid by '), ('gone', '14:00 '), ('new', '12:00 '), ('same', 'today')]
    """
    return [part for part in _parts(_WORD.findall(before), _WORD.findall(after)) if part.text]


def _parts(old: Sequence[str], new: Sequence[str]) -> Iterator[Part]:
    first, last = _ends(old, new)
    middle, other = old[first : len(old) - last], new[first : len(new) - last]
    yield Part(SAME, "".join(new[:first]))
    if max(len(middle), len(other)) > MOST:
        yield from (Part(GONE, "".join(middle)), Part(NEW, "".join(other)))
    else:
        was, now = ([word.strip() for word in words] for words in (middle, other))
        for kind, i, to, j, until in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
            if kind == "equal":
                yield Part(SAME, "".join(other[j:until]))
            else:
                yield from (Part(GONE, "".join(middle[i:to])), Part(NEW, "".join(other[j:until])))
    yield Part(SAME, "".join(new[len(new) - last :]))


def _ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many words are the same at the beginning, and how many of the rest at the end."""
    shorter = min(len(old), len(new))
    first = next((n for n in range(shorter) if old[n].strip() != new[n].strip()), shorter)
    rest = shorter - first
    last = next((n for n in range(rest) if old[-1 - n].strip() != new[-1 - n].strip()), rest)
    return first, last


def excerpt(before: str, after: str) -> tuple[str, str]:
    """Both wordings as far as they differ, with a few words around that.

    >>> excerpt("Every invoice that came in the morning is paid by 14:00.", "Every invoice that came in the "
    ... "morning is paid by 12:00.")
    ('… the morning is paid by 14:00.', '… the morning is paid by 12:00.')
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    first, last = _ends(old, new)
    begin, end = max(0, first - AROUND), max(0, last - AROUND)
    return _cut(old, begin, len(old) - end), _cut(new, begin, len(new) - end)


def _cut(words: Sequence[str], begin: int, end: int) -> str:
    shown = list(words[begin:end])
    if len(shown) > LONGEST:
        shown = [*shown[: LONGEST // 2], "… ", *shown[-LONGEST // 2 :]]
    return f"{'… ' if begin > 0 and shown else ''}{''.join(shown).strip()}{' …' if end < len(words) else ''}"
