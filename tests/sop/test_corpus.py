"""Real documents that know nothing of us: page and checklist agree, and the steps are the right ones."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from tests.sop.conftest import Page, whole


def test_page_and_checklist_show_the_same_steps(corpus: Path, reading: ModuleType) -> None:
    count = 0
    for path in reading.documents(corpus):
        name = path.relative_to(corpus).as_posix()
        doc = whole(path, name)
        assert Page(doc.html).steps == [(step.key, step.depth) for step in doc.steps], name
        assert not doc.errors, name
        count += 1
    assert count >= 136


def test_every_step_has_html_of_its_own(corpus: Path, reading: ModuleType) -> None:
    for path in reading.documents(corpus):
        for step in whole(path, path.relative_to(corpus).as_posix()).steps:
            assert step.html, (path.name, step.line)
            assert 'class="step' not in step.html.replace("step-heading", ""), (path.name, step.line)


def test_steps_are_those_a_careful_person_sees(corpus: Path, reading: ModuleType) -> None:
    total = reading.Score()
    for score in reading.measure(corpus, corpus, reading.ours).values():
        total.add(score)
    assert total.answers >= 22
    assert min(total.precision(0), total.recall(0)) >= 0.97, total.misses
    assert min(total.precision(1), total.recall(1)) >= 0.9, total.misses
    assert total.lines == total.boxes == total.matched
    assert total.empty_right == total.empty >= 3
