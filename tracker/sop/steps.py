"""From what was found in a document to its steps: keys, parents, attributes, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.sop import attributes, conditions
from tracker.sop.attributes import Attributes
from tracker.sop.model import Step
from tracker.sop.sections import FoundStep
from tracker.sop.text import slug
from tracker.sop.told import told

Fault = tuple[int, str, str, str]  # line, rule, message, what to write instead


def build(
    steps_found: Sequence[FoundStep], published: Sequence[str] | None = None
) -> tuple[tuple[Step, ...], list[Fault]]:
    """The steps with their keys (pinned, else published, else made of the text), and the faults."""
    read = [attributes.read(item.braces) if item.braces else Attributes() for item in steps_found]
    faults = [
        (item.block.line, "attributes", *fault)
        for item, a in zip(steps_found, read, strict=True)
        for fault in a.faults
    ]
    pinned, twice = _pinned(steps_found, read)
    keys = _keys(steps_found, pinned, published)
    steps = []
    for i, (item, own) in enumerate(zip(steps_found, read, strict=True)):
        parent = keys[item.parent] if item.parent is not None else None
        box = item.block.checkbox is not None
        steps.append(
            Step(keys[i], item.text, item.block.line, item.depth, box, parent, i in pinned, own.values)
        )
    return tuple(steps), [*faults, *twice, *conditions.faults(steps)]


def _pinned(
    steps_found: Sequence[FoundStep], read: Sequence[Attributes]
) -> tuple[dict[int, str], list[Fault]]:
    pinned: dict[int, str] = {}
    lines: dict[str, int] = {}
    faults: list[Fault] = []
    for i, own in enumerate(read):
        if own.key is None:
            continue
        line = steps_found[i].block.line
        if own.key in lines:
            message = told(
                "The key “%(key)s” is on two steps, lines %(lines)s and %(line)s.",
                key=own.key,
                lines=lines[own.key],
                line=line,
            )
            faults.append((line, "duplicate-key", message, told("Give one of them another key.")))
        else:
            pinned[i] = own.key
            lines[own.key] = line
    return pinned, faults


def _keys(
    steps_found: Sequence[FoundStep], pinned: dict[int, str], published: Sequence[str] | None
) -> list[str]:
    taken = set(pinned.values())
    known = list(published) if published is not None and len(published) == len(steps_found) else None
    keys: list[str] = []
    tried: dict[str, int] = {}
    for i, item in enumerate(steps_found):
        key = pinned.get(i)
        if key is None:
            base = known[i] if known else slug(item.text)
            key = base
            while key in taken:
                tried[base] = tried.get(base, 1) + 1
                key = f"{base}-{tried[base]}"
            taken.add(key)
        keys.append(key)
    return keys
