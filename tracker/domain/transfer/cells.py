"""Text in the cells of a table that spreadsheets open: never taken for a formula, and read back as it was."""

from __future__ import annotations

import re

_SIGN = "[=+\\-@\uff1d\uff0b\uff0d\uff20]"
"""What begins a formula, and the wide twins that East Asian spreadsheets take for the same."""

_UNSEEN = (
    r"[ \x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\xad\u1680\u180e"
    r"\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\"]*"
)
"""What may stand before it unnoticed: spaces, controls, marks without width, quotation marks."""

_NUMBER = r"[+\-](?:\d{1,3}(?:[.,\u202f\xa0 ]\d{3})+|\d+)(?:[.,]\d+)?%?(?=[,;\t\r\n]|\Z)"

_CELL = r"(\A|[,;|\t\r\n])"
"""The beginning of a cell: of this one, or of what another locale's separator makes one."""

_FORMULA = rf"(?=[\t\r]|{_UNSEEN}(?!{_NUMBER}){_SIGN})"

_SIGNED = rf"(?=[\t\r]|{_UNSEEN}{_SIGN})"
"""What other programs mark as well: a telephone number, or any number with a sign."""

_PLAIN = re.compile(rf"{_CELL}('+{_SIGNED}|{_FORMULA})")
_MARKED = re.compile(rf"{_CELL}'('*){_SIGNED}")


def safe(text: str) -> str:
    """Text that a spreadsheet runs nothing of, whichever separator it expects; a number stays one.

    An apostrophe goes before what might begin a formula. `restore` takes it away again.

    >>> safe("=1+1"), safe("a;=1+1"), safe("-12,5"), safe("Weigh = good")
    ("'=1+1", "a;'=1+1", '-12,5', 'Weigh = good')
    """
    return _PLAIN.sub(r"\1'\2", text)


def restore(text: str) -> str:
    """Undo `safe`, and what other programs do alike: for lists that were downloaded, mended and sent again.

    >>> restore("'=1+1"), restore("a;'=1+1"), restore("'+49170555"), restore("it's")
    ('=1+1', 'a;=1+1', '+49170555', "it's")
    """
    if "'" not in text:
        return text
    return _MARKED.sub(r"\1\2", text)
