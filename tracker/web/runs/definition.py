"""What a phone is given of a run, to judge by itself what may be done next: its steps, and their forms.

What stands in the run is told by the rows of its page (`stands`). What rows are drawn from is the same for
all runs (`parts`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from flask import url_for
from flask_wtf.csrf import generate_csrf

from tracker.domain import numbers
from tracker.domain.runs import loading
from tracker.domain.runs.progress import StepState
from tracker.models import Run, Step, subject_key
from tracker.sop import portable
from tracker.sop.badges import badges, only_if
from tracker.sop.examples import example
from tracker.sop.model import INPUTS
from tracker.web.reader import language, person
from tracker.web.runs import parts
from tracker.web.runs.rows import Blank
from tracker.web.runs.specimens import nameless, plain
from tracker.web.runs.stands import without_nothing
from tracker.web.runs.view import RunView
from tracker.web.spoken import say

_Macro = Callable[..., str]
_ASKED = ("unit", "min", "max", "options", "match", "takes")


def is_needed(view: RunView) -> bool:
    """Whether the reader can do anything in the run."""
    return view.open and (view.working or any(view.may_do(state.step) for state in view.states))


def of_page(view: RunView, actions: _Macro, minutes: _Macro) -> str:
    """All that a phone is given, as JSON that can stand in a page.

    `actions` draws the forms of a step, `minutes` says how long something takes.
    """
    forms: dict[str, int] = {}
    whole = view.whole
    found = {
        **of_run(view.run, view.aliases),
        "steps": [_step(view, state, actions, minutes, forms) for state in view.states],
        "forms": list(forms),
        "parts": parts.address(),
        "language": language(),
        "me": person().name,
        "token": generate_csrf(),
        "send": view.form.url,
        "close": url_for("runs.close", run_id=view.run.id),
        "runs": url_for("runs.run", run_id=0).removesuffix("0"),
        "closes": say("Close this run"),
        **without_nothing({
            "working": view.working,
            "leading": view.leading,
            "long": view.long,
            "endsItself": loading.plan(view.run).ends_itself,
            "whole": whole and {"role": whole.role, "settled": whole.settled},
        }),
    }  # fmt: skip
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")  # so that nothing in it ends the block, or begins anything else


def of_run(run: Run, aliases: Sequence[str]) -> dict[str, Any]:
    """What a phone must know of a run beside its steps: its names, and how numbers are written there.

    `aliases`: the other names of what the run is about. `subject`: that with the keys of all its names, and
    the kind before them.
    """
    zone = run.location.zone if run.location else ""
    about = [run.subject_ref, *aliases]
    keys = [subject_key(name, run.subject_kind) for name in about] if run.subject_ref else []
    return {
        "run": run.id,
        "ref": run.ref,
        "revision": run.revision_id,
        "mark": numbers.decimal_mark(zone),
        "zone": zone,
        "subject": {"ref": run.subject_ref, "kind": run.subject_kind, "names": keys},
    }


def of_step(step: Step, number: str) -> dict[str, Any]:
    """What `logic.js` judges a step by; what is not so of it is left out."""
    asked = step.attributes
    pattern, when = asked.get("pattern"), asked.get("when")
    return without_nothing({
        "key": step.key,
        "position": step.position,
        "number": number,
        "parent": step.parent,
        "critical": step.critical,
        "optional": step.optional,
        "verify": step.verify,
        "input": step.input,
        **{name: asked.get(name) for name in _ASKED},
        "pattern": portable.pattern(pattern) if pattern else None,
        "when": portable.condition(when) if when else None,
    })  # fmt: skip


def _step(
    view: RunView, state: StepState, actions: _Macro, minutes: _Macro, forms: dict[str, int]
) -> dict[str, Any]:
    step, may = state.step, view.may_do(state.step)
    when, takes = step.attributes.get("when"), step.attributes.get("takes")
    named = (words for kind, words in badges(step.attributes, view.texts, say) if kind in INPUTS)
    return of_step(step, view.numbers[step.key]) | without_nothing({
        "name": step.name,
        "may": may,
        "form": forms.setdefault(_form(view, step, actions), len(forms)) if may or view.working else None,
        "only": only_if(when, view.texts, say) if when else None,
        "recovery": bool(step.recovery),
        "about": minutes(takes) if takes else None,
        "badge": next(named, None),
        "tight": not step.html.lstrip().startswith("<p"),
        "example": example(asked) if (asked := step.attributes.get("pattern")) else None,
    })  # fmt: skip


def _form(view: RunView, step: Step, actions: _Macro) -> str:
    """The forms of an untouched step: the same text for all steps that differ by name and place only."""
    untouched = StepState(
        step=nameless(step.attributes),
        outcome=None,
        cleared=False,
        overridden=False,
        blocked_by=None,
        records=(),
    )
    return plain(actions(view, untouched, Blank()))
