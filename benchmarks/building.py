"""Building 300 SOPs with our plugin, against plain mkdocs-material on the same pages.

Plain means: the same theme options, and the Markdown extensions that such a site uses for the same marks.
Every build runs in a process of its own, and the two take turns. Prints medians and their ratio.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
TARGET = 1.15
AREAS = ("fulfillment", "inventory", "returns", "team", "vendors", "daily")
EXTENSIONS: list[object] = [
    *("tables", "attr_list", "footnotes", "abbr", "admonition", "def_list", "md_in_html"),
    *("pymdownx.details", "pymdownx.tasklist", "pymdownx.superfences", "pymdownx.highlight"),
    "pymdownx.inlinehilite",
    {"toc": {"permalink": True}},
]
STEPS = (
    ("Scan the tote", ".critical input=scan"),
    ("Count the items", "input=number unit=items min=1 max=200 takes=20s"),
    ("Weigh the parcel", "input=number unit=g min=20 max=30000 takes=20s"),
    ("Choose the box", 'input=choice options="S,M,L"'),
    ("Print the label", ".optional takes=1m"),
    ("Compare the address", ".verify role=lead"),
)
HEAD = """---
id: sop-{number}
title: Procedure {number} of {area}
owner: lead-{number}
subject: order
roles: [picker]
review: 90d
tags: [{area}, peak]
---

Do this when case {number} comes up. It keeps the promise to the customer.

## When

Every working day at 08:30, before the carrier comes.

## What you need

- A charged scanner
- One **empty** tote
- The pick list

The scale shows 0 when it is empty. If not, tell the shift lead.

| Size | Limit |
| --- | --- |
| S | 2 kg |
| L | 30 kg |

## Steps

"""
RECOVERY = """
    !!! recovery "It does not fit"
        Stop. Open it and count again.
        Still wrong: see [the next one](sop-{next}.md).

"""
TAIL = """
## Why it matters

A wrong parcel costs a return, a second parcel and often the customer.
Two looks take ten seconds.
"""


def document(number: int) -> str:
    """One SOP of 57 lines."""
    text = HEAD.format(number=number, area=AREAS[number % len(AREAS)])
    for place, (work, marks) in enumerate(STEPS, 1):
        text += f"{place}. {work} of case {number}, and look twice {{#step-{place} {marks}}}\n"
        if place % 2:
            text += RECOVERY.format(next=(number + len(AREAS)) % 300)
    return text + TAIL


def workspace(place: Path, count: int, plain: bool) -> None:
    options = yaml.safe_load((ROOT / "mkdocs.yml").read_text())
    if plain:
        options["plugins"] = ["search", "tags"]
        options["markdown_extensions"] = EXTENSIONS
    place.mkdir(parents=True)
    (place / "mkdocs.yml").write_text(yaml.safe_dump(options))
    for number in range(count):
        page = place / "sops" / AREAS[number % len(AREAS)] / f"sop-{number}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(document(number))
    for area in AREAS:
        (place / "sops" / area / "index.md").write_text(f"# {area.capitalize()}\n")
    (place / "sops" / "index.md").write_text("# Home\n")
    (place / "sops" / "tags.md").write_text("# Tags\n\n<!-- material/tags -->\n")


def build(place: Path) -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet"]
    subprocess.run(
        command, cwd=place, check=True, env={"NO_MKDOCS_2_WARNING": "1", "PATH": ""}, stderr=subprocess.PIPE
    )
    return time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    times: dict[str, list[float]] = {"plain": [], "holdfast": []}
    with tempfile.TemporaryDirectory() as folder:
        for name in times:
            workspace(Path(folder, name), given.pages, plain=name == "plain")
        for _ in range(given.rounds):
            for name, taken in times.items():
                taken.append(build(Path(folder, name)))
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    ratio = medians["holdfast"] / medians["plain"]
    print(f"Building {given.pages} SOPs, {given.rounds} rounds in turn")
    for name, taken in times.items():
        print(f"  {name:<10} median {medians[name]:6.2f} s   ({', '.join(f'{t:.2f}' for t in taken)})")
    print(f"  ratio      {ratio:6.2f}     target ≤ {TARGET}   {'met' if ratio <= TARGET else 'MISSED'}")
    return 0 if ratio <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
