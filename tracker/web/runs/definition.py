"""What a phone is given of a run, to judge by itself what may be done next: its steps, and who looks at it.

What stands in the run is told by the rows of its page: each carries the records that it shows (`stands`), so
that a row that is swapped brings its own.
"""

from __future__ import annotations

from typing import Any

from tracker.models import Step
from tracker.sop import portable

_ASKED = ("unit", "min", "max", "options", "match", "takes")


def of_step(step: Step, number: str) -> dict[str, Any]:
    """What `logic.js` judges a step by; what is not so of it is left out."""
    asked = step.attributes
    pattern, when = asked.get("pattern"), asked.get("when")
    found = {
        "key": step.key,
        "position": step.position,
        "number": number,
        "depth": step.depth,
        "parent": step.parent,
        "critical": step.critical,
        "optional": step.optional,
        "verify": step.verify,
        "input": step.input,
        **{name: asked.get(name) for name in _ASKED},
        "pattern": portable.pattern(pattern) if pattern else None,
        "when": portable.condition(when) if when else None,
    }
    return {name: value for name, value in found.items() if value is not None and value is not False}
