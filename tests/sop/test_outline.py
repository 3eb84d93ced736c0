"""A document read without its HTML has the same steps, problems, links and images as one read whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.sop.conftest import whole
from tracker.sop import outline
from tracker.sop.model import Document
from tracker.sop.parse import read

TEXTS = {
    "nested": "1. Open it {#a}\n    1. Look\n\n        !!! recovery\n            Stop.\n2. Close it\n",
    "items": '1. Open it\n\n    !!! recovery "Stuck"\n        Call.\n\n    - [ ] Look\n2. Close it\n',
    "headings": "## Step 1: Open {#o}\n\nText.\n\n!!! recovery\n    Call.\n\n"
    "## Step 2: Close\n\n### More\n\n!!! note\n    x\n",
    "section": "# A\n\n## Steps\n\n1. Open\n2. Close\n\n## Recovery\n\n!!! recovery\n    Call.\n",
    "tabs": "1.\tOpen it\n\t1.\tLook\n\n\t!!! recovery\n\t\tCall.\n",
    "faults": "---\nsteps: Nothing\n---\n# A {#b}\n1. Open {#a}\n2. Close {#a .x} ![y](z.png)\n",
}


def plain(document: Document) -> Document:
    steps = tuple(replace(step, html="", recovery=str(bool(step.recovery))) for step in document.steps)
    return replace(document, html="", steps=steps)


@pytest.mark.parametrize("name", TEXTS)
def test_small_texts(name: str) -> None:
    assert plain(read(TEXTS[name], "a.md")) == plain(read(TEXTS[name], "a.md", html=False))


def test_a_recovery_is_that_of_the_step_it_stands_in() -> None:
    assert [bool(step.recovery) for step in read(TEXTS["nested"], "a.md", html=False).steps] == [
        False, True, False,
    ]  # fmt: skip


def test_starter_and_real_documents(corpus: Path) -> None:
    files = [*corpus.rglob("*.md"), *(Path(__file__).parents[2] / "sops").rglob("*.md")]
    for file in files:
        name = file.relative_to(corpus if file.is_relative_to(corpus) else file.parent).as_posix()
        document, skimmed = whole(file, name), read(file.read_bytes(), name, html=False)
        assert plain(document) == plain(skimmed), file
        steps = outline.read(document.source, [step.key for step in document.steps])
        assert [replace(s, html="", recovery="") for s in document.steps] == list(steps), file
