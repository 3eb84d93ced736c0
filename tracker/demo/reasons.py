"""Why steps are skipped or fail in the demo, in the words of people who are busy."""

from __future__ import annotations

from random import Random

from tracker.demo.plants import CLIMBING, weak
from tracker.demo.tasks import Task

SKIPPED = ("no time", "done by the colleague", "not needed here", "after the break", "scanner is empty")
FAILED = ("did not work at the first try", "had to ask", "not there", "wrong one", "system was slow")


def reason(chance: Random, sop: str, step: Task, kind: str, ago: int) -> str:
    """Why a step was skipped or failed: what its planted weakness says, else something usual."""
    planted = weak(sop, step.key, ago)
    if planted and planted.kind == kind:
        return _first_most(chance, planted.reasons)
    if kind == "failed" and (texts := CLIMBING.get(sop, {}).get(step.key)):
        return _first_most(chance, texts)
    return _first_most(chance, SKIPPED if kind == "skipped" else FAILED)


def _first_most(chance: Random, texts: tuple[str, ...]) -> str:
    """One of them, each half as often as the one before it."""
    return chance.choices(texts, [2.0**-place for place in range(len(texts))])[0]
