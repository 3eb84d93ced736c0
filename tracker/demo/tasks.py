"""The steps of a revision as plain values: the demo reads them a quarter of a million times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracker.models import Step
from tracker.sop.logic import Condition, keys, parse


@dataclass(frozen=True, slots=True)
class Task:
    """A step; `takes` in seconds, `asked` the keys of the steps that its condition `when` asks."""

    key: str
    parent: str | None
    input: str
    critical: bool
    optional: bool
    takes: float | None
    when: Condition | None
    asked: tuple[str, ...]
    attributes: Mapping[str, Any]


def task(step: Step) -> Task:
    """The step as a task."""
    given = step.attributes
    when = parse(given["when"]) if given.get("when") else None
    return Task(
        step.key,
        step.parent,
        step.input,
        step.critical,
        step.optional,
        given.get("takes"),
        when,
        keys(when) if when else (),
        given,
    )
