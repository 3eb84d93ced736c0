"""Numbers and shares as each language writes them."""

from __future__ import annotations

import pytest

from tracker.sop.badges import number
from tracker.words import figures
from tracker.words.voice import Texts

NB, NNB = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("language", "amount", "percent", "least", "points"),
    [
        ("en", f"30{NNB}000.5", "7.5%", "<0.1%", "0.4"),
        ("de", f"30{NNB}000,5", f"7,5{NB}%", f"<0,1{NB}%", "0,4"),
        ("es", f"30{NNB}000,5", f"7,5{NB}%", f"<0,1{NB}%", "0,4"),
        ("fr", f"30{NNB}000,5", f"7,5{NB}%", f"<0,1{NB}%", "0,4"),
        ("pl", f"30{NNB}000,5", "7,5%", "<0,1%", "0,4"),
    ],
)
def test_figures(language: str, amount: str, percent: str, least: str, points: str) -> None:
    texts = Texts(language)
    assert figures.amount(texts, 30000.5) == amount
    assert figures.percent(texts, 0.075) == percent and figures.percent(texts, 0.0001) == least
    assert figures.points(texts, 0.004) == points


def test_what_is_no_number_stays_as_it_is() -> None:
    assert [figures.amount(Texts("de"), value) for value in ("1.5", True, "A.4")] == ["1.5", "True", "A.4"]


def test_limits_are_written_with_the_mark_of_the_language() -> None:
    assert number(0.5) == "0.5"
    assert number(2500.5, lambda text, **details: "1,5" if text == "1.5" else text) == f"2{NNB}500,5"
