"""A phone judges as the server does: the same cases through Python and through its scripts, in a browser."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page

from tests.support import conditions
from tracker.domain import numbers
from tracker.domain.records import values
from tracker.domain.runs.progress import (
    StepState,
    current,
    is_complete,
    mark,
    step_states,
    tally,
    untouched,
    wholes,
)
from tracker.errors import InvalidError
from tracker.models import Record, SignOff, Step, subject_key
from tracker.sop import patterns, portable
from tracker.sop.numbering import numbers as numbering
from tracker.sop.text import fold
from tracker.web.runs.definition import of_step

pytestmark = pytest.mark.browser
SCRIPTS = Path(__file__).parents[2] / "tracker/static/phone"
CASES = 600
KINDS = ["check", "number", "choice", "text", "scan", "date", "photo", "signature"]
TYPED = [
    "", " ", "yes", "l", "L ", "XL", "own  carton", "5", "500", "500,5", "0.1", "−3", "1.500", "1,500",
    "1.234,5", "1 500", "1’000", "٣", "12e3", "about 3", "0", "-0", "000", "30000", "0,125",
    "123456789012345", "1234567890123456", "0.1234567891", "2026-03-31", "2026-02-29", "2026-W13-2",
    "20260331", "TOTE-99", "tote‑99", "order 1042", "1042", "\x1d1042\r", "ſtraße", "STRASSE",
    "a\r\nb", "x" * 2001, "AB-12", "²", "½",
    "1e999", "1e-9", "NaN", "nan", "Infinity", "-inf", "0x10", "1_000", "+5", "--5", "+-5", "-", ".",
    ",5", ".5", "5.", "5,", "1,2,3", "1.2.3", "1.000.000", "1,000,000.5", "1 000 000", "1\u202f000",
    "0 500", "00.5", "１２", "१२,५", "-٣", "−０．５", "1٫5", "𝟓", "\U0001fbf5", "߅", "⑤", "5\u20e3",
    "\u200b5",
    "\ufeff5", "\u202e5", "\u20285", "5\u2029", "\x005", "\x1c5", "\x855", "9" * 41, "9" * 100_000,
    "-0.0", "-0,000", "0.0000000001", "0000-01-01", "9999-12-31", "10000-01-01", "2026-13-01",
    "2026-00-10", "2026-3-1", "2026-03-31T00:00", "２０２６-03-31", "2026-W54-1", "2026-03-31 ", "2024-02-29",
    "1900-02-29", "-2026-03-31", "2026−03−31", "__proto__", "constructor", "toString", "CONSTRUCTOR",
    "<b>x</b>", "{{ 7*7 }}", "%(x)s %s", "\u202egnp.exe", "a\u2028b", "a\x1cb", "a\fb", "a\x0bb",
    "a\x85b", "\u200b", "\ufeff", "\u3164", "x" * 2000, "😀" * 2000, "e\u0301", "é", "ﬁ", "İ", "ß",
]  # fmt: skip
NOWHERE = ("nowhere", "constructor", "toString")
"""Keys of no step, also such as every object has in JavaScript."""

ZONES = {"": ".", "Europe/Berlin": ",", "America/New_York": "."}


@pytest.fixture(scope="module")
def phone_page(chromium: Browser) -> Iterator[Page]:
    """A page that has the phone's scripts, and nothing else."""
    with chromium.new_context() as context:
        page = context.new_page()
        page.route(
            "http://phone.test/",
            lambda route: route.fulfill(content_type="text/html", body="<!doctype html>"),
        )
        page.route("**/*.js", lambda route: route.fulfill(path=SCRIPTS / route.request.url.rsplit("/", 1)[1]))
        page.goto("http://phone.test/")
        yield page


def judged(page: Page, script: str, cases: list[Any]) -> list[Any]:
    """What the scripts say of each case; `script` is a function of the modules and one case."""
    found: list[Any] = page.evaluate(
        f"""async (cases) => {{
            const [logic, texts] = await Promise.all([import("/logic.js"), import("/texts.js")]);
            const both = {{ ...logic, ...texts }};
            return cases.map((one) => ({script})(both, one));
        }}""",
        cases,
    )
    return found


def step(key: str, position: int = 0, parent: str | None = None, depth: int = 1, **asked: Any) -> Step:
    return Step(
        id=position, revision_id=1, key=key, position=position, parent=parent, depth=depth, text=key, html="",
        recovery="", attributes=asked,
    )  # fmt: skip


def some_condition(dice: random.Random, keys: list[str], depth: int = 0) -> str:
    if depth < 3 and dice.random() < 0.4:
        parts = [some_condition(dice, keys, depth + 1) for _ in range(2)]
        return dice.choice([f"({' and '.join(parts)})", f"({' or '.join(parts)})", f"not {parts[0]}"])
    op = dice.choice(["=", "!=", "<", "<=", ">", ">="])
    amounts = ["500", "500,0", "0", "-3", "2026-03-31"]
    words = [*amounts, "yes", "done", "skipped", "failed", "l", "'Own carton'", "ſTRASSE"]
    return f"{dice.choice([*keys, *NOWHERE])} {op} {dice.choice(words if op in ('=', '!=') else amounts)}"


def some_steps(dice: random.Random) -> list[Step]:
    steps: list[Step] = []
    for n in range(dice.randint(1, 9)):
        over = dice.choice(steps) if steps and dice.random() < 0.4 else None
        asked: dict[str, Any] = {
            name: True
            for name, often in (("critical", 0.35), ("optional", 0.2), ("verify", 0.2))
            if dice.random() < often
        }  # fmt: skip
        asked["input"] = kind = dice.choice(
            ["check", "number", "choice", "text", "scan", "date", "photo", "signature"]
        )
        if kind == "number":
            asked |= {"min": dice.choice([None, 0, 20.5]), "max": dice.choice([None, 500, 20.5]), "unit": "g"}
            asked = {name: value for name, value in asked.items() if value is not None}
        if kind == "choice":
            asked["options"] = ["L", "own carton", "yes"]
        if steps and dice.random() < 0.4:
            asked["when"] = some_condition(dice, [one.key for one in steps])
        key = "valueOf" if n == 1 else f"s{n}"
        steps.append(step(key, n, over and over.key, over.depth + 1 if over else 1, **asked))
    return steps


def some_records(dice: random.Random, steps: list[Step]) -> list[Record]:
    records: list[Record] = []
    for _ in range(dice.randint(0, 12)):
        of, kind = dice.choice(steps), dice.choice(["done", "done", "done", "skipped", "failed", "undone"])
        entry = Record(id=UUID(int=dice.getrandbits(128)), step_key=of.key, kind=kind)
        if kind == "undone":
            entry.cancels_id = dice.choice(records).id if records else None
        if kind == "done":
            try:
                entry.value, outside = values.typed_value(of, dice.choice(TYPED))
                entry.kind = "failed" if outside else "done"
            except InvalidError:
                entry.value = None
        records.append(entry)
    return records


def told(state: StepState) -> dict[str, Any]:
    """A state as the scripts tell it."""
    return {
        "key": state.step.key, "outcome": state.outcome, "cleared": state.cleared,
        "overridden": state.overridden, "blockedBy": state.blocked_by, "applies": state.applies,
        "records": [str(r.id) for r in state.records],
        "done": str(state.done.id) if state.done else None, "signed": state.signed is not None,
        "unsigned": state.unsigned, "holdsUp": state.holds_up, "putRight": state.put_right,
        "recovered": state.recovered, "omittable": state.omittable,
    }  # fmt: skip


def test_the_states_of_a_run_are_the_same(phone_page: Page) -> None:
    cases, expected = [], []
    for seed in range(CASES):
        dice = random.Random(seed)
        steps = some_steps(dice)
        records = some_records(dice, steps)
        overridden = [one.key for one in steps if dice.random() < 0.1]
        signed = [record.id for record in records if record.kind == "done" and dice.random() < 0.4]
        states = step_states(steps, records, overridden, [SignOff(record_id=id) for id in signed])
        names = numbering(steps)
        now = current(states)
        expected.append({
            "states": [told(state) for state in states],
            "current": now and now.step.key,
            "untouched": [state.step.key for state in untouched(states)],
            "tally": [list(tally(states)), list(tally(states, "done")), list(tally(states, "cancelled"))],
            "complete": is_complete(states),
            "marks": [list(mark(whole, now and now.step.key)) for whole in wholes(states)],
        })  # fmt: skip
        cases.append({
            "steps": [of_step(one, names[one.key]) for one in steps],
            "records": [
                {"id": str(r.id), "step": r.step_key, "kind": r.kind, "value": r.value,
                 "cancels": r.cancels_id and str(r.cancels_id)} for r in records
            ],
            "overridden": overridden, "signed": [str(id) for id in signed],
        })  # fmt: skip
    found = judged(
        phone_page,
        """(logic, { steps, records, overridden, signed }) => {
            const states = logic.stepStates(steps, records, overridden, signed);
            const tally = (of) => [
                of.done, of.afterFailure, of.afterSkip, of.skipped, of.failed, of.all, of.notNeeded, of.share,
                of.omitted, of.failedPutRight, of.skippedPutRight,
            ];
            const told = ({ step, last, ...state }) => ({
                ...state, records: state.records.map(({ id }) => id), done: state.done?.id ?? null,
            });
            return {
                states: states.map(told), current: logic.current(states)?.key ?? null,
                untouched: logic.untouched(states).map(({ key }) => key),
                complete: logic.isComplete(states),
                marks: logic.wholes(states).map((whole) => logic.mark(whole, logic.current(states)?.key)),
                tally: ["open", "done", "cancelled"].map((state) => tally(logic.tally(states, state))),
            };
        }""",
        cases,
    )
    wrong = [seed for seed in range(CASES) if found[seed] != expected[seed]]
    assert not wrong, (wrong, cases[wrong[0]], found[wrong[0]], expected[wrong[0]])
    seen = {
        name: {one[name] for case in expected for one in case["states"]}
        for name in ("outcome", "applies", "blockedBy")
    }
    assert len(seen["outcome"]) == 4 and seen["applies"] == {True, False, None} and len(seen["blockedBy"]) > 4


def test_the_projects_own_conditions_are_judged_the_same(phone_page: Page) -> None:
    given = [portable.condition(text) for text, _ in conditions.CASES]
    found = judged(phone_page, f"(logic, one) => logic.holds(one, {json.dumps(conditions.ANSWERS)})", given)
    assert [(text, one) for (text, _), one in zip(conditions.CASES, found, strict=True)] == conditions.CASES


def test_what_is_typed_is_read_the_same(phone_page: Page) -> None:
    kinds: list[dict[str, Any]] = [
        {}, {"input": "number"}, {"input": "number", "unit": "g", "min": 20.5, "max": 30000},
        {"input": "choice", "options": ["L", "own carton", "Straße"]},
        {"input": "choice", "options": ["constructor", "__proto__", "<b>x</b>", "é", "1,000,000.5"]},
        {"input": "number", "min": 0.1, "max": 0.1},
        {"input": "text"}, {"input": "text", "pattern": "[A-Z]{2}-[0-9]+"}, {"input": "date"},
        {"input": "scan"},
        {"input": "signature"}, {"input": "photo"},
    ]  # fmt: skip
    cases, expected = [], []
    for asked in kinds:
        for text in TYPED:
            for zone, sign in ZONES.items():
                one = step("s", **asked)
                cases.append([of_step(one, "1"), text, sign])
                try:
                    value, outside = values.typed_value(one, text, zone)
                    expected.append([value, outside])
                except InvalidError as error:
                    expected.append([error.details.get("first"), error.details.get("second")])
                assert numbers.decimal_mark(zone) == sign
    script = """(logic, [step, text, mark]) => {
        const { problem, value, outside, first, second } = logic.typedValue(step, text, mark);
        return problem ? [first ?? null, second ?? null] : [value, outside];
    }"""
    found = judged(phone_page, script, cases)
    differs = [
        (case, one, other) for case, one, other in zip(cases, found, expected, strict=True) if one != other
    ]
    # a phone's field for days gives them in one way only
    assert [one for one in differs if one[0][0].get("input") != "date"] == []
    assert {one[0][1] for one in differs} <= {"2026-W13-2", "20260331"}


def test_texts_are_the_same_by_the_same_rule(phone_page: Page) -> None:
    """Every letter that both know: a browser may know younger ones than Python does."""
    letters = [chr(code) for code in range(0x10000) if not 0xD800 <= code <= 0xDFFF]
    found = judged(phone_page, "(logic, one) => logic.fold(one)", letters)
    differs = [letter for letter, one in zip(letters, found, strict=True) if one != fold(letter)]
    young = judged(phone_page, r"(logic, one) => /\p{Lu}|\p{Lt}|\p{Lm}/u.test(one)", differs)
    assert len(differs) < 20 and all(young) and not any(ord(letter) < 0x1C00 for letter in differs)
    texts = ["Özlem  STRAẞE", "order 1042", "ORDER ﬁ‑1", "ΑΣ ας", "İbrahim IŞIL", "\u200bA\u00ad B "]
    keys = judged(phone_page, "(logic, one) => logic.subjectKey(one, 'Order')", texts)
    assert keys == [subject_key(text, "Order") for text in texts]


def test_a_pattern_finds_the_same_where_a_phone_is_given_one(phone_page: Page) -> None:
    some = [
        "[A-Z]{2}-[0-9]+", r"\d{4}-\d+", r"\w+@\w+\.de", "(a|bc)?x+", "[^/]+", "TOTE-.*", r"[\w-]+",
        "(ab){1,3}?c", "..", r"A\+B", "x|y|", "[]a]+", "é+", "(a+|b){2}",
        r"\W", "(?i)abc", "^a$", r"\s+", r"(a)\1", "a++", "(?=a)a",
    ]  # fmt: skip
    texts = [*TYPED, "ü@x.de", "bcxx", "aa", "ababc", "A+B", "😀x", "]a", "ééé", "aab", "٢٠٢٦-1", "a"]
    given = [(pattern, portable.pattern(pattern)) for pattern in some]
    assert [pattern for pattern, there in given if there is None] == some[14:]
    cases = [(pattern, there, text) for pattern, there in given if there for text in texts]
    script = """(logic, [pattern, text]) =>
        logic.typedValue({ input: "text", pattern }, text).problem === undefined"""
    found = judged(phone_page, script, [[there, text] for _, there, text in cases])
    expected = [
        bool(values.plain(step("s"), text)) and patterns.matches(pattern, values.plain(step("s"), text))
        for pattern, _, text in cases
    ]
    wrong = [case for case, one, other in zip(cases, found, expected, strict=True) if one != other]
    assert wrong == []
