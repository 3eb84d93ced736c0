"""The lines of a list, judged one by one: what each would open, or what keeps it from being opened."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from tracker.domain import access, walltime
from tracker.domain.actor import Actor
from tracker.domain.dispatch import lists
from tracker.domain.dispatch.lists import Line, Sheet
from tracker.domain.event_kinds import RunStarted
from tracker.domain.library import catalogue
from tracker.domain.people import directory
from tracker.domain.people import places as people_places
from tracker.domain.runs import assignment, lifecycle, one_open_run, standing, subjects
from tracker.errors import N_, ConflictError, ForbiddenError, HoldfastError, InvalidError
from tracker.models import Batch, Location, Person, Revision, Run, Team, login_key, subject_key
from tracker.sop.ordering import order_key
from tracker.sop.text import clean, fold

PART = 1000
"""Lines that are judged at a time, before any of them is written."""

Thing = TypeVar("Thing")
Found = TypeVar("Found")
ALREADY = N_("There is an open run of this SOP about it already.")


@dataclass(frozen=True, slots=True)
class Alike:
    """What the runs of many lines have in common: all but what they are about. `key`: that of the list."""

    key: str
    columns: dict[str, Any]
    told: RunStarted


@dataclass(frozen=True, slots=True)
class Row:
    """A line that can be opened: what its run is about, how it is opened, the subject's other names."""

    line: Line
    kind: str
    subject: str
    alike: Alike
    aliases: tuple[str, ...] = ()

    @property
    def ref(self) -> str:
        """The reference of its run, made from the list's key: the same whenever it is asked."""
        return str(uuid5(NAMESPACE_URL, f"holdfast:{self.alike.key}:{self.kind}:{self.subject}"))

    @property
    def subject_key(self) -> str:
        """How its subject is compared."""
        return subject_key(self.subject, self.kind)

    @property
    def columns(self) -> dict[str, Any]:
        """Those of its run."""
        return {
            **self.alike.columns,
            "subject_ref": self.subject,
            "subject_key": self.subject_key,
            "ref": self.ref,
        }

    @property
    def told(self) -> RunStarted:
        """What its event says."""
        return self.alike.told


def judged(
    session: Session, actor: Actor, now: datetime, batch: Batch, sheet: Sheet
) -> Iterator[Row | tuple[Line, HoldfastError]]:
    """Each line of a list as it can be opened, or with what is wrong about it and what to write."""
    try:
        access.require(actor, "run.assign")
        rules = rules_of(session, actor, now, batch)
    except (ConflictError, ForbiddenError) as error:  # the SOP is retired, or the person leads no more
        yield from ((line, error) for line in sheet.lines)
        return
    seen: dict[tuple[str, str], int] = {}
    for part in in_parts(iter(sheet.lines)):
        if inspect(rules.revision).expired:  # a part was written meanwhile: read all of it again at once
            rules = rules_of(session, actor, now, batch)
        keys = [subject_key(line["subject"], line["kind"] or rules.kind) for line in part]
        aliases = subjects.among(session, keys)
        for line, key in zip(part, keys, strict=True):
            try:
                row = rules.row(session, line, key in aliases)
                first = seen.setdefault((fold(row.kind), row.subject_key), line.number)
                if first != line.number:
                    raise InvalidError(N_("The same is in line %(n)s already. Delete one of them."), n=first)
                yield row
            except HoldfastError as error:
                yield line, error


@dataclass(frozen=True, slots=True)
class _Rules:
    """What decides about a line, looked up once for the whole list."""

    actor: Actor
    now: datetime
    batch: Batch
    revision: Revision
    kind: str  # what a run is about where the line does not say it
    places: dict[str, Location]
    people: dict[str, Person]
    teams: dict[str, Team]
    roles: dict[str, str]
    fresh: dict[str, Any]  # the standing of a run in which nothing was recorded yet
    _reached: dict[int | None, bool] = field(default_factory=dict)
    _alike: dict[tuple[str, ...], Alike] = field(default_factory=dict)

    def row(self, session: Session, line: Line, is_alias: bool) -> Row:
        """The run that the line asks for. Raises what is wrong about it."""
        if line.problem:
            raise line.problem
        kind = (line["kind"] and subjects.plain(line["kind"])) or self.kind
        about = one_open_run.subject_named(line["subject"], kind)
        if not about:
            raise InvalidError(N_("The line has no subject. Write what its run is about."))
        if is_alias:
            about = subjects.resolve(session, about, kind)
        how = (kind, line["assignee"], line["team"], line["role"], line["location"], line["due"])
        alike = self._alike.get(how) or self._alike.setdefault(how, self._opened(line, kind))
        names = (
            tuple(filter(None, map(subjects.plain, line["aliases"].split("|")))) if line["aliases"] else ()
        )
        return Row(line, kind, about, alike, names)

    def _opened(self, line: Line, kind: str) -> Alike:
        """How a run of the kind is opened for whom, where and by when the line says."""
        person, team, role = self._whom(line)
        place = self._place(line, person, team)
        due = self.batch.due_at
        if line["due"]:
            due = walltime.read(line["due"], place.zone if place else self.batch.zone, self.now)
        columns = {
            **lifecycle.new(self.actor, self.now, self.revision, kind=kind, about="", due=due),
            **self.fresh,
            "location_id": place.id if place else None,
            "assignee_id": person.id if person else None,
            "team_id": team.id if team else None,
            "role": role,
        }
        told = RunStarted(
            sop=self.revision.sop_id,
            assignee=person.id if person else None,
            team=team.name if team else None,
            role=role,
            batch=self.batch.id,
        )
        return Alike(self.batch.key, columns, told)

    def _whom(self, line: Line) -> tuple[Person | None, Team | None, str | None]:
        if sum(bool(line[column]) for column in ("assignee", "team", "role")) > 1:
            raise InvalidError(N_("Write one of assignee, team and role, not several."))
        if line["assignee"]:
            person = self.people.get(login_key(line["assignee"]))
            if person is None:
                unknown = N_("There is no account “%(name)s”. Write a login name.")
                raise InvalidError(unknown, name=line["assignee"][:80])
            assignment.must_be_there(person)
            return person, None, None
        if line["team"]:
            return (
                None,
                _named(self.teams, line["team"], N_("There is no team “%(name)s”. There are: %(known)s.")),
                None,
            )
        if line["role"]:
            return (
                None,
                None,
                _named(self.roles, line["role"], N_("There is no role “%(name)s”. There are: %(known)s.")),
            )
        assignment.must_be_there(self.batch.assignee, self.batch.team)
        return self.batch.assignee, self.batch.team, self.batch.role

    def _place(self, line: Line, person: Person | None, team: Team | None) -> Location | None:
        place: Location | None
        if line["location"]:
            place = _named(
                self.places, line["location"], N_("There is no location “%(name)s”. There are: %(known)s.")
            )
        elif line["assignee"] or line["team"]:
            place = (person and person.location) or (team and team.location) or self.batch.location
        else:
            place = self.batch.location
        number = people_places.usable(place).id if place else None
        if number not in self._reached:
            run = Run(location_id=number, sop=self.revision.sop)
            self._reached[number] = access.may(self.actor, "run.assign", run)
        if not self._reached[number]:
            raise ForbiddenError(
                N_("You don’t lead at %(place)s. Somebody who does can open this one."),
                place=place.name if place else "–",
            )
        return place


def rules_of(session: Session, actor: Actor, now: datetime, batch: Batch) -> _Rules:
    revision = catalogue.in_force(session, batch.sop_id)
    return _Rules(
        actor=actor,
        now=now,
        batch=batch,
        revision=revision,
        kind=one_open_run.subject_kind(revision, None),
        places={place.name: place for place in directory.locations(session)},
        people=directory.by_login_key(session),
        teams={team.name: team for team in directory.teams(session)},
        roles={name: name for name in directory.roles(session)},
        fresh=standing.fresh_standing(session, revision)._asdict(),
    )


def _some(known: Iterable[str]) -> str:
    """The first names of many, and that there are more."""
    names = sorted(known, key=order_key)
    return ", ".join(names[:20]) + (" …" if len(names) > 20 else "")


def _named(known: dict[str, Thing], name: str, unknown: str) -> Thing:
    """What is written so; else what has the same name. Raises InvalidError."""
    if clean(name) in known:
        return known[clean(name)]
    key = fold(name)
    for other, thing in known.items():
        if fold(other) == key:
            return thing
    raise InvalidError(unknown, name=name[:80], known=_some(known))


def states_of(session: Session, batch: Batch, rows: Sequence[Row]) -> dict[str, set[str]]:
    """The states of the SOP's runs about the subjects of the rows, by their keys."""
    kinds = {row.kind for row in rows}
    return one_open_run.states_about(session, batch.sop_id, kinds, [row.subject_key for row in rows])


def open_already(session: Session, batch: Batch, rows: Sequence[Row]) -> set[str]:
    """The keys of those subjects of the rows that an open run of the SOP is about."""
    return {subject for subject, states in states_of(session, batch, rows).items() if "open" in states}


def refs_of(session: Session, batch: Batch, rows: Sequence[Row]) -> set[str]:
    """The references of the rows that have their run."""
    wanted = [row.ref for row in rows]
    return set(session.scalars(select(Run.ref).where(Run.sop_id == batch.sop_id, Run.ref.in_(wanted))))


def in_parts(found: Iterator[Found]) -> Iterator[list[Found]]:
    while part := list(islice(found, PART)):
        yield part


def sheet_of(batch: Batch) -> Sheet:
    return lists.read(zlib.decompress(batch.content).decode())
