"""Every way in which people write steps down: what is read, on its page and in its checklist."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tests.sop.conftest import Page, document, outline
from tests.sop.kinds import KINDS
from tracker.sop import fix
from tracker.sop.lint import check
from tracker.sop.model import Document
from tracker.sop.parse import read


def places(doc: Document) -> list[tuple[int, int, int]]:
    return [(step.line, int(step.checkbox), step.depth) for step in doc.steps]


@pytest.mark.parametrize("name", KINDS)
def test_steps_are_those_a_careful_person_sees(name: str) -> None:
    text, wanted = KINDS[name]
    assert places(read(text, "a.md")) == wanted


@pytest.mark.parametrize("name", KINDS)
def test_page_and_checklist_agree_and_a_key_can_be_written_at_every_step(name: str) -> None:
    text, wanted = KINDS[name]
    doc = read(text, "a.md")
    assert Page(doc.html).steps == [(step.key, step.depth) for step in doc.steps]
    assert all(step.html for step in doc.steps) and not doc.errors
    if len({step.line for step in doc.steps}) < len(doc.steps):
        return  # two steps on one line of HTML can't both have a key
    pinned = fix.pin(text.encode(), "a.md")
    after = read(pinned.source, "a.md")
    assert pinned.left == () and all(step.pinned for step in after.steps)
    assert after.html == doc.html and places(after) == wanted


def test_small_cases(material: Callable[[str], Path], reading: ModuleType) -> None:
    table = reading.small_cases(material("cases") / "reading", reading.ours)
    assert [miss for score in table.values() for miss in score.misses] == []
    assert sum(score.documents for score in table.values()) >= 99


def test_plain_instructions_in_every_language(material: Callable[[str], Path]) -> None:
    files = sorted((material("cases") / "reports" / "F09-languages").glob("*.md"))
    assert len(files) >= 10
    for file in files:
        items = re.findall(r"^\d\. ", file.read_text(encoding="utf-8"), re.M)
        assert len(read(file.read_bytes(), file.name).steps) == len(items), file.name


MARKED = {
    "circled": ("① Open it\n\n② Check it\n\n③ Close it\n", ["Open it", "Check it", "Close it"]),
    "box": ("☐ Open it\n☐ Close it\n", ["Open it", "Close it"]),
    "box and number": ("- [ ] 1. Open it\n- [ ] 2. Close it\n", ["Open it", "Close it"]),
    "letters": ("a) Open it\nb) Check it\nc) Close it\n", ["Open it", "Check it", "Close it"]),
    "html": ("<ol>\n<li>Open <b>it</b></li>\n<li>Close it</li>\n</ol>\n", ["Open it", "Close it"]),
    "arrows": ("1 -> Open it\n2 -> Check it\n3 -> Close it\n", ["Open it", "Check it", "Close it"]),
}


@pytest.mark.parametrize("name", MARKED)
def test_a_checklist_shows_the_text_without_its_marker(name: str) -> None:
    text, wanted = MARKED[name]
    doc = read(f"# Box\n\n{text}", "a.md")
    assert [step.text for step in doc.steps] == wanted
    assert [re.sub(r"<[^>]+>", "", step.html) for step in doc.steps] == wanted


def test_a_row_shows_its_words_and_the_other_cells_under_their_titles() -> None:
    doc = document("""
        # Round

        | Done | What | Where |
        |------|------|-------|
        | [ ]  | Air the **paint** room {#air .critical} | Cellar |
        | [x]  | Empty the bag | |
    """)
    assert outline(doc) == [(1, "Air the paint room"), (1, "Empty the bag")]
    assert doc.steps[0].html == "<p>Air the <strong>paint</strong> room</p><p>Where: Cellar</p>"
    assert doc.steps[0].key == "air" and doc.steps[0].attributes == {"critical": True}
    assert doc.steps[1].html == "<p>Empty the bag</p>"
    assert "☐" in doc.html and "[ ]" not in doc.html and "{#air" not in doc.html


def test_a_titled_paragraph_has_what_follows_it_and_its_recovery() -> None:
    doc = document("""
        # Refund

        **Step 1: Open the order**

        Its number is on the slip.

        !!! recovery
            Call the lead.

        **Step 2: Press Refund**
    """)
    first, second = doc.steps
    assert "on the slip" in first.html and "Call the lead" in first.recovery
    assert "on the slip" not in second.html and not second.recovery
    assert doc.title == "Refund" and '<p class="step"' in doc.html


def test_what_stands_in_a_summary_is_the_title_of_its_details() -> None:
    inside = "<details>\n<summary><h2>2. Check it</h2></summary>\n\nTwo.\n\n</details>\n"
    doc = read(f"# A\n\n## 1. Open it\n\nOne.\n\n{inside}\nThree.\n", "a.md")
    assert [step.text for step in doc.steps] == ["1. Open it", "2. Check it"]
    assert "One." in doc.steps[0].html and "Two." not in doc.steps[0].html
    assert "Two." in doc.steps[1].html


VERBS = ["Fortify accounts", "Re-image hosts", "Notarize papers", "Unclog drains", "Prioritise orders"]


@pytest.mark.parametrize("text", VERBS)
def test_no_verb_knows_verbs_by_the_way_they_are_made(text: str) -> None:
    doc = read(f"---\nsteps: Steps\n---\n## Steps\n\n1. Open it\n2. {text}\n", "a.md")
    assert not [finding for finding in check([doc]) if finding.rule == "no-verb"]


@pytest.mark.parametrize(
    "items", ["Buka paket\nPeriksa barang\nTutup kotak", "Deschide coletul\nVerifică produsul"]
)
def test_no_verb_is_silent_in_other_languages(items: str) -> None:
    steps = "".join(f"{n}. {item}\n" for n, item in enumerate(items.split("\n"), 1))
    doc = read(f"---\nsteps: Steps\n---\n## Steps\n\n{steps}", "a.md")
    assert not [finding for finding in check([doc]) if finding.rule == "no-verb"]
