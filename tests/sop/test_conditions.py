"""`when=`: what a condition says, what is wrong with one, and which can never hold."""

from __future__ import annotations

import pytest

from tests.sop.conftest import document
from tests.support.conditions import ANSWERS, CASES
from tracker.sop.conditions import answers_of, impossible
from tracker.sop.logic import ConditionError, holds, keys, parse


@pytest.mark.parametrize(("condition", "expected"), CASES)
def test_a_condition_holds_or_not_or_cannot_be_judged_yet(condition: str, expected: bool | None) -> None:
    assert holds(parse(condition), ANSWERS) is expected


def test_the_keys_that_a_condition_asks() -> None:
    assert keys(parse("a = 1 or not (b-2 answered and a > 3) and ü.c = x")) == ("a", "b-2", "ü.c")


@pytest.mark.parametrize(
    ("outcome", "cleared", "value", "expected"),
    [
        (None, False, None, None),
        ("done", True, None, ("yes", "done")),
        ("done", True, "S", ("S", "done")),
        ("skipped", False, None, ("skipped",)),
        ("failed", False, 99.0, ("failed",)),
        ("failed", True, 3.0, (3.0, "failed", "done")),
    ],
)
def test_what_a_step_answers(
    outcome: str | None, cleared: bool, value: str | float | None, expected: tuple[str | float, ...] | None
) -> None:
    assert answers_of(outcome, cleared, value) == expected


@pytest.mark.parametrize(
    ("condition", "message", "hint"),
    [
        ("box", "compared with nothing", "box answered"),
        ("box =", "a value is missing", "box ="),
        ("box = not here", "a value is missing", "'…'"),
        ("= L", "key of a step is missing before “=”", "box = L"),
        ("box = L and", "missing at the end", "box = L"),
        ("box = L S = x", "“=” is not expected", "and, or, not"),
        ("box = L)", "“)” is not expected", "box = L"),
        ("(box = L", "bracket is open", "missing “)”"),
        ("box = 'L", "can’t be read", "Close the quotes"),
        ("box ! L", "“!” can’t be read", "box = L"),
        ("weigh > 5 kg", "neither more nor less", "without its unit"),
        ("weigh > heavy", "neither more nor less", "a number"),
        ("(" * 400 + "a = b" + ")" * 400, "nested too deeply", "Split"),
        ("not " * 200 + "a = b", "nested too deeply", "Split"),
    ],
)
def test_what_cannot_be_read_says_what_to_write(condition: str, message: str, hint: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(condition)
    assert message in str(caught.value) and hint in caught.value.hint


BOX = """\
1. Choose the box {{#box input=choice options="S, M, L"}}
2. Weigh it {{#weigh input=number min=20 max=3000}}
3. Note the code {{#code input=text}}
4. Note the day {{#day input=date}}
5. Seal it {{#seal}}
6. Add padding {{#pad {}}}
7. Hand it over {{#hand}}
"""


@pytest.mark.parametrize(
    ("when", "message", "hint"),
    [
        ('when="boxx = L"', "“boxx”, which is not there", "“box”"),
        ('when="crate = L"', "“crate”, which is not there", "{#crate}"),
        ('when="hand = yes"', "“hand”, which comes later", "line 7"),
        ('when="pad = yes"', "the step that it stands on", "earlier"),
        ('when="box"', "compared with nothing", "box answered"),
        ("when=''", "can't be used", 'when="…"'),
    ],
)
def test_a_wrong_condition_is_an_error_with_its_line(when: str, message: str, hint: str) -> None:
    found = document(BOX.format(when)).errors
    assert [problem.line for problem in found] == [6]
    assert message in found[0].message and hint in found[0].hint


def test_conditions_cannot_wait_for_each_other() -> None:
    doc = document('1. Open {#a when="b = yes"}\n2. Close {#b when="a = yes"}\n')
    assert [(problem.line, problem.rule) for problem in doc.errors] == [(1, "condition")]


def test_a_condition_may_ask_a_key_made_from_the_text() -> None:
    doc = document('1. Open the gate\n2. Close it {when="open-the-gate = skipped"}\n')
    assert doc.steps[0].key == "open-the-gate" and not doc.errors


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("box = XL", "“box” can never be “XL”"),
        ("box != XL", "“box” can never be “XL”"),
        ("box = S or box = XL", "“box” can never be “XL”"),
        ("weigh > 3000", "“weigh” can never be > 3000"),
        ("weigh = 5", "“weigh” can never be 5"),
        ("weigh = heavy", "“weigh” can never be “heavy”"),
        ("seal = no", "“seal” can never be “no”"),
        ("seal > 3", "“seal” can never be > 3"),
        ("day < 5", "“day” can never be < 5"),
        ("box = S and box = L", "can never hold"),
        ("weigh < 100 and weigh > 200", "can never hold"),
        ("code = x and code = y", "can never hold"),
        ("seal = yes and not seal answered", "can never hold"),
        ("day > 2026-03-31 and day < 2026-01-01", "can never hold"),
    ],
)
def test_a_condition_that_can_never_hold(condition: str, message: str) -> None:
    doc = document(BOX.format(f'when="{condition}"'))
    found = list(impossible(doc.steps))
    assert [(line, rule) for line, rule, _, _ in found] == [(6, "condition")] and not doc.errors
    assert message in found[0][2] and found[0][3]


@pytest.mark.parametrize(
    "condition",
    [
        "box = s",
        "box = failed",
        "weigh = skipped or weigh = failed",
        "weigh > 2999.5 and weigh < 3000",
        "weigh = failed and weigh < 100",
        "code = x or code = y",
        "code > 5 and code < 7",
        "code != x and code != y",
        "day > 2026-03-30 and day < 2026-04-01",
        "seal = yes and not (box = S or box = M) and weigh >= 3000",
    ],
)
def test_a_condition_that_can_hold(condition: str) -> None:
    doc = document(BOX.format(f'when="{condition}"'))
    assert list(impossible(doc.steps)) == [] and not doc.errors
