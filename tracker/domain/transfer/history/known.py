"""What runs of a history name: revisions and their steps, places, people. Made where they are not known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.db import alone
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import SYSTEM
from tracker.domain.events import emit
from tracker.domain.people import directory
from tracker.domain.transfer.history.job import FinishedRun, Import
from tracker.models import REVISIONS, Location, Person, Revision, Sop, Step


@dataclass(slots=True)
class _Revision:
    """A revision's row and its steps' keys. A published one is never changed."""

    id: int
    keys: set[str]
    published: bool


class Known:
    """The rows of an import that are looked up, or made, once each."""

    def __init__(self, job: Import, now: datetime) -> None:
        self._job = job
        self._now = now
        self._revisions: dict[tuple[str, str], _Revision] = {}
        self._places: dict[str, int | None] = {"": None}
        self._people: dict[str, int | None] = {"": None}

    def revision(self, session: Session, run: FinishedRun) -> int:
        """The revision of the run's label; a history's own gets the steps that its runs name."""
        place = (run.sop_id, run.label)
        if place not in self._revisions:
            self._revisions[place] = self._find(session, *place)
        revision = self._revisions[place]
        keys = revision.keys
        if not revision.published and any(line.step not in keys for line in run.lines):
            self._add_steps(session, run.sop_id, revision, (line.step for line in run.lines))
        return revision.id

    def place(self, session: Session, name: str) -> int | None:
        """The location of that name, however it is written; an unknown one is in the installation's zone."""
        if name not in self._places:
            location = directory.place_named(session, name)
            if location is None:
                location = Location(name=name, zone=self._job.zone)
                session.add(location)
                session.flush()
                subject = f"location:{location.id}"
                emit(
                    session, SYSTEM, self._now, kinds.LocationImported(name=name, zone=location.zone), subject
                )
            self._places[name] = location.id
        return self._places[name]

    def person(self, session: Session, actor: str) -> int | None:
        """The person of that login; an unknown one is made as imported and can't sign in."""
        if actor in self._people:
            return self._people[actor]
        login = directory.same_login(actor)[:64]
        person = directory.with_login(session, login)
        if person is None:
            person = Person(login=login, name=login, imported=True, created_at=self._now)
            session.add(person)
            session.flush()
            emit(session, SYSTEM, self._now, kinds.PersonImported(), f"person:{person.id}")
        self._people[actor] = person.id
        return person.id

    def _find(self, session: Session, sop_id: str, label: str) -> _Revision:
        """The revision of that label, made on first sight. A history's own dates from its first run."""
        alone(session, REVISIONS)  # who publishes meanwhile may want the same label
        revision = session.scalar(select(Revision).where(Revision.sop_id == sop_id, Revision.label == label))
        began = self._job.began[sop_id, label]
        if revision is None:
            revision = self._new(session, sop_id, label, began)
        elif revision.number is None and began < revision.published_at:
            revision.published_at = began
            emit(session, SYSTEM, self._now, kinds.RevisionRedated(label=label), f"sop:{sop_id}")
        keys = session.scalars(select(Step.key).where(Step.revision_id == revision.id))
        return _Revision(revision.id, set(keys), revision.number is not None)

    def _new(self, session: Session, sop_id: str, label: str, began: datetime) -> Revision:
        """A revision that is never in force; of a new SOP that can't be started, if need be."""
        sop = session.get(Sop, sop_id)
        if sop is None:
            sop = Sop(id=sop_id, title=sop_id.replace("-", " ").capitalize(), retired_at=self._now)
            session.add(sop)
            session.flush()
        revision = Revision(sop_id=sop_id, label=label, title=sop.title, published_at=began)
        session.add(revision)
        session.flush()
        emit(session, SYSTEM, self._now, kinds.RevisionImported(label=label), f"sop:{sop_id}")
        return revision

    def _add_steps(self, session: Session, sop_id: str, revision: _Revision, keys: Iterable[str]) -> None:
        """Steps that the SOP has elsewhere are taken to have been the same; of others the key is all."""
        steps = select(Step).join(Revision).where(Revision.sop_id == sop_id)
        like = {step.key: step for step in session.scalars(steps.order_by(Revision.published_at, Step.id))}
        for key in dict.fromkeys(keys):
            if key in revision.keys:
                continue
            text, attributes = key.replace("-", " "), {}
            if key in like:
                text, attributes = like[key].text, like[key].attributes
            position = len(revision.keys)
            session.add(
                Step(revision_id=revision.id, position=position, key=key, text=text, attributes=attributes)
            )
            revision.keys.add(key)
        session.flush()
