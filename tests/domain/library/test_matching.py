"""A step with `match=subject` takes what the run is about, by any of its names, and nothing else."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.domain.conftest import Do, Start, offline
from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tracker.domain.runs import loading, subjects
from tracker.errors import ConflictError
from tracker.models import Deviation, Run, Step


@pytest.fixture
def run(session: Session, start: Start) -> Run:
    """A run about order 1042 whose first step asks for its label."""
    found = start(subject="1042")
    step = next(step for step in loading.steps(found) if step.key == "scan")
    step.attributes = {**step.attributes, "match": "subject"}
    assert isinstance(step, Step)
    return found


@pytest.mark.parametrize("value", ["1042", "  1042 ", "\x021042\x03\r", "1042\x1d"])
def test_what_the_run_is_about_is_taken_however_the_scanner_sends_it(run: Run, do: Do, value: str) -> None:
    assert do(run, "scan", value=value).value == "1042"


@pytest.mark.parametrize(
    ("about", "scanned"),
    [
        ("01\x1d21", "01\x1d21"),  # a GS1 code, whose parts end with a control character
        ("Café", "Cafe\u0301"),
        ("Cafe\u0301", "Café"),
        ("\u202d10\u200b42\u202c", "1042"),
    ],
)
def test_what_looks_the_same_is_the_same(start: Start, do: Do, about: str, scanned: str) -> None:
    run = start(subject=about)
    step = next(step for step in loading.steps(run) if step.key == "scan")
    step.attributes = {**step.attributes, "match": "subject"}
    assert do(run, "scan", value=scanned).kind == "done"


def test_another_name_of_it_is_taken_too(session: Session, cast: Cast, run: Run, do: Do) -> None:
    subjects.add_alias(session, by(cast.staff), NOW, run, "#A-17")
    assert do(run, "scan", value="#a-17").kind == "done"


def test_something_else_is_refused_in_words_that_name_both_and_nothing_is_kept(run: Run, do: Do) -> None:
    with pytest.raises(ConflictError, match=r"1043.*1042"):
        do(run, "scan", value="1043")
    assert run.records == []


def test_what_was_scanned_offline_is_kept_as_failed(session: Session, run: Run, do: Do) -> None:
    entry = do(run, "scan", value="1043", device=offline(NOW))
    assert (entry.kind, entry.value, entry.reason) == ("failed", "1043", "1043 (≠ 1042)")
    assert session.scalars(select(Deviation.kind).where(Deviation.run_id == run.id)).all() == ["limits"]


def test_a_run_about_nothing_takes_anything(run: Run, do: Do) -> None:
    run.subject_ref = ""
    assert do(run, "scan", value="1043").kind == "done"
