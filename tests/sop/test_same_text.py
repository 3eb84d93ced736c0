"""Texts that look the same are one text, and lists are in the order in which people look."""

from __future__ import annotations

import random
import sys
import unicodedata

import pytest

from tracker.sop.ordering import order_key
from tracker.sop.text import clean, fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("TOTE-99", "tote-99"),
        ("ＣＡＳＥ-1", "case-1"),
        ("CASE‑1", "case-1"),
        ("PO–7", "po-7"),
        ("Köln  Nord", "Ko\u0308ln\u00a0nord"),
        ("STRASSE", "straße"),
        ("İbrahim", "ibrahim"),
        ("IŞIL", "ışıl"),
        ("ΟΔΟΣ", "οδος"),
        ("ｶﾞｽ", "ガス"),
        ("evil\u202egpj", "EVILgpj"),
        ("so\u00adft\u200b", "soft"),
        ("Peter’s", "peter's"),
        ("می\u200cخواهم", "میخواهم"),
        ("☎\ufe0f", "☎"),
    ],
)
def test_what_looks_the_same_is_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Müller", "Muller"), ("A1", "A 1"), ("7", "07"), ("か", "が"), ("-12", "12")]
)
def test_what_differs_stays_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_every_letter_is_the_same_in_every_form_and_folding_again_changes_nothing() -> None:
    chance = random.Random(16)
    letters = [*range(1, 0x3000), *chance.sample(range(0xE000, sys.maxunicode), 5_000)]
    for letter in map(chr, letters):
        key = fold(letter)
        assert fold(key) == key
        assert {fold(unicodedata.normalize(form, letter)) for form in ("NFC", "NFD")} == {key}
        assert {fold(letter.upper()), fold(letter.lower())} == {key}


def test_what_is_stored_stays_as_typed_but_for_what_nobody_sees() -> None:
    assert clean(" TOTE‑99\x00 ".replace("\x00", "\x07")) == "TOTE‑99"
    assert clean("evil\u202egpj.exe") == "evilgpj.exe" and clean("a\tb\nc") == "a b c"
    assert clean("Ko\u0308ln  Nord") == "Köln Nord"
    assert clean("می\u200cخواهم 👩\u200d🔧") == "می\u200cخواهم 👩\u200d🔧"


def test_lists_are_in_the_order_in_which_people_look() -> None:
    ordered = [
        "-", "Ahorn", "Äpfel", "Apfelmus", "Ärger", "Bad", "ice", "Lane", "lane 2", "Lane 02b", "Lane 10",
        "Łódź", "Oslo", "Øst", "strasse", "Straße 3", "Zebra", "Ангар", "Яма", "Ямб", "片 ２", "片 10",
    ]  # fmt: skip
    mixed = ordered[:]
    random.Random(7).shuffle(mixed)
    assert sorted(mixed, key=order_key) == ordered
    assert order_key("9" * 5000) and order_key("٣") < order_key("12")
