"""Attribute lists in braces: what they set, and what a wrong one says."""

from __future__ import annotations

import pytest

from tests.sop.conftest import document


def test_attributes_are_typed_and_do_not_show() -> None:
    doc = document("""
        # Pack
        1. Weigh it {#weigh .critical input=number unit=g min=20 max=3e4 takes=1m30s at-least=5s}
        2. Choose the box {input=choice options=“small, large” when='fragile = yes' role=lead .verify}
        - [ ] Seal it {#seal .optional}
    """)
    weigh, choose, seal = doc.steps
    assert (weigh.key, weigh.pinned) == ("weigh", True)
    assert weigh.attributes == {
        "critical": True,
        "input": "number",
        "unit": "g",
        "min": 20.0,
        "max": 30000.0,
        "takes": 90,
        "at-least": 5,
    }
    assert choose.attributes["options"] == ("small", "large")
    assert choose.attributes["when"] == "fragile = yes" and choose.attributes["verify"]
    assert (seal.key, seal.attributes) == ("seal", {"optional": True})
    assert doc.takes == 90
    assert "{" not in doc.html + "".join(step.html + step.text for step in doc.steps)
    assert 'class="step critical"' in doc.html


def test_a_numbered_heading_takes_attributes() -> None:
    doc = document("# Run\n## 1. Open the gate {#gate .critical}\n## 2. Close the gate\n")
    assert doc.steps[0].key == "gate" and doc.steps[0].text == "1. Open the gate"
    assert 'id="sop:gate"' in doc.html


@pytest.mark.parametrize(
    ("braces", "message", "hint"),
    [
        ("{min=abc input=number}", "min=abc", "min=20"),
        ("{input=number min=5 max=1}", "greater", "Swap"),
        ("{input=number options=a,b}", "options", "input=choice"),
        ("{input=dropdown}", "dropdown", "choice"),
        ("{input=choice}", "no options", 'options="first, second"'),
        ("{.critcal}", ".critcal", ".critical"),
        ("{inptu=text}", "inptu", "input"),
        ("{takes=soon}", "takes=soon", "takes=20s"),
        ('{input=text pattern="["}', "pattern", "regular expression"),
        ("{#a!b}", "a!b", "letters"),
        ("{input=number match=subject}", "match", "input=scan"),
        ("{input=scan match=order}", "match=order", "match=subject"),
        ('{meaning="It is right."}', "nobody signs", ".verify"),
        ("{.verify meaning=}", "meaning=", 'meaning="…"'),
    ],
)
def test_a_wrong_attribute_is_an_error_with_its_line(braces: str, message: str, hint: str) -> None:
    doc = document(f"# Pack\n\n1. Open\n2. Weigh it {braces}\n")
    assert [(p.line, p.rule) for p in doc.errors] == [(4, "attributes")]
    assert message in doc.errors[0].message and hint in doc.errors[0].hint


def test_two_steps_with_one_key() -> None:
    doc = document("1. Open {#a}\n2. Close {#a}\n")
    assert doc.errors[0].line == 2 and "lines 1 and 2" in doc.errors[0].message
    assert len({step.key for step in doc.steps}) == 2


@pytest.mark.parametrize(
    "text", ["Deploy {version}", "Set {a: 1}", "Write { } here", "Run `x {.y}`", "Say {#}"]
)
def test_other_braces_survive(text: str) -> None:
    doc = document(f"1. {text}\n")
    assert doc.steps[0].text == text.replace("`", "") and not doc.errors


@pytest.mark.parametrize("pattern", ["[A-Z]{2}[0-9]+", "[^ ]{4}", "(a|b){1,3}"])
def test_a_quoted_value_may_hold_braces(pattern: str) -> None:
    for quoted in (f'"{pattern}"', f"'{pattern}'"):
        [step] = document(
            f"1. Scan {{version}} of it {{#scan input=text pattern={quoted} takes=20s}}\n"
        ).steps
        assert (step.key, step.text) == ("scan", "Scan {version} of it")
        assert (step.attributes["pattern"], step.attributes["takes"]) == (pattern, 20)
