"""Headings have ids of their own in every script, and keep those that Latin ones have had."""

from __future__ import annotations

import re

import pytest
from markdown.extensions.toc import slugify

from tracker.sop import parse
from tracker.sop.text import heading_id


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Подготовка", "Проверка"),
        ("Προετοιμασία", "Έλεγχος"),
        ("准备", "检查"),
        ("準備する", "箱を 確認"),
        ("التحضير", "الفحص"),
        ("הכנה", "בדיקה"),
        ("तैयारी", "जाँच"),
        ("การเตรียม", "ตรวจสอบ"),
    ],
)
def test_headings_of_every_script_have_their_own_ids(one: str, two: str) -> None:
    text = f"## {one}\n\n1. Take the box.\n2. Put it down.\n\n## {two}\n\nText.\n\n## {one}\n\nMore.\n"
    ids = re.findall(r'<h2 id="sop:([^"]*)"', parse.read(text, "a.md").html)
    assert ids == [heading_id(one), heading_id(two), f"{heading_id(one)}_1"]
    assert len(heading_id(one)) >= len(one.replace(" ", ""))


@pytest.mark.parametrize(
    "text",
    ["Why this matters", "Größe & mehr", "Étape 2: payé", "C'est ça", "snake_case — and dash", "7. Łódź"],
)
def test_latin_headings_keep_their_ids(text: str) -> None:
    assert heading_id(text, "-") == slugify(text, "-")


def test_a_written_id_stays() -> None:
    assert '<h2 id="sop:check"' in parse.read("## Проверка {#check}\n\n1. A b.\n", "a.md").html
