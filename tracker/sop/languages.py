"""Which language a text is in, and the patterns made of its row in the lexicon."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from tracker.sop import imperatives
from tracker.sop.lexicon import LEXICON, UNSPACED

# The commonest words of languages in Latin and Cyrillic letters; the other scripts tell theirs themselves.
_COMMON = {
    "en": "the and to of is you for with this that be are from it your will on if in by not or as at",
    "de": "der die das und ist mit den von zu ein eine nicht auf sie im dem des für werden wird bei oder zur",
    "nl": "de het een van en is op te dat voor met zijn niet aan er om naar door je wordt of bij",
    "fr": "le la les des et du une un pour dans que vous sur est avec qui au par pas ou ce sont aux",
    "es": "el la los las y una por con en del para se que un al es lo como su más si no",
    "pt": "o os a as e do da em com uma para não no na que um se dos das ao por é ou você",
    "it": "il di che la e un una per con del della non si da nel le gli lo sono è alla dei o",
    "ro": "și în de la cu pe să este un o din care nu pentru sau se sunt al ale prin",
    "pl": "i w na z do się nie że jest to o po dla od jak lub przez oraz są za",
    "cs": "a v na se je že do z s pro o k by nebo podle jsou po ve po při jako",
    "sk": "a v na sa je že do z s pre o k by alebo podľa sú po vo pri ako",
    "hr": "i u na se je za da s od su ne ili se po iz koji kako",
    "sl": "in v na se je za da z od so ne ali pri iz ki kot po",
    "hu": "a az és hogy nem egy is meg ha vagy el van be ki",
    "ru": "и в не на что с по для из к от это как или при",
    "uk": "і в на не що з до для та або від як це при у за",
    "bg": "и в на да се за от не с е са или при по това",
    "sr": "и у на се је за да с од су не или по из који",
    "tr": "ve bir bu için ile da de olarak veya ise en çok sonra değil gibi her",
    "id": "dan di yang untuk dengan ke dari ini pada adalah atau tidak jika akan dalam oleh anda",
    "vi": "và của là có cho không các được trong một với để khi bạn vào này",
    "sv": "och att det som en på är av för med den till inte ett i om har eller när",
    "da": "og at det som en på er af for med den til ikke et i om har eller når",
    "nb": "og at det som en på er av for med den til ikke et i om har eller når",
    "fi": "ja on ei se että tai kun jos ovat voi mutta sekä myös",
    "et": "ja on ei see et või kui ning mis ka ole",
    "lv": "un ir no uz ar par kas lai vai ka nav pie",
    "lt": "ir yra į iš su kad ar ne per už nuo arba kai",
    "af": "die en van is het om te nie in vir met jou word wat op sal of",
    "ca": "el la els les i de que en per amb un una no es del al més o",
}
_SETS = {code: frozenset(words.split()) for code, words in _COMMON.items()}
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
# Letters that only this language has among those that are told by their words.
_LETTERS = {
    "tr": "ğışİ", "pl": "łśżźćńąę", "cs": "ěřů", "sk": "ľĺŕô", "ro": "țșăţş", "hu": "őű", "lt": "ėįųūčšž",
    "lv": "āēīķļņģ",
    "vi": "ơưạảấầẩậắằẳặẹẻẽếềểệỉịọỏốồổộớờởợụủứừửựỳỵỷỹđ", "de": "ßäöü", "pt": "ãõ", "es": "ñ¿¡",
    "uk": "їєґі", "ru": "ыэё", "sr": "ђћџњљј", "bg": "ъщ", "et": "õ", "hr": "đ", "da": "æø", "nb": "æø",
    "sv": "åäö", "fi": "äö", "ca": "·ï", "fr": "çœêèâ", "it": "ìò",
}  # fmt: skip
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
    scores = {code: sum(words[word] for word in common) for code, common in _SETS.items()}
    for code, own in _LETTERS.items():
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
