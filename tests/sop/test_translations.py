"""A translation shares the keys of its original: found by structure, and never a wrong pair."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tracker.sop.model import Document
from tracker.sop.parse import read
from tracker.sop.translations import check, keys, original_of, originals

ENGLISH = """\
---
id: pick
---
1. Scan the tote {#scan .critical input=scan}
2. Weigh the parcel {input=number unit=pieces}

    !!! recovery "Weight is off"
        Count again.

3. Choose the box
    1. Fold it
    2. Tape it
4. Hand it over
"""
POLISH = """\
1. Zeskanuj pojemnik {#scan .critical input=scan}
2. Zważ paczkę {input=number unit=sztuk}

    !!! recovery "Waga się nie zgadza"
        Policz ponownie.

3. Wybierz karton
    1. Złóż go
    2. Zaklej go
4. Przekaż dalej
"""


def pair(english: str, polish: str) -> tuple[Document, Document]:
    return read(dedent(english).lstrip("\n"), "pick.md"), read(dedent(polish).lstrip("\n"), "pick.pl.md")


def told(english: str, polish: str) -> list[tuple[int, str]]:
    both = pair(english, polish)
    return [(problem.line, problem.message) for problem in check(both, lambda path: False)]


@pytest.mark.parametrize(
    ("path", "language"),
    [("a/pick.pl.md", "pl"), ("a/pick.pt-BR.md", "pt-BR"), ("a/pick.zh_Hans.md", "zh-Hans"),
     ("a/pick.szl.md", "szl"), ("a/pick.md", None), ("a/pick.v2.md", None), ("a/pick.old.md", None),
     ("a/pack.pl.md", None), ("a/pick.pl.de.md", None), ("a/.pl.md", None), ("a/pick.PL.md", None)],
)  # fmt: skip
def test_a_translation_is_told_by_its_name_and_its_original(path: str, language: str | None) -> None:
    there = {"a/pick.md", "a/pick.pl.md", "a/.md"}
    assert original_of(path, there.__contains__) == (("a/pick.md", language) if language else None)


def test_keys_follow_the_structure() -> None:
    english, polish = pair(ENGLISH, POLISH)
    assert keys(english.steps, polish.steps) == [step.key for step in english.steps]
    assert told(ENGLISH, POLISH) == []


def test_a_missing_step_leaves_those_that_can_be_told() -> None:
    english, polish = pair(ENGLISH, POLISH.replace("1. Zeskanuj pojemnik {#scan .critical input=scan}\n", ""))
    assert keys(english.steps, polish.steps) == [step.key for step in english.steps[1:]]
    problems = told(english.source, polish.source)
    assert len(problems) == 1 and "“Scan the tote” (pick.md:4) is not translated" in problems[0][1]


def test_what_could_be_any_step_gets_none() -> None:
    english, polish = pair("- [ ] Open it\n- [ ] Read it\n- [ ] Close it\n", "- [ ] Otwórz\n- [ ] Zamknij\n")
    assert not set(keys(english.steps, polish.steps)) & {step.key for step in english.steps}
    told_once = [(1, "Here are 2 steps, in pick.md 3: which is which can’t be told.")]
    assert told(english.source, polish.source) == told_once


def test_a_pinned_key_wins_over_the_place() -> None:
    english = "1. Open it {#open}\n2. Read it {#read}\n3. Close it {#close}\n"
    polish = "1. Zamknij {#close}\n2. Otwórz {#open}\n"
    both = pair(english, polish)
    assert keys(both[0].steps, both[1].steps) == ["close", "open"]
    assert ["Read it" in message for _, message in told(english, polish)] == [True]


def test_a_key_of_its_own_never_takes_one_of_the_original() -> None:
    english, polish = pair("1. Stop\n2. Go\n3. Run\n", "1. Go\n2. Stop\n")
    assert keys(english.steps, polish.steps) == ["go-2", "stop-2"]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        (".critical input=scan", "input=scan", 1, "other attributes than in pick.md:4: critical."),
        ("input=number unit=sztuk", "input=text", 2, "other attributes than in pick.md:5: input, unit."),
        ("{#scan ", "{#skan ", 1, "“skan” is “scan” in pick.md:4."),
        ('!!! recovery "Waga się nie zgadza"', '!!! note "Waga"', 2, "no recovery block"),
        ("4. Przekaż dalej", "    3. Przekaż dalej", 0, "can’t be told"),
    ],
)
def test_differences_are_told(old: str, new: str, line: int, said: str) -> None:
    problems = told(ENGLISH, POLISH.replace(old, new))
    assert any(said in message and line in (0, where) for where, message in problems), problems


def test_a_translation_without_steps_is_told_once() -> None:
    problems = told(ENGLISH, "Zeskanuj pojemnik i zważ paczkę.\n")
    assert len(problems) == 1 and "No steps are found here" in problems[0][1]


def test_another_id_is_told() -> None:
    assert "The id “zbieranie”" in told(ENGLISH, "---\nid: zbieranie\n---\n" + POLISH)[0][1]


def test_a_language_alone_is_a_document_of_its_own() -> None:
    assert originals(["pick.pl.md", "pack.md"]) == {}
    assert list(check([read(POLISH, "pick.pl.md")], lambda path: False)) == []


def test_real_documents_have_the_keys_of_themselves(corpus: Path, reading) -> None:  # type: ignore[no-untyped-def]
    for path in list(reading.documents(corpus))[::4]:
        steps = read(path.read_bytes(), path.name).steps
        assert keys(steps, steps) == [step.key for step in steps], path
