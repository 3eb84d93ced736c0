"""Whom and what one reaches: each rule for rows in hand and, beside it, the same rule in SQL.

What depends on how somebody came in takes the actor; where a person works and whose a run is are facts about
the person.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, False_, and_, exists, false, or_, select, true
from sqlalchemy.orm import object_session

from tracker.db import kept
from tracker.domain.access.owners import names_of
from tracker.domain.actor import Actor, Way
from tracker.models import LEVELS, Person, Revision, Run, Sop, Step
from tracker.sop.text import fold


def level(actor: Actor) -> int:
    """The actor's access level, from 0 (staff) to 3 (admin). A PIN gives nobody more than a lead's level.

    Where leads need a second factor, a PIN gives no more than staff may (`factors.most_by_pin`).
    """
    if actor.is_trusted:
        return len(LEVELS) - 1
    given = actor.holder.access, actor.most, "lead" if actor.way is Way.PIN else LEVELS[-1]
    return min(LEVELS.index(name) for name in given)


def reaches_all(actor: Actor) -> bool:
    """Admins reach everything, and so does a lead or owner who was given more than their own.

    The system and whoever holds the database do, without a person.
    """
    if actor.is_trusted:
        return True
    return actor.holder.access == "admin" or (actor.holder.everywhere and level(actor) > 0)


def answers_for(actor: Actor, sop: Sop) -> bool:
    """Whether the actor answers for the SOP: they own it, its area is theirs, or they reach everything."""
    if reaches_all(actor) or sop.area in actor.holder.areas:
        return True
    session, name = object_session(sop), sop.owner_name
    return name is not None and session is not None and fold(name) in names_of(session, actor.holder)


def is_named(actor: Actor, sop: Sop | None = None) -> bool:
    """Whether the `owner:` of the SOP, or of any, means the actor, whatever their level.

    Who came in by a PIN acts as nobody's owner, as owners by their level don't.
    """
    session = object_session(actor.holder)
    if session is None or actor.way is Way.PIN:
        return False
    if sop is not None:
        return sop.owner_name is not None and fold(sop.owner_name) in names_of(session, actor.holder)
    known: dict[int, bool] = kept(session, "whether SOPs name them")
    if actor.holder.id not in known:
        names = names_of(session, actor.holder)
        named = bool(names) and session.scalar(select(exists().where(Sop.owner_key.in_(names))))
        known[actor.holder.id] = bool(named)
    return known[actor.holder.id]


def sops_named_for(actor: Actor) -> ColumnElement[bool]:
    """The same as `is_named`, as a condition on the table of SOPs."""
    session = object_session(actor.holder)
    names = names_of(session, actor.holder) if session and actor.way is not Way.PIN else ()
    return Sop.owner_key.in_(sorted(names)) if names else false()


def within_reach(actor: Actor, run: Run) -> bool:
    """A lead reaches the runs of their location, and leads and owners those of SOPs they answer for."""
    if level(actor) == 0:
        return False
    if reaches_all(actor) or is_led_by(actor, run.location_id):
        return True  # cheap: this needs no look at the SOP
    return answers_for(actor, run.sop)


def is_led_by(actor: Actor, location_id: int | None) -> bool:
    """Whether a lead works at the location.

    Owners reach SOPs wherever they are run, so this is never true of them.
    """
    person = actor.holder
    return person.access == "lead" and location_id is not None and person.location_id == location_id


def takes_part(person: Person, run: Run) -> bool:
    """Whether the run is the person's, or is open to their team, a role of theirs or everybody where they
    work."""
    if run.assignee_id is not None:
        return run.assignee_id == person.id
    if not is_at_place(person, run) or run.team_id not in (None, person.team_id):
        return False
    return run.role is None or has_role(person, run.role)


def has_role(person: Person, *names: str) -> bool:
    """Whether one of these roles is the person's, however it is written."""
    return not {role.name_key for role in person.roles}.isdisjoint(map(fold, names))


def written_roles(person: Person) -> list[str]:
    """The person's roles as SOPs may write them: databases don't know that "Picker" is "picker"."""
    shapes = (str, fold, str.upper, str.capitalize, str.title)
    return sorted({shape(role.name) for role in person.roles for shape in shapes})


def is_at_place(person: Person, run: Run) -> bool:
    """Whether the run is where the person works. Without a location, people work and runs are everywhere."""
    return run.location_id is None or person.location_id in (None, run.location_id)


def lends_a_hand(person: Person, run: Run) -> bool:
    """Whether the person may sign or do something in a run that is somebody else's."""
    session = object_session(run)
    query = select(true()).where(Run.id == run.id, helping(person))
    return session is not None and bool(session.scalar(query))


def helping(person: Person) -> ColumnElement[bool]:
    """Open runs, where the person works, that have a step for one of their roles or that they may sign."""
    role = Step.attributes["role"].as_string()
    anybody = and_(Step.attributes["verify"].as_boolean(), role.is_(None))
    roles = written_roles(person)
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


def works_beside(person: Person, run: Run) -> bool:
    """Whether the person works where the run is done: they may hear whose it is."""
    return _works_on_the_floor(person) and is_at_place(person, run)


def beside(person: Person) -> ColumnElement[bool]:
    """The same as `works_beside`, as a condition on the table of runs."""
    return at_place(person) if _works_on_the_floor(person) else false()


def _works_on_the_floor(person: Person) -> bool:
    return person.location_id is not None or person.access in ("staff", "lead")


def open_to(person: Person) -> ColumnElement[bool]:
    """The same as `takes_part` for unassigned runs, as a condition on the table of runs."""
    for_role = or_(Run.role.is_(None), Run.role.in_(written_roles(person)))
    for_team = or_(Run.team_id.is_(None), Run.team_id == person.team_id)
    return and_(Run.assignee_id.is_(None), at_place(person), for_team, for_role)


def shared_with(person: Person) -> ColumnElement[bool]:
    """Runs that are for the person's team or one of their roles and that somebody else has, where they work.

    They are told whose these are and how far, as they may hear of them (`rules.may_hear_of`).
    """
    for_role = Run.role.in_(written_roles(person))
    for_team = Run.team_id == person.team_id if person.team_id is not None else false()
    whose = and_(Run.assignee_id.is_not(None), Run.assignee_id != person.id)
    return and_(
        whose,
        beside(person),
        or_(for_team, for_role),
        or_(Run.role.is_(None), for_role),
        or_(Run.team_id.is_(None), for_team),
    )


def sops_answered_for(actor: Actor) -> ColumnElement[bool]:
    """The same as `answers_for`, as a condition on the table of SOPs."""
    if reaches_all(actor):
        return true()
    person = actor.holder
    session = object_session(person)
    names = sorted(names_of(session, person)) if session else []
    given = {Sop.area: person.areas, Sop.owner_key: names}
    parts = [column.in_(values) for column, values in given.items() if values]
    return or_(*parts) if parts else false()


def reachable(actor: Actor) -> ColumnElement[bool]:
    """The same as `within_reach`, as a condition on the table of runs; nothing for who is disabled."""
    if is_shut_out(actor) or level(actor) == 0:
        return false()
    if reaches_all(actor):
        return true()
    person, theirs = actor.holder, sops_answered_for(actor)
    of_sops = theirs if isinstance(theirs, False_) else Run.sop_id.in_(select(Sop.id).where(theirs))
    leads = person.access == "lead" and person.location_id is not None
    return or_(of_sops, Run.location_id == person.location_id) if leads else of_sops


def people_led(actor: Actor) -> ColumnElement[bool]:
    """The people whom an actor leads, as a condition on the table: who works where they lead, or everywhere.

    Owners lead nobody of their own: people everywhere run their SOPs.
    """
    if is_shut_out(actor) or level(actor) == 0:
        return false()
    if reaches_all(actor) or actor.holder.access == "owner":
        return true()
    place = actor.location_id
    return false() if place is None else or_(Person.location_id.is_(None), Person.location_id == place)


def visible(actor: Actor) -> ColumnElement[bool]:
    """The runs that an actor may see ("run.see"), as a condition on the table of runs."""
    if is_shut_out(actor) or not actor.is_made_for("run.see"):
        return false()
    if actor.is_trusted:
        return true()
    person = actor.holder
    theirs = or_(Run.assignee_id == person.id, Run.offered_to_id == person.id)
    named = Run.sop_id.in_(select(Sop.id).where(sops_named_for(actor)))
    return or_(reachable(actor), named, theirs, open_to(person), helping(person))


def is_shut_out(actor: Actor) -> bool:
    """Whether the account is disabled."""
    return actor.person is not None and actor.person.disabled_at is not None


def leads(actor: Actor, location_id: int | None) -> bool:
    """Whether the actor looks after the location: it is theirs, or they reach everything."""
    if level(actor) == 0 or reaches_all(actor):
        return level(actor) > 0
    return location_id is not None and actor.location_id == location_id
