"""Whom and what a person reaches: each rule for rows in hand and, beside it, the same rule in SQL."""

from __future__ import annotations

from sqlalchemy import ColumnElement, False_, and_, exists, false, or_, select, true
from sqlalchemy.orm import object_session

from tracker.domain import access
from tracker.domain.access.owners import names_of, spellings
from tracker.models import LEVELS, Person, Revision, Run, Sop, Step


def level(person: Person) -> int:
    """How much a person may: 0 for staff up to 3 for admin. By a PIN nobody is more than a lead.

    Where leads need a second factor, a PIN gives no more than staff may (`factors.most_by_pin`).
    """
    most = LEVELS.index(person.most_by_pin) if person.by_pin else len(LEVELS)
    return min(LEVELS.index(person.access), most)


def reaches_all(person: Person) -> bool:
    """Admins reach everything, and so does a lead or owner who was given more than their own."""
    return person.access == "admin" or (person.everywhere and level(person) > 0)


def answers_for(person: Person, sop: Sop) -> bool:
    """The SOP is theirs to answer for: they are its owner, its area is theirs, or they reach everything."""
    if reaches_all(person) or sop.area in person.areas:
        return True
    session, name = object_session(sop), sop.owner_name
    return name is not None and session is not None and name.lower() in names_of(session, person)


def within_reach(person: Person, run: Run) -> bool:
    """A lead reaches the runs of their location, and leads and owners those of SOPs they answer for."""
    if level(person) == 0:
        return False
    here = person.access == "lead" and person.location_id is not None
    if (here and run.location_id == person.location_id) or reaches_all(person):
        return True  # without a look at the SOP
    return answers_for(person, run.sop)


def takes_part(person: Person, run: Run) -> bool:
    """It is theirs, or open to their team or one of their roles (or to everybody) where they work."""
    if run.assignee_id is not None:
        return run.assignee_id == person.id
    if not is_at_place(person, run) or run.team_id not in (None, person.team_id):
        return False
    return run.role is None or run.role in {role.name for role in person.roles}


def is_at_place(person: Person, run: Run) -> bool:
    """The run is where the person works; who has no location works everywhere, and so is a run without."""
    return run.location_id is None or person.location_id in (None, run.location_id)


def lends_a_hand(person: Person, run: Run) -> bool:
    """The run, or a step of it, is theirs to sign or to do, though the run is not theirs."""
    session = object_session(run)
    found = select(true()).where(Run.id == run.id, helping(person))
    return session is not None and bool(session.scalar(found))


def helping(person: Person) -> ColumnElement[bool]:
    """Open runs where the person works with a step for one of their roles, or that they may sign."""
    role = Step.attributes["role"].as_string()
    anybody = and_(Step.attributes["verify"].as_boolean(), role.is_(None))
    roles = [own.name for own in person.roles]
    whole = select(Revision.id).where(Revision.verify.in_(["", *roles]))
    return and_(
        Run.state == "open",
        at_place(person),
        or_(
            exists().where(Step.revision_id == Run.revision_id, or_(role.in_(roles), anybody)),
            Run.revision_id.in_(whole),
        ),
    )


def at_place(person: Person) -> ColumnElement[bool]:
    """The same as `is_at_place`, as a condition on the table of runs."""
    if person.location_id is None:
        return true()
    return or_(Run.location_id.is_(None), Run.location_id == person.location_id)


def open_to(person: Person) -> ColumnElement[bool]:
    """The same as `takes_part` for unassigned runs, as a condition on the table of runs."""
    for_role = or_(Run.role.is_(None), Run.role.in_([role.name for role in person.roles]))
    for_team = or_(Run.team_id.is_(None), Run.team_id == person.team_id)
    return and_(Run.assignee_id.is_(None), at_place(person), for_team, for_role)


def answered(person: Person) -> ColumnElement[bool]:
    """The same as `answers_for`, as a condition on the table of SOPs."""
    if reaches_all(person):
        return true()
    session = object_session(person)
    given = {Sop.area: person.areas, Sop.owner_name: spellings(session, person) if session else []}
    parts = [column.in_(values) for column, values in given.items() if values]
    return or_(*parts) if parts else false()


def reachable(person: Person) -> ColumnElement[bool]:
    """The same as `within_reach`, as a condition on the table of runs; nothing for who is disabled."""
    if person.disabled_at is not None or level(person) == 0:
        return false()
    if reaches_all(person):
        return true()
    theirs = answered(person)
    of_sops = theirs if isinstance(theirs, False_) else Run.sop_id.in_(select(Sop.id).where(theirs))
    leads = person.access == "lead" and person.location_id is not None
    return or_(of_sops, Run.location_id == person.location_id) if leads else of_sops


def led(person: Person) -> ColumnElement[bool]:
    """The people whom a person leads, as a condition on the table: those where they lead, or work everywhere.

    The SOPs that an owner answers for are run by people everywhere.
    """
    if person.disabled_at is not None or level(person) == 0:
        return false()
    if reaches_all(person) or person.access == "owner":
        return true()
    if person.location_id is None:
        return false()
    return or_(Person.location_id.is_(None), Person.location_id == person.location_id)


def visible(person: Person) -> ColumnElement[bool]:
    """The runs that a person may see ("run.see"), as a condition on the table of runs."""
    if person.disabled_at is not None:
        return false()
    theirs = or_(Run.assignee_id == person.id, Run.offered_to_id == person.id)
    return or_(reachable(person), theirs, open_to(person), helping(person))


def leads(actor: Person, location_id: int | None) -> bool:
    """Whether they look after the place: it is theirs, or they reach everything."""
    own = actor.location_id is not None and actor.location_id == location_id
    return access.level(actor) > 0 and (own or access.reaches_all(actor))
