"""Which language a text is in, and the patterns made of its row in the lexicon."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from tracker.sop import imperatives
from tracker.sop.lexicon import LEXICON, UNSPACED

# Of languages in Latin and Cyrillic letters; the other scripts tell theirs themselves.
_COMMON = {code: frozenset(words.common.split()) for code, words in LEXICON.items() if words.common}
_SCRIPTS = (
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("fa", re.compile("[پچژگی‌ک]")),
    ("ar", re.compile("[\u0620-\u06ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("el", re.compile("[\u0370-\u03ff]")),
)
_WORD = re.compile(r"[^\W\d_]+")
_SURE = 12  # common words and letters that leave no doubt
_MOST = 12_000  # characters that are looked at


def language_of(text: str, items: Sequence[str] = ()) -> str:
    """The code of the language of `text`; "" where it is none of the lexicon or there is too little of it.

    Where it is short, its `items` help: in which language most of them read as instructions.

    >>> language_of("Siparişi açın."), language_of("Open the order."), language_of("打开订单")
    ('tr', 'en', 'zh')
    """
    text = text[:_MOST]
    letters = sum(map(str.isalpha, text))
    if not letters:
        return ""
    if letters != sum(map(str.isascii, filter(str.isalpha, text))):
        for code, script in _SCRIPTS:
            if len(script.findall(text)) * (3 if code in ("ja", "fa") else 2.5) > letters * _share(code):
                return code
    words = Counter(_WORD.findall(text.lower()))
    marks = Counter(text.lower())
    scores = {code: sum(words[word] for word in common) for code, common in _COMMON.items()}
    for code in scores:
        own = LEXICON[code].letters
        scores[code] += sum(1 for letter in own if marks[letter]) + min(3, sum(marks[x] for x in own))
    if items and max(scores.values()) < _SURE:
        for code in scores:
            scores[code] += 2 * sum(imperatives.orders(item, code) for item in items[:10])
    best = max(scores, key=lambda code: (scores[code], code == "en"))
    return best if scores[best] else ""


def _share(code: str) -> float:
    """How much of a text must be in a script: less where it is mixed with others, as kana is."""
    return {"ja": 0.3, "fa": 0.12}.get(code, 1.0)


@cache
def pattern(kind: str, language: str) -> re.Pattern[str]:
    """A pattern that finds the words of this kind in a language or in English, at the beginning of a word."""
    own = getattr(LEXICON.get(language), kind, "")
    english = getattr(LEXICON["en"], kind)
    if language in UNSPACED:
        parts = [own and f"(?:{own})", english and rf"\b(?:{english})"]
    else:
        parts = [rf"\b(?:{part})" for part in {own, english} if part]
    return re.compile("|".join(filter(None, parts)) or r"(?!)", re.I)


@cache
def own_pattern(kind: str, language: str) -> re.Pattern[str]:
    """The same for the words of the language alone."""
    own = getattr(LEXICON.get(language), kind, "")
    return re.compile((f"(?:{own})" if language in UNSPACED else rf"\b(?:{own})") if own else r"(?!)", re.I)


def finds(kind: str, language: str, text: str) -> bool:
    """Whether `text` holds a word of this kind."""
    return pattern(kind, language).search(text) is not None


@cache
def _sentence(kind: str, language: str) -> re.Pattern[str]:
    own = "|".join(filter(None, {getattr(LEXICON.get(language), kind, ""), getattr(LEXICON["en"], kind)}))
    if not own:
        return re.compile(r"(?!)")
    return re.compile(f"(?:{own})" if language in UNSPACED else rf"\b(?:{own})(?!\w)", re.I)


def obliges(text: str, language: str) -> bool:
    """Whether an introduction ends with a verb of duty and the list completes it: "To open it, you must:"."""
    tail = text.rstrip(" :：.…")
    return any(match.end() == len(tail) for match in _sentence("duty", language).finditer(tail))


def explains(text: str, language: str) -> bool:
    """Whether a sentence says what something is."""
    return _sentence("being", language).search(text) is not None


def chapter(heading: str, language: str) -> bool:
    """Whether a heading is one of the usual chapters of an SOP: purpose, scope, definitions, records."""
    name = heading.strip(" *_:.-–—\"'“”")
    if language in UNSPACED and len(name) <= 10:
        return own_pattern("chapter", language).search(name) is not None
    return pattern("chapter", language).match(name) is not None


def step_words() -> str:
    """The words that stand beside a number for a step, in any language, as a part of a pattern."""
    spaced = "|".join(words.step for code, words in LEXICON.items() if code not in UNSPACED)
    return f"(?:{spaced}|{'|'.join(LEXICON[code].step for code in UNSPACED)})"
