"""What is said about a document: an English sentence that can still be said in another language.

Whoever finds something knows no reader. A `Told` is plain English text to everything that handles it; whoever
shows it says it in the reader's language by `translated`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Told(str):
    """An English text with the template that it was made of and what was filled in."""

    __slots__ = ("details", "template")
    template: str
    details: dict[str, Any]

    def __new__(cls, template: str, details: dict[str, Any]) -> Told:
        said = super().__new__(cls, template % details if details else template)
        said.template, said.details = template, details
        return said

    def __reduce__(self) -> tuple[type[Told], tuple[str, dict[str, Any]]]:
        return Told, (self.template, self.details)


def told(template: str, /, **details: Any) -> Told:
    """The text, filled in, marked for translation: `details` fill the places `%(name)s`.

    >>> told("There is no rule “%(name)s”.", name="speling"), told("50% is too much.")
    ('There is no rule “speling”.', '50% is too much.')
    """
    return Told(template, details)


def translated(say: Callable[..., str], text: Any) -> Any:
    """The text in the language of `say`; one that keeps no template, and what is no text, as it is."""
    if not isinstance(text, Told):
        return text
    return say(text.template, **{name: translated(say, value) for name, value in text.details.items()})
