"""Following steps from one revision to the next: the corpus, edited at random as authors edit; and the time.

    python benchmarks/identity.py [CORPUS] [--rounds N] [--seed N]

CORPUS is a folder of sources (default ../shared/corpus). What an edit is, and which steps a careful reader
still knows after it, is in tests/sop/edits.py.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

import bench
import reading

from tests.sop.edits import EDITS, Draft, Tally, draft, edited, revision, tally
from tracker.sop.identity import carry
from tracker.sop.model import Step
from tracker.sop.parse import read

STEPS = 300
ROW = 6
KEPT, MILLISECONDS = 0.98, 200.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", nargs="?", type=Path, default=bench.ROOT.parent / "shared" / "corpus")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sops = documents(given.corpus)
    if not sops:
        print(f"No documents with steps in {given.corpus}.")
        return 1
    found = {name: measure(sops, (name,), given.rounds, given.seed) for name in EDITS}
    found["all together"] = measure(sops, tuple(EDITS), given.rounds, given.seed)
    found[f"{ROW} revisions in a row"] = in_a_row(sops, given.seed)
    rows = [(name, *shown(count)) for name, count in found.items()]
    slowest = max(durations(sops))
    met = slowest <= MILLISECONDS
    rows.append((f"two revisions of {STEPS} steps", f"{slowest:.0f} ms", f"<= {MILLISECONDS:.0f} ms", met))
    return bench.report(f"Following steps: {len(sops)} documents, {given.rounds} revisions each", rows)


def documents(corpus: Path) -> list[tuple[Step, ...]]:
    """The steps of every document that has a few."""
    found = (read(path.read_bytes(), path.name).steps for path in reading.documents(corpus))
    return [steps for steps in found if len(steps) >= 3]


def vocabulary(sops: Sequence[Sequence[Step]]) -> list[str]:
    """The words of these steps that are letters only."""
    words = {word for steps in sops for step in steps for word in step.text.split() if word.isalpha()}
    return sorted(words) or ["it"]


def measure(sops: Sequence[Sequence[Step]], kinds: Sequence[str], rounds: int, seed: int) -> Tally:
    """Edit every document `rounds` times, with words of all documents and of its own in turn."""
    everywhere = vocabulary(sops)
    total = Tally()
    for number, steps in enumerate(sops):
        here = vocabulary([steps])
        for turn in range(rounds):
            chance = random.Random(f"{seed}-{number}-{turn}")
            lines = edited(steps, chance, here if turn % 2 else everywhere, kinds)
            total += tally(steps, lines, carry(steps, revision(lines)))
    return total


def in_a_row(sops: Sequence[Sequence[Step]], seed: int) -> Tally:
    """Edit every document again and again; each revision is followed from the one before."""
    words, total = vocabulary(sops), Tally()
    for number, steps in enumerate(sops):
        for turn in range(ROW):
            lines = edited(steps, random.Random(f"{seed}-row-{number}-{turn}"), words)
            after = carry(steps, revision(lines))
            total += tally(steps, lines, after)
            steps = after
    return total


def shown(count: Tally) -> tuple[str, str, bool]:
    share = count.kept / max(1, count.known)
    touched = f", of touched {count.touched_kept}/{count.touched}" if count.touched else ""
    wrong = count.swapped + count.shared + count.inherited
    text = f"{share:.2%} kept{touched}, {count.swapped} swapped, {count.shared} shared"
    return text, f">= {KEPT:.0%}, 0, 0", share >= KEPT and not wrong


def durations(sops: Sequence[Sequence[Step]]) -> list[float]:
    """Milliseconds to match two revisions of 300 steps: a few edits, a third, every text another one."""
    texts = list(dict.fromkeys(step.text for steps in sops for step in steps))
    old = tuple(Step(f"k{n}", text, n + 1) for n, text in enumerate(texts[:STEPS]))
    words, chance = vocabulary(sops), random.Random(1)
    few, many = (revision(_edited_times(old, chance, words, times)) for times in (10, STEPS // 3))
    other = tuple(Step(f"n{n}", f"{text} {chance.choice(words)}", n) for n, text in enumerate(texts[:STEPS]))
    strange = tuple(Step(f"s{n}", text, n) for n, text in enumerate(texts[STEPS : 2 * STEPS]))
    return [statistics.median(bench.timed(lambda new=new: carry(old, new), 5))
            for new in (few, many, other, strange)]  # fmt: skip


def _edited_times(steps: Sequence[Step], chance: random.Random, words: Sequence[str], times: int) -> Draft:
    lines = draft(steps)
    for _ in range(times):
        lines = EDITS[chance.choice(tuple(EDITS))](lines, chance, words)
    return lines


if __name__ == "__main__":
    sys.exit(main())
