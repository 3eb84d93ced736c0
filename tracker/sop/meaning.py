"""Whether two wordings of a step mean the same: the difference between a corrected typo and a new rule."""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz.distance import OSA

FILLERS = frozenset(("a", "an", "the", "please", "then", "also", "just", "simply"))

# A number with its sign, a word with its apostrophes, or a sign that changes what a number means.
_TOKEN = re.compile(r"(?<![\w-])[-−]?\d+(?:[.,:/]\d+)*|\w+(?:['’]\w+)*|[<>≤≥=±%°€$£]")
_CJK = 0x2E80  # from here on a word has no blanks around it, and one sign can be a word


def same_meaning(before: str, after: str) -> bool:
    """Whether nothing but typos, fillers, case, blanks and punctuation differ.

    Cautious: a number, a negation, a short word or one that begins otherwise ("increase", "decrease") is
    a different meaning. It proposes only; a person decides.
    """
    old, new = _tokens(before), _tokens(after)
    return _typos_only(old, new) or _typos_only(_without_fillers(old), _without_fillers(new))


def _typos_only(old: list[str], new: list[str]) -> bool:
    return len(old) == len(new) and all(map(_typo, old, new))


def _tokens(text: str) -> list[str]:
    """Numbers, signs and words in small letters."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("−", "-")
    return _TOKEN.findall(plain)


def _without_fillers(tokens: list[str]) -> list[str]:
    return [token for token in tokens if token not in FILLERS]


def _typo(before: str, after: str) -> bool:
    """A slip of the pen: two letters swapped, or one or two others in a word that is long enough."""
    if before == after:
        return True
    if not before.isalpha() or not after.isalpha() or max(map(ord, before + after)) >= _CJK:
        return False
    distance = OSA.distance(before, after)
    if sorted(before) == sorted(after):
        return distance == 1
    shorter = min(len(before), len(after))
    return before[0] == after[0] and shorter >= 4 and distance <= (2 if shorter > 6 else 1)
