"""Numbered titles in any language: "### 3. Restore", "Step 3: Restore", "**3. Restore**", "第三步"."""

from __future__ import annotations

import re

from tracker.sop.languages import step_words
from tracker.sop.numerals import LETTERS, ROMAN, SIGNS, cjk, number, roman

_WORD = step_words()
_SPELLED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_CJK = "[一二三四五六七八九十]{1,3}"
_COUNT = rf"\d{{1,3}}(?:\.\d{{1,2}})*[A-Za-z]?(?![^\W\d_\u3040-\uffff])|{_CJK}|[{''.join(SIGNS)}]"
_ENDING = "(?:[.ºª°ο\u2019'-]|st|nd|rd|th|er|[èe]re|re|e|[èe]me|ste|de|-?[йяе]|-?[аи]я|-?ий|-?ый)"
_ORDINALS = (
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|final|last|"
    "erster?|zweiter?|dritter?|vierter?|fünfter?|sechster?|letzter?|"
    "premi[èe]re?|deuxième|troisième|quatrième|cinquième|dernière|"
    "primer[ao]?|segund[ao]|tercer[ao]?|cuart[ao]|quint[ao]|último|"
    "primeir[ao]|terceir[ao]|quart[ao]|prim[ao]|second[ao]|terz[ao]|ultim[ao]|"
    "pierwszy|drugi|trzeci|czwarty|piąty|první|druhý|třetí|čtvrtý|prvý|tretí|prvi|treći|"
    "перв(?:ый|ая)|втор(?:ой|ая)|трет(?:ий|ья)|четв[её]рт(?:ый|ая)|пят(?:ый|ая)|перший|другий|третій|"
    "eerste|tweede|derde|vierde|första|andra|tredje|første|andet|annet|ilk|birinci|ikinci|üçüncü|dördüncü|"
    "első|második|harmadik|negyedik|πρώτο|δεύτερο|τρίτο|primul|al doilea|ensimmäinen|toinen|kolmas"
)
_AFTER_WORD = (
    "(?:الأولى|الثانية|الثالثة|الرابعة|الخامسة|ראשון|שני|שלישי|اول|دوم|سوم|pertama|kedua|ketiga|một|hai|ba)"
)
_STEP = (
    rf"(?:(?<![^\W_]){_WORD}[ \t]*(?:#[ \t]*|n[°ºo]\.?[ \t]*|№[ \t]*|no\.?[ \t]*|nr\.?[ \t]*|č\.?[ \t]*|"
    rf"[-–][ \t]*|ya )?"
    rf"(?P<count>{_COUNT}|(?:{'|'.join(_SPELLED)})\b|[IVX]{{1,5}}\b|[A-H](?=[ \t]*[:：.)–-])|"
    rf"{_AFTER_WORD}(?!\w))"
    rf"|(?P<before>\d{{1,3}})[ \t]*(?:{_ENDING}[ \t]*)?(?:{_WORD})(?!\w)"
    rf"|(?P<korean>\d{{1,3}})[ \t]*단계"
    rf"|第[ \t]*(?P<nth>\d{{1,3}}|{_CJK})[ \t]*(?:步|歩|階段|阶段|段階|工程|ステップ)(?:驟|骤)?"
    rf"|제[ \t]*(?P<je>\d{{1,3}})[ \t]*단계"
    rf"|(?:{_ORDINALS})[ \t]+(?:{_WORD})(?!\w))"
)
_DECORATION = r"[^\w\s()\[\]#]{0,3}\s*"  # a picture before the number
NUMBERED = re.compile(
    rf"{_DECORATION}(?:(?P<step>(?:[^:\n]{{1,40}}:\s+)?{_STEP})"
    r"|(?P<number>\d{1,3})(?:[.)．）、](?=\s*[^\W\d_]|\s+\S)|\ufe0f?\u20e3|(?::|\s+[-–—]|\s*(?:->|→|=>))\s)"
    r"|(?P<parts>\d{1,3}(?:\.\d{1,3})+)[.)]?\s"
    rf"|(?P<sign>[{''.join(SIGNS)}])"
    r"|[(（](?P<round>\d{1,3})[)）]\s*"
    rf"|(?P<cjk>{_CJK})[、．.]"
    r"|(?P<letters>[^\W\d_]{1,5})[.)]\s+)",
    re.I,
)
_SEPARATED = re.compile(
    r"[ \t]*(?:(?:of|/|von|de|di|z|из|av|af)[ \t]*\d{1,3})?[ \t]*(?:[:：.)）,，、\-–—→]|\*\*|__|</|$)"
)
_OPENING = re.compile(r"(?:\*\*\*?|__|<(?:b|strong)>)[ \t]*")
_BOLD_NUMBER = re.compile(
    rf"(?:\*\*\*?|__|<(?:b|strong)>)[ \t]*(?:(?P<n>\d{{1,3}})[A-Za-z]?[ \t]*(?:\\?[.):：]|[-–—](?=[ \t])|->|"
    rf"→|\ufe0f?\u20e3)"
    rf"|(?P<sign>[{''.join(SIGNS)}])|[(](?P<round>\d{{1,3}})[)])[ \t]*"
    r"(?:(?:\*\*\*?|__|</(?:b|strong)>)[ \t]*\S|[^*_<\s])"
)
_STEP_AT_START = re.compile(rf"[^\w\s*_<#|>!\[(\-]{{0,3}}\s*{_STEP}", re.I)
_BOLD_WHOLE = re.compile(
    r"(?:(?P<mark>\*\*\*?|__)(?:(?!(?P=mark)).)+(?P=mark)|<(?P<tag>b|strong)>.+</(?P=tag)>)"
    r"[ \t]*[:：.]?[ \t]*(?:\{[^{}]*\})?[ \t]*$"
)
_MOST = 400


def title_kind(text: str) -> tuple[str, int] | None:
    """The kind of numbered title that a line of a paragraph is, and its number; None where it is none.

    >>> title_kind("**Step 2:** Weigh it"), title_kind("**3. Weigh it**"), title_kind("Step two is hard")
    (('bold step', 2), ('bold number', 3), None)
    """
    if text[0] in "*_<" and (opening := _OPENING.match(text)):
        step = _STEP_AT_START.match(text, opening.end())
        if step and _SEPARATED.match(text, step.end()):
            return "bold step", _value(step)
        bold = _BOLD_NUMBER.match(text)
        return ("bold number", int(bold["n"] or bold["round"] or 0) or number(bold["sign"])) if bold else None
    if not _may_be_step(text):
        return None
    step = _STEP_AT_START.match(text[:_MOST])
    return ("step", _value(step)) if step and _separated(text, step) else None


def _may_be_step(text: str) -> bool:
    """Whether there is a number, or what else counts, near the beginning: most lines have none."""
    head = text[:24]
    return text[0] not in "|>`#-+" and (not head.isascii() or any(map(str.isdigit, head)) or _spelled(head))


def _spelled(head: str) -> bool:
    return ":" in head or "." in head


def _separated(text: str, step: re.Match[str]) -> bool:
    if _SEPARATED.match(text, step.end()):
        return True
    unspaced = (
        step["nth"] or step["korean"] or step["je"] or (not step[0].isascii() and step[0][0] >= "\u3040")
    )
    return bool(unspaced) and text[step.end() : step.end() + 1] in (" ", "\u3000") and len(text) < 60


def _value(match: re.Match[str]) -> int:
    said = next(filter(None, (match[name] for name in ("count", "before", "korean", "nth", "je"))), "")
    if said.lower() in _SPELLED:
        return _SPELLED.index(said.lower()) + 1
    return number(said) or cjk(said) or (roman(said) if ROMAN.fullmatch(said) else 0)


def in_order(letters: list[str]) -> bool:
    """Whether what stands before the dots of headings is a row of letters or of Roman numerals."""
    values = [LETTERS.get(text, ("", 0))[1] if len(text) == 1 else 0 for text in letters]
    romans = [roman(text) if ROMAN.fullmatch(text) else 0 for text in letters]
    return len(letters) > 1 and any(row == list(range(1, len(row) + 1)) for row in (values, romans))


def wholly_bold(text: str) -> bool:
    """Whether a line is bold from end to end, so that it is a title, and what follows is text under it."""
    return _BOLD_WHOLE.match(text) is not None
