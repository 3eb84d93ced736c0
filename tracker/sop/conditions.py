"""The conditions of a document's steps: what they ask for is there, comes earlier, and can be so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise, product

from rapidfuzz import process

from tracker.sop.logic import (
    WORDS,
    YES,
    Compare,
    Condition,
    Value,
    amount,
    comparisons,
    holds,
    keys,
    parse,
)
from tracker.sop.model import Step
from tracker.sop.told import told

RULE = "condition"
MOST_CASES = 20_000  # combinations of answers to try; a condition that needs more is not judged

Fault = tuple[int, str, str, str]  # line, rule, message, what to write instead
Answer = tuple[Value, ...]


def faults(steps: Sequence[Step]) -> Iterator[Fault]:
    """Errors: a condition that asks a step which is not there, itself, or a later one.

    As only earlier steps can be asked, no conditions wait for each other in a circle.
    """
    places = {step.key: place for place, step in enumerate(steps)}
    for place, step in enumerate(steps):
        for key in _asked(step):
            if key not in places:
                near = process.extractOne(key, list(places)[:place], score_cutoff=60)
                hint = (
                    told("Did you mean “%(near)s”?", near=near[0])
                    if near
                    else "Pin the earlier step’s key: {#" + key + "}."
                )
                yield (
                    step.line,
                    RULE,
                    told("The condition asks the step “%(key)s”, which is not there.", key=key),
                    hint,
                )
            elif key == step.key:
                hint = told("Ask an earlier step, or remove the condition.")
                yield step.line, RULE, told("The condition asks the step that it stands on."), hint
            elif places[key] > place:
                hint = told(
                    "Move this step below line %(line)s, or ask an earlier one.", line=steps[places[key]].line
                )
                yield (
                    step.line,
                    RULE,
                    told("The condition asks the step “%(key)s”, which comes later.", key=key),
                    hint,
                )


def impossible(steps: Sequence[Step]) -> Iterator[Fault]:
    """Advice: conditions that can never hold, whatever the steps before answer within their limits."""
    by_key = {step.key: step for step in steps}
    for step in steps:
        if any(key not in by_key or key == step.key for key in _asked(step)) or not _asked(step):
            continue
        condition = parse(step.attributes["when"])
        wrong = [one for one in comparisons(condition) if not _can_be(one, by_key[one.key])]
        for one in wrong:
            sentence = f"“{one.key}” can never be {_written(one)}."
            yield step.line, RULE, sentence, _instead(by_key[one.key])
        if not wrong and not _satisfiable(condition, by_key):
            message = told("The condition “%(when)s” can never hold.", when=step.attributes["when"])
            hint = told("Ask one thing of each step, or join what is asked with “or”.")
            yield step.line, RULE, message, hint


def answers_of(outcome: str | None, cleared: bool, value: Value | None) -> Answer | None:
    """What a step answers: None untouched, else the words that are true of it and the value of its "done".

    A step that failed and was put right is both failed and done. `value`: what was entered when it was done.
    """
    if outcome is None:
        return None
    if not cleared:
        return (outcome,)
    return tuple(dict.fromkeys((YES if value is None else value, outcome, "done")))


def _asked(step: Step) -> tuple[str, ...]:
    when = step.attributes.get("when")
    return keys(parse(when)) if when else ()


def _can_be(one: Compare, asked: Step) -> bool:
    """Whether a comparison alone can be true; of "!=", whether its value can be at all."""
    one = Compare(one.key, "=" if one.op == "!=" else one.op, one.value)
    return any(holds(one, {one.key: answer}) for answer in _answers(asked, [one]))


def _satisfiable(condition: Condition, by_key: Mapping[str, Step]) -> bool:
    asked = keys(condition)
    of_key = {key: [one for one in comparisons(condition) if one.key == key] for key in asked}
    choices = [_answers(by_key[key], of_key[key]) for key in asked]
    cases = 1
    for answers in choices:
        cases *= len(answers)
    if cases > MOST_CASES:
        return True
    return any(holds(condition, dict(zip(asked, case, strict=True))) for case in product(*choices))


def _answers(step: Step, compared: Sequence[Compare]) -> list[Answer]:
    """Answers of a step that stand for all it can give, as far as these comparisons tell them apart."""
    values = [value for value in _values(step, compared) if _within(step, value)]
    done = [(value, "done") for value in values]
    again = [(value, "failed", "done") for value in values]  # failed, then put right
    return [*done, *again, ("skipped",), ("failed",)]


def _values(step: Step, compared: Sequence[Compare]) -> list[Value]:
    kind = step.attributes.get("input", "check")
    if kind == "choice":
        return list(step.attributes.get("options", ()))
    if kind == "number":
        limits = [step.attributes[name] for name in ("min", "max") if name in step.attributes]
        bounds = sorted({n for one in compared if isinstance(n := amount(one.value), float)} | {*limits, 0.0})
        between = [(low + high) / 2 for low, high in pairwise(bounds)]
        return [bounds[0] - 1, *bounds, *between, bounds[-1] + 1]
    if kind == "date":
        days = sorted(
            {n.toordinal() for one in compared if not isinstance(n := amount(one.value), float | None)}
        )
        return [_day(day + shift) for day in days or [700_000] for shift in (-1, 0, 1)]
    if kind in ("text", "scan"):
        written = [shape for one in compared for shape in (one.value, one.value.upper(), one.value.lower())]
        numbers = [
            n + shift for one in compared if isinstance(n := amount(one.value), float) for shift in (-1, 1)
        ]
        return [*written, *(f"{number:.15g}" for number in numbers), "\0"]
    return [YES]


def _day(ordinal: int) -> str:
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal())).isoformat()


def _within(step: Step, value: Value) -> bool:
    """A value outside its limits is kept as failed, so it is no answer."""
    low, high = step.attributes.get("min"), step.attributes.get("max")
    return not isinstance(value, float) or ((low is None or value >= low) and (high is None or value <= high))


def _written(one: Compare) -> str:
    value = f"“{one.value}”" if amount(one.value) is None else one.value
    return value if one.op in ("=", "!=") else f"{one.op} {value}"


def _instead(asked: Step) -> str:
    """What a condition about this step can ask for."""
    given = asked.attributes
    kind = given.get("input", "check")
    if kind == "choice":
        known = ", ".join(given.get("options", ()))
    elif kind == "number":
        limits = [
            f"{sign} {given[name]:.15g}" for sign, name in ((">=", "min"), ("<=", "max")) if name in given
        ]
        known = f"a number {' and '.join(limits)}".strip()
    elif kind == "date":
        known = "a day such as 2026-03-31"
    else:
        known = YES
    return f"It can be: {known}; or {', '.join(WORDS)}."
