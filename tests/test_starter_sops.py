"""The starter SOPs that every new workspace gets: they read cleanly, run, and lead to each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tracker.sop.lint import check
from tracker.sop.model import Document
from tracker.sop.parse import read

SOPS = Path(__file__).parent.parent / "sops"
AREAS = {
    "daily": "Daily flow",
    "fulfillment": "Order fulfillment",
    "inventory": "Inventory",
    "returns": "Returns and refunds",
    "team": "Team communication",
    "vendors": "Vendors and 3PL",
}
INPUTS = {"check", "number", "text", "choice", "date", "photo"}


def _documents() -> list[Document]:
    """The starter library: the home page and the areas, without the guide."""
    folders = [SOPS, *(SOPS / folder for folder in AREAS)]
    paths = [path for folder in folders for path in sorted(folder.glob("*.md"))]
    return [read(path.read_bytes(), path.relative_to(SOPS).as_posix()) for path in paths]


DOCUMENTS = _documents()
RUNNABLE = [document for document in DOCUMENTS if not document.path.endswith("index.md")]
each_sop = pytest.mark.parametrize("sop", RUNNABLE, ids=lambda sop: sop.path)


def test_there_are_at_least_eight_and_one_in_each_area() -> None:
    assert len(RUNNABLE) >= 8
    assert {document.path.split("/")[0]: document.area for document in RUNNABLE} == AREAS


def test_lint_finds_nothing_and_every_link_resolves() -> None:
    problems = check(DOCUMENTS, lambda path: (SOPS / path).is_file())
    assert [str(problem) for problem in problems] == []


@pytest.mark.parametrize("page", [d for d in DOCUMENTS if d not in RUNNABLE], ids=lambda page: page.path)
def test_an_index_is_a_page_and_not_a_checklist(page: Document) -> None:
    assert page.meta.steps == "none"
    assert page.steps == ()
    assert page.title


@pytest.mark.parametrize("folder", AREAS)
def test_an_index_leads_to_every_sop_of_its_area(folder: str) -> None:
    index = next(document for document in DOCUMENTS if document.path == f"{folder}/index.md")
    listed = {target for _, target in index.links}
    assert listed == {Path(sop.path).name for sop in RUNNABLE if sop.path.startswith(f"{folder}/")}


@each_sop
def test_the_front_matter_is_complete(sop: Document) -> None:
    names = (
        "id",
        "title",
        "area",
        "owner",
        "subject",
        "roles",
        "due",
        "review",
        "description",
        "tags",
        "tolerance",
    )
    assert [name for name in names if not getattr(sop.meta, name)] == []
    assert not sop.meta.extra
    assert " " not in (sop.meta.owner or ""), "the owner is one person's login name"
    assert len(sop.meta.description or "") <= 120


@each_sop
def test_it_has_the_sections_that_a_reader_expects(sop: Document) -> None:
    headings = re.findall(r"^## (.+)$", sop.source, re.M)
    assert headings == ["When", "Who", "What you need", "Steps", "If it goes wrong", "Why it matters"]


@each_sop
def test_every_numbered_item_is_a_step_with_a_pinned_key(sop: Document) -> None:
    written = re.findall(r"^ *\d+\. .*\{#([\w-]+)", sop.source, re.M)
    assert [step.key for step in sop.steps] == written
    assert all(step.pinned for step in sop.steps)
    assert 7 <= sum(step.depth == 1 for step in sop.steps) <= 14
    assert len(sop.steps) == len(re.findall(r"^ *\d+\. ", sop.source, re.M))


@each_sop
def test_critical_steps_are_few_and_each_says_how_to_recover(sop: Document) -> None:
    critical = [step for step in sop.steps if step.attributes.get("critical")]
    assert 1 <= len(critical) <= 4
    assert [step.key for step in critical if not step.recovery] == []
    assert not any(step.attributes.get("optional") for step in critical)


@each_sop
def test_a_limit_can_be_missed_only_where_it_is_said_what_to_do(sop: Document) -> None:
    """A step whose upper limit is a decision, not a guard against typing errors, has a recovery."""
    limited = [step for step in sop.steps if step.attributes.get("max", 10_000) <= 200]
    assert [step.key for step in limited if not step.recovery] == []


@each_sop
def test_steps_are_short_and_use_what_this_version_runs(sop: Document) -> None:
    for step in sop.steps:
        assert step.attributes.get("input", "check") in INPUTS, step.key
        assert len(step.text) <= 100, f"{step.key}: {len(step.text)} characters are too many for a phone"
        assert "takes" in step.attributes or any(child.parent == step.key for child in sop.steps), step.key
    assert 0 < (sop.takes or 0) <= 90 * 60
