"""The kinds of things that runs are about: those that every shop knows have a word in each language.

A kind that an author has thought of stays as it is written.
"""

from __future__ import annotations

from tracker.sop.badges import N_, Say, english
from tracker.sop.text import clean, fold

KINDS = {
    "order": N_("order"),
    "return": N_("return"),
    "refund": N_("refund"),
    "sku": N_("SKU"),
    "purchase-order": N_("purchase order"),
    "delivery": N_("delivery"),
    "bin": N_("bin"),
    "day": N_("day"),
    "shift": N_("shift"),
}
"""By what stands behind `subject:`, folded."""


def kind_name(kind: str, say: Say = english) -> str:
    """What people call a kind of subject.

    >>> kind_name("purchase-order"), kind_name("Van")
    ('purchase order', 'Van')
    """
    known = KINDS.get(fold(kind).replace(" ", "-"))
    return say(known) if known else kind


def kind_first(text: str, say: Say = english) -> str:
    """What somebody says that a run is about, with its kind as documents write it: "order 7".

    The longest name counts: in some languages that of one kind begins with that of another.
    """
    text, names = clean(text), {say(name): kind for kind, name in KINDS.items()}
    for called in sorted(names, key=len, reverse=True):
        if fold(text).startswith(f"{fold(called)} "):
            return f"{names[called]} {text[len(called) :].strip()}"
    return text
