"""The language that a person has chosen for the interface."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor
from tracker.domain.events import emit


def choose(session: Session, actor: Actor, now: datetime, language: str | None) -> None:
    """Set one's own language, of those that the edge offers; None is as the browser says."""
    person = actor.holder
    session.refresh(person, ["language"], with_for_update=True)
    if person.language != language:
        person.language = language
        emit(session, actor, now, kinds.LanguageChosen(language=language), f"person:{person.id}")
        session.flush()
