"""One subject, whatever people call it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tracker.domain.runs import one_open_run, subjects
from tracker.errors import AmbiguousError, ForbiddenError, InvalidError
from tracker.models import Event, Run, SubjectAlias, subject_key

Start = Callable[..., Run]


def known(session: Session, alias: str) -> list[str]:
    """The subjects that have this other name."""
    query = select(SubjectAlias.ref).where(SubjectAlias.alias_key == subject_key(alias, ""))
    return sorted(session.scalars(query))


def test_a_run_about_an_alias_is_about_the_subject(session: Session, cast: Cast, start: Start) -> None:
    first = start(subject="1042")
    subjects.add_alias(session, by(cast.staff), NOW, first, "  gid://shop/  Order/5 ")
    assert subjects.aliases_of(session, "order", "1042") == ["gid://shop/ Order/5"]
    assert one_open_run.already_open(session, "pack", "gid://shop/ Order/5", "order") is first
    second = start(subject="gid://shop/ Order/5", ref="r2", anyway=True)
    assert (second.subject_kind, second.subject_ref) == ("order", "1042")
    assert start(subject="gid://shop/ Order/5", ref="r2") is second


def test_a_run_that_was_started_about_the_alias_is_found_under_every_name(
    session: Session, cast: Cast, start: Start
) -> None:
    early = start(subject="A7")
    subjects.add_aliases(session, by(cast.lead), NOW, "order", {"1042": ["A7", "B7"]})
    for name in ("1042", "A7", "B7", " B7 "):
        assert one_open_run.already_open(session, "pack", name, "order") is early
    assert subjects.resolve(session, "A7", "order") == "A7"  # what runs are about under this name comes first
    assert subjects.resolve(session, "B7", "order") == "1042"
    assert subjects.resolve(session, "B7", "bin") == "B7"


def test_what_looks_the_same_is_not_opened_twice(session: Session, start: Start) -> None:
    early = start(subject=" Cafe\u0301\u200b\t7")
    assert early.subject_ref == "Café 7"
    assert one_open_run.already_open(session, "pack", "\ufeffCafé  7", "order") is early


def test_an_alias_of_several_subjects_is_asked_about(session: Session, cast: Cast, start: Start) -> None:
    subjects.add_aliases(session, by(cast.lead), NOW, "order", {"1": ["tote 9"], "2": ["tote 9"]})
    with pytest.raises(AmbiguousError, match="“tote 9” may be 1, 2"):
        start(subject="tote 9")
    assert known(session, "tote 9") == ["1", "2"] and start(subject="2").subject_ref == "2"


def test_many_are_added_at_once_and_again_without_a_trace(session: Session, cast: Cast) -> None:
    names = {str(number): [f"shop-{number}", f"shop-{number}", " ", str(number)] for number in range(1000)}
    assert subjects.add_aliases(session, by(cast.lead), NOW, "order", names) == 1000
    assert subjects.add_aliases(session, by(cast.lead), NOW, "order", names) == 0
    events = session.scalars(select(Event).where(Event.kind == "subject.named")).all()
    assert len(events) == 1000 and events[7].data == {"aliases": [events[7].data["aliases"][0]]}


def test_other_names_are_read_for_many_runs_in_one_go(session: Session, cast: Cast, start: Start) -> None:
    one, two, three = start(subject="1"), start(subject="2"), start(subject="1", sop="count")
    subjects.add_aliases(session, by(cast.lead), NOW, "order", {"1": ["b", "a"]})
    assert subjects.known_as(session, [one, two, three]) == {one.id: ["a", "b"]}  # a count is of no order


def test_a_wrong_name_is_taken_back(session: Session, cast: Cast, start: Start) -> None:
    run = start(subject="1042")
    subjects.add_alias(session, by(cast.staff), NOW, run, "A7")
    for _ in range(2):  # two people, or two taps
        subjects.remove_alias(session, by(cast.staff), NOW, run, "A7")
    kinds = session.scalars(select(Event.kind).where(Event.subject == "subject:order:1042")).all()
    assert kinds == ["subject.named", "subject.unnamed"] and known(session, "A7") == []


@pytest.mark.parametrize("alias", ["", "  ", "1042", "x" * 201])
def test_what_is_no_other_name_is_refused(session: Session, cast: Cast, start: Start, alias: str) -> None:
    with pytest.raises(InvalidError):
        subjects.add_alias(session, by(cast.staff), NOW, start(subject="1042"), alias)


def test_a_run_about_nothing_has_no_other_name(session: Session, cast: Cast, start: Start) -> None:
    with pytest.raises(InvalidError):
        subjects.add_alias(session, by(cast.staff), NOW, start("opening", subject=""), "A7")


def test_only_who_works_on_it_names_it(session: Session, cast: Cast, start: Start) -> None:
    run = start(subject="1042")
    with pytest.raises(ForbiddenError):
        subjects.add_alias(session, by(cast.outsider), NOW, run, "A7")
    with pytest.raises(ForbiddenError):
        subjects.add_aliases(session, by(cast.staff), NOW, "order", {"1": ["A7"]})
