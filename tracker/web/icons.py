"""The icons of outcomes and everything else."""

from __future__ import annotations

from functools import cache

from flask import has_request_context
from markupsafe import Markup, escape

from tracker.web import interface, spoken, sprite

ICONS = {
    "done": "check-circle",
    "skipped": "redo-variant",
    "failed": "close-circle",
    "omitted": "dots-circle",
    "na": "minus",
}


def icon(name: str) -> Markup:
    """An icon of the site's theme that takes the text's colour: by its name in the file of those that phones
    load once, or inline."""
    if name in sprite.SHARED and has_request_context():
        return _shared(name, interface.address(sprite.SPRITE))
    return _inline(name)


@cache
def _shared(name: str, file: str) -> Markup:
    return Markup(
        f'<svg class="hf-icon" aria-hidden="true" focusable="false"><use href="{escape(file)}#{name}"/></svg>'
    )


@cache
def _inline(name: str) -> Markup:
    svg = sprite.drawing(name)
    return Markup(svg.replace("<svg ", '<svg class="hf-icon" aria-hidden="true" focusable="false" ', 1))


def mark_of(outcome: str) -> Markup:
    """The icon of an outcome."""
    return icon(ICONS[outcome])


def outcome(name: str) -> Markup:
    """An outcome as icon and word."""
    words = escape(spoken.outcome_name(name))
    return Markup(f'<span class="hf-outcome hf-{name}">{mark_of(name)} {words}</span>')
