"""Lists of SOPs, runs, people and places; the search is in `searching`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session, contains_eager, defer, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from tracker.domain import access
from tracker.domain.runs.progress import STRENGTH
from tracker.models import IS_OPEN, Deviation, Location, Person, Record, Revision, Role, Run, Sop, Step, Team

MOST = 50


class OpenRuns(NamedTuple):
    """How many runs are open, and how many of these are late or nobody's yet."""

    all: int
    late: int
    unassigned: int


def sops(session: Session, query: str) -> Sequence[Sop]:
    """SOPs that can be started whose title, area, id or text hold every word of the query; all for "".

    Words of up to three letters are not looked for in the text: they are in every text. A title that begins
    with the query comes first.
    """
    found = select(Sop).where(Sop.retired_at.is_(None), Sop.in_force_id.is_not(None))
    light = contains_eager(Sop.in_force).options(defer(Revision.source), defer(Revision.html))
    found = found.join(Sop.in_force).options(light)
    for word in query.split():
        like = contains(word)
        found = found.where(
            or_(
                Sop.title.ilike(like, escape="\\"),
                Sop.area.ilike(like, escape="\\"),
                Sop.id.ilike(like, escape="\\"),
                Revision.source.ilike(like, escape="\\") if len(word) > 3 else false(),
            )
        )
    first = Sop.title.ilike(contains(query)[1:], escape="\\")
    return session.scalars(found.order_by(first.desc(), Sop.area, Sop.title).limit(300)).all()


def titles(session: Session) -> Sequence[tuple[str, str]]:
    """The id and the title of each SOP that can be started, by title: little beside the SOPs themselves."""
    query = select(Sop.id, Sop.title).where(Sop.retired_at.is_(None), Sop.in_force_id.is_not(None))
    return [(id, title) for id, title in session.execute(query.order_by(Sop.title))]


def open_runs(session: Session, now: datetime, *conditions: ColumnElement[bool]) -> OpenRuns:
    """How many runs are open under the conditions, however few of them a page shows."""
    late, unassigned = Run.due_at < now, Run.assignee_id.is_(None)
    counts = (func.count(), func.count().filter(late), func.count().filter(unassigned))
    return OpenRuns(*session.execute(select(*counts).where(IS_OPEN, *conditions)).one())


def runs(
    session: Session,
    *conditions: ColumnElement[bool],
    most: int | None = 200,
    after: int = 0,
    options: Sequence[ExecutableOption] = (),
) -> Sequence[Run]:
    """Open runs under the conditions: due first, then oldest first; all with `most=None`, else past `after`.

    `options`: what else is to be loaded with them.
    """
    query = (
        select(Run)
        .where(IS_OPEN, *conditions)
        .options(
            joinedload(Run.sop),
            joinedload(Run.assignee),
            joinedload(Run.team),
            joinedload(Run.location),
            *options,
        )
        .order_by(Run.due_at.is_(None), Run.due_at, Run.started_at, Run.id)
        .limit(most)
        .offset(after)
    )
    return session.scalars(query).all()


def in_progress(session: Session, person: Person) -> Run | None:
    """The open run that is theirs to do in which they last recorded something."""
    latest = (
        select(Record.run_id, Record.received_at)
        .where(Record.person_id == person.id)
        .order_by(Record.received_at.desc())
        .limit(200)
        .subquery()
    )
    query = (
        select(Run)
        .join(latest, latest.c.run_id == Run.id)
        .where(IS_OPEN, Run.paused_at.is_(None), or_(Run.assignee_id == person.id, access.open_to(person)))
        .order_by(latest.c.received_at.desc())
        .limit(1)
    )
    return session.scalar(query)


def about(session: Session, names: Collection[str], person: Person) -> Sequence[Run]:
    """Runs about a subject under any of its names that the person may see: open ones, then the latest."""
    query = (
        select(Run)
        .where(Run.subject_ref.in_(names), access.visible(person))
        .options(joinedload(Run.sop), joinedload(Run.assignee), joinedload(Run.location))
        .order_by(Run.state != "open", Run.started_at.desc())
        .limit(MOST)
    )
    return session.scalars(query).all()


def startable(session: Session, person: Person) -> list[Sop]:
    """The SOPs that the person may start, by area and title."""
    query = (
        select(Sop)
        .where(Sop.retired_at.is_(None), Sop.in_force_id.is_not(None))
        .join(Sop.in_force)
        .options(contains_eager(Sop.in_force).load_only(Revision.meta))
        .order_by(Sop.area, Sop.title)
    )
    return [sop for sop in session.scalars(query) if access.may_run(person, meta(sop).get("roles") or [])]


def meta(sop: Sop) -> dict[str, Any]:
    """The front matter of the revision in force."""
    return sop.in_force.meta if sop.in_force else {}


def progress(session: Session, found: Sequence[Run]) -> dict[int, tuple[int, int]]:
    """For each run, how many steps are done and nothing else, as on its page, and how many there are."""
    if not found:
        return {}
    ids = [run.id for run in found]
    cancelled = select(Record.cancels_id).where(Record.run_id.in_(ids), Record.cancels_id.is_not(None))
    first_time = (
        select(Record.run_id)
        .join(Run, Run.id == Record.run_id)
        .join(Step, and_(Step.revision_id == Run.revision_id, Step.key == Record.step_key))
        .where(Record.run_id.in_(ids), Record.kind.in_(STRENGTH), Record.id.not_in(cancelled))
        .group_by(Record.run_id, Record.step_key)
        .having(func.count().filter(Record.kind != "done") == 0)
        .subquery()
    )
    done: dict[int, int] = dict(
        session.execute(select(first_time.c.run_id, func.count()).group_by(first_time.c.run_id)).all()
    )
    sizes = dict(
        session.execute(
            select(Step.revision_id, func.count())
            .where(Step.revision_id.in_({run.revision_id for run in found}))
            .group_by(Step.revision_id)
        ).all()
    )
    return {run.id: (done.get(run.id, 0), sizes.get(run.revision_id, 0)) for run in found}


def deviations(session: Session, run: Run) -> Sequence[Deviation]:
    """What a run's records have opened and nobody has taken back, oldest first."""
    query = select(Deviation).where(Deviation.run_id == run.id, Deviation.state != "withdrawn")
    return session.scalars(query.options(joinedload(Deviation.owner)).order_by(Deviation.id)).all()


def people(session: Session) -> Sequence[Person]:
    """Everybody who can be given work, by name."""
    query = select(Person).where(Person.disabled_at.is_(None), Person.imported.is_(False))
    return session.scalars(query.order_by(Person.name)).all()


def accounts(session: Session) -> Sequence[Person]:
    """Every account, also disabled and imported ones."""
    query = select(Person).options(joinedload(Person.location), joinedload(Person.team))
    return session.scalars(
        query.order_by(Person.disabled_at.is_not(None), Person.imported, Person.name)
    ).all()


def names(session: Session) -> dict[int, str]:
    """Everybody's name by id, for reading histories."""
    return dict(session.execute(select(Person.id, Person.name)).all())


def answered(session: Session, person: Person) -> set[str]:
    """The ids of the SOPs that a person answers for."""
    return set(session.scalars(select(Sop.id).where(access.answered(person))))


def areas(session: Session) -> list[str]:
    """The areas of the SOPs, also of retired ones: their runs and figures are somebody's too."""
    return list(session.scalars(select(Sop.area).where(Sop.area != "").distinct().order_by(Sop.area)))


def locations(session: Session, *, retired: bool = False) -> Sequence[Location]:
    """The locations in use, by name; with `retired`, then those that were given up."""
    query = select(Location).order_by(Location.retired_at.is_not(None), Location.name)
    return session.scalars(query if retired else query.where(Location.retired_at.is_(None))).all()


def teams(session: Session, *, retired: bool = False) -> Sequence[Team]:
    """The same for teams."""
    query = select(Team).options(joinedload(Team.location))
    query = query.order_by(Team.retired_at.is_not(None), Team.name)
    return session.scalars(query if retired else query.where(Team.retired_at.is_(None))).all()


def colleagues(session: Session, person: Person) -> Sequence[Person]:
    """The people of somebody's team, and those whom they lead, by name."""
    theirs = access.led(person)
    if person.team_id is not None:
        theirs = or_(theirs, Person.team_id == person.team_id)
    query = select(Person).where(theirs, Person.disabled_at.is_(None), Person.imported.is_(False))
    whole = (joinedload(Person.location), joinedload(Person.team), selectinload(Person.roles))
    return session.scalars(query.options(*whole).order_by(Person.name).limit(500)).all()


def open_by_person(session: Session, people: Collection[int], reader: Person) -> dict[int, int]:
    """How many open runs each of these people has, of those that the reader reaches."""
    query = select(Run.assignee_id, func.count()).where(IS_OPEN, Run.assignee_id.in_(people))
    counted = session.execute(query.where(access.reachable(reader)).group_by(Run.assignee_id))
    return {person: count for person, count in counted if person is not None}


def roles(session: Session) -> list[str]:
    """Every role that somebody has or an SOP in force names."""
    named = set(session.scalars(select(Role.name)))
    for meta in session.scalars(select(Revision.meta).join(Sop, Sop.in_force_id == Revision.id)):
        named.update(meta.get("roles") or ())
    return sorted(named)


def contains(word: str) -> str:
    """The pattern of what holds the word somewhere, with a backslash before signs of its own."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
