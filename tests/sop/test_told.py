"""What is said of a document is English text that keeps what it was made of."""

from __future__ import annotations

import pickle

from tracker.sop.told import told, translated

GERMAN = {"There is no rule “%(name)s”.": "Die Regel „%(name)s“ gibt es nicht.", "a list": "eine Liste"}


def german(text: str, **details: object) -> str:
    return GERMAN.get(text, text) % details if details else GERMAN.get(text, text)


def test_it_is_text() -> None:
    text = told("There is no rule “%(name)s”.", name="x")
    assert text == "There is no rule “x”." and f"{text} Why?" == "There is no rule “x”. Why?"


def test_it_can_be_said_in_another_language_also_after_a_journey_to_another_process() -> None:
    text = told("There is no rule “%(name)s”.", name=told("a list"))
    for each in (text, pickle.loads(pickle.dumps(text))):
        assert translated(german, each) == "Die Regel „eine Liste“ gibt es nicht."


def test_what_keeps_no_template_stays_as_it_is() -> None:
    assert translated(german, "a list") == "a list" and translated(german, 7) == 7
