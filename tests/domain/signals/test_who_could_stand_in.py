"""Which SOPs hang on single people, of those that somebody answers for."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tests.support.worked import day_of_runs
from tracker.domain.signals import key_people

TODAY = NOW.date()


def test_one_person_alone_is_flagged_with_who_could_stand_in(session: Session, cast: Cast) -> None:
    completed = {cast.staff.id: 27, cast.outsider.id: 3, cast.lead.id: 2}
    day_of_runs(session, TODAY, 32, by=completed)
    session.commit()
    looked = key_people.look(session, by(cast.owner), NOW)
    [row] = looked.flagged
    assert (row.sop.id, row.person, row.top_runs, row.runs) == ("pack", cast.staff, 27, 32)
    assert row.stand_ins == [cast.outsider]  # twice is not enough
    assert looked.since == TODAY - timedelta(days=89) and not looked.shared and not looked.early


def test_who_is_gone_can_not_stand_in(session: Session, cast: Cast) -> None:
    day_of_runs(session, TODAY, 30, by={cast.staff.id: 26, cast.outsider.id: 4})
    cast.outsider.disabled_at = NOW
    session.commit()
    assert key_people.look(session, by(cast.owner), NOW).flagged[0].stand_ins == []


def test_shared_work_is_not_flagged(session: Session, cast: Cast) -> None:
    day_of_runs(session, TODAY, 30, by={cast.staff.id: 16, cast.outsider.id: 14})
    session.commit()
    looked = key_people.look(session, by(cast.owner), NOW)
    assert [row.sop.id for row in looked.shared] == ["pack"] and not looked.flagged


def test_below_20_runs_it_is_too_early(session: Session, cast: Cast) -> None:
    day_of_runs(session, TODAY, 1, by={cast.staff.id: 1})
    session.commit()
    [row] = key_people.look(session, by(cast.owner), NOW).early
    assert (row.runs, row.more, row.person) == (1, 19, None)


def test_an_empty_installation_has_nothing(session: Session, cast: Cast) -> None:
    looked = key_people.look(session, by(cast.owner), NOW)
    assert not (looked.flagged or looked.shared or looked.early)


def test_older_runs_do_not_count(session: Session, cast: Cast) -> None:
    day_of_runs(session, TODAY, 20, by={cast.staff.id: 10, cast.lead.id: 10})
    day_of_runs(session, TODAY - timedelta(days=91), 500, by={cast.staff.id: 500})
    session.commit()
    assert key_people.look(session, by(cast.owner), NOW).shared[0].runs == 20


def test_only_what_somebody_answers_for(session: Session, cast: Cast) -> None:
    for sop_id in ("pack", "count"):
        day_of_runs(session, TODAY, 25, sop_id=sop_id, by={cast.staff.id: 25})
    session.commit()
    assert [row.sop.id for row in key_people.look(session, by(cast.area_owner), NOW).flagged] == ["count"]
