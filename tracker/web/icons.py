"""The icons of outcomes and everything else."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from markupsafe import Markup, escape

from tracker.words import outcomes

ICONS = {
    "done": "check-circle",
    "skipped": "redo-variant",
    "failed": "close-circle",
    "omitted": "dots-circle",
    "na": "minus",
}


@cache
def icon(name: str) -> Markup:
    """An icon of the site's theme, inline, so that it takes the text's colour."""
    svg = (files("material") / "templates" / ".icons" / "material" / f"{name}.svg").read_text()
    return Markup(svg.replace("<svg ", '<svg class="hf-icon" aria-hidden="true" focusable="false" ', 1))


def mark_of(outcome: str) -> Markup:
    """The icon of an outcome."""
    return icon(ICONS[outcome])


def outcome(name: str) -> Markup:
    """An outcome as icon and word."""
    words = escape(outcomes.outcome_name(name))
    return Markup(f'<span class="hf-outcome hf-{name}">{mark_of(name)} {words}</span>')
