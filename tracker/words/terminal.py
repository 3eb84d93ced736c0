"""What commands print, in the language of whoever sits at the terminal.

It is the first of LANGUAGE, LC_ALL, LC_MESSAGES and LANG that says one for which there is a catalogue. Babel
is not loaded for it: that would take longer than most commands do.
"""

from __future__ import annotations

import gettext
import os
from functools import cache
from pathlib import Path
from typing import Any

from tracker.errors import HoldfastError
from tracker.sop.model import Problem
from tracker.sop.told import translated
from tracker.words.outcomes import OUTCOMES
from tracker.words.people import LEVELS

CATALOGUE = Path(__file__).parent.parent / "translations"


@cache
def _texts() -> gettext.NullTranslations:
    return gettext.translation("messages", CATALOGUE, [language()], fallback=True)


def language() -> str:
    """The code of the language, such as "de"; "en" where none is set, or one that there is not."""
    asked = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    locale = next(filter(None, asked), "")
    if locale.partition(".")[0] in ("", "C", "POSIX"):
        return "en"  # as in GNU programs, LANGUAGE does not count then
    for wanted in (*os.environ.get("LANGUAGE", "").split(":"), locale):
        code = wanted.partition(".")[0].partition("_")[0]
        if code == "en" or (code.isalpha() and (CATALOGUE / code).is_dir()):
            return code
    return "en"


def say(text: str, /, **details: Any) -> str:
    """The text in the language of the terminal, filled in."""
    translated = _texts().gettext(text)
    return translated % details if details else translated


def plural(one: str, many: str, num: int, /, **details: Any) -> str:
    """The same for a text that depends on a number, which stands in it as `num`."""
    return _texts().ngettext(one, many, num) % {"num": num, **details}


def outcome_name(outcome: str) -> str:
    """The word for an outcome."""
    return say(OUTCOMES[outcome])


def level_name(level: str) -> str:
    """The word for an access level."""
    return say(LEVELS[level][0])


def problem_text(problem: Problem) -> str:
    """A problem of a document: `file:line: what is wrong. What to write.`"""
    words = (translated(say, text) for text in (problem.message, problem.hint) if text)
    return f"{problem.path}:{problem.line}: {' '.join(words)}"


def error_text(error: HoldfastError) -> str:
    """What an error of ours says."""
    return say(error.template, **error.details)
