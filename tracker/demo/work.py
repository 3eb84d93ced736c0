"""One run of the demo, step by step, as lines of a history that `holdfast import` reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import exp
from random import Random

from tracker.demo import answers, plants, reasons
from tracker.demo.days import Job
from tracker.demo.tasks import Task
from tracker.sop.conditions import Answer, answers_of
from tracker.sop.logic import holds

USUAL = {"skipped": 0.004, "failed": 0.004, "omitted": 0.002}
CRITICAL = {"skipped": 0.0, "failed": 0.0015, "omitted": 0.0004}
STRICT = 0.3
"""Share of that in SOPs that tolerate little."""

OPTIONAL = 0.15
SPREAD = 0.35

Line = tuple[str, ...]


@dataclass(slots=True)
class Worked:
    """A run on its way: its lines, what was answered, and what time it is."""

    job: Job
    ref: str
    revision: str
    subject: str
    at: datetime
    lines: list[Line] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Answer | None] = field(default_factory=dict)
    not_here: set[str] = field(default_factory=set)

    def add(self, step: Task, outcome: str, reason: str = "", value: str = "") -> None:
        at = self.at.isoformat(timespec="milliseconds")
        self.lines.append(
            (
                self.ref, self.job.sop, self.revision, self.subject, self.job.location,
                step.key, outcome, reason, value, self.job.person, at,
            )
        )  # fmt: skip


def work(
    chance: Random,
    job: Job,
    steps: Sequence[Task],
    *,
    ref: str,
    revision: str,
    subject: str,
    at: datetime,
    pace: float,
    strict: bool,
) -> Worked:
    """Do a run from `at` on; `pace` is how long its person takes, 1 for as long as the SOP says."""
    run = Worked(job, ref, revision, subject, at)
    hasty = _hasty(chance, job)
    stumbles = _stumble(chance, job)
    for step in steps:
        if not _applies(run, step):
            run.not_here.add(step.key)
            run.answers[step.key] = None
            run.add(step, "na")
            continue
        if step.optional and chance.random() > OPTIONAL:
            run.answers[step.key] = None
            run.add(step, "na")
            continue
        run.at += _takes(chance, step, pace, hasty)
        _do(chance, run, step, "failed" if step.key == stumbles else _becomes(chance, job, step, strict))
    return run


def _do(chance: Random, run: Worked, step: Task, outcome: str) -> None:
    """Write down what became of a step; one that failed is mostly put right, a critical one always."""
    sop, ago, value = run.job.sop, run.job.ago, ""
    if outcome in ("skipped", "failed"):
        missed = answers.outside(chance, step) if outcome == "failed" and step.input == "number" else ("", "")
        run.add(step, outcome, missed[1] or reasons.reason(chance, sop, step, outcome, ago), missed[0])
    cleared = outcome == "done" or (outcome == "failed" and (step.critical or chance.random() < 0.6))
    if cleared:
        if outcome == "failed":
            run.at += timedelta(seconds=chance.uniform(40, 300))
        value = answers.answer(chance, step, sop, run.given, run.at.date())
        run.given[step.key] = value
        run.add(step, "done", "", value)
    if outcome == "omitted":
        run.add(step, "omitted")
    known = float(value) if step.input == "number" and value else value or None
    run.answers[step.key] = None if outcome == "omitted" else answers_of(outcome, cleared, known)


def _applies(run: Worked, step: Task) -> bool:
    if step.parent in run.not_here:
        return False
    answers = {key: run.answers[key] for key in step.asked if key in run.answers}
    return step.when is None or bool(holds(step.when, answers))


def _becomes(chance: Random, job: Job, step: Task, strict: bool) -> str:
    """What becomes of a step: by its planted weakness, else done but for what always happens."""
    rates = CRITICAL if step.critical else USUAL
    weak = plants.weak(job.sop, step.key, job.ago)
    where = chance.random()
    for kind, rate in rates.items():
        where -= weak.rate if weak and weak.kind == kind else rate * STRICT if strict else rate
        if where < 0:
            return kind
    return "done"


def _stumble(chance: Random, job: Job) -> str | None:
    """The step that goes wrong because there is too much to do; None on most days."""
    steps = plants.CLIMBING.get(job.sop)
    return chance.choice(list(steps)) if steps and chance.random() < _more(job.strain) else None


def _more(strain: float) -> float:
    """The share of runs that fail besides the usual ones; at most every other."""
    return min(0.5, plants.AT_CEILING * (exp(plants.CLIMB * (strain - 1)) - 1))


def _hasty(chance: Random, job: Job) -> bool:
    first, last = plants.HASTY_WEEK
    planted = (job.person, job.sop) == (plants.HASTY, plants.HASTY_SOP) and last <= job.ago <= first
    return planted and chance.random() < plants.HASTY_SHARE


def _takes(chance: Random, step: Task, pace: float, hasty: bool) -> timedelta:
    if hasty:
        return timedelta(seconds=chance.uniform(0.6, 1.7))
    expected = step.takes or 6
    return timedelta(seconds=expected * pace * exp(chance.gauss(-SPREAD * SPREAD / 2, SPREAD)))
