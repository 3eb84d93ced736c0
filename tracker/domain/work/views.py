"""Views of the board that somebody has named: theirs alone, one of them may be what the board opens with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.db import alone
from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor
from tracker.domain.events import emit
from tracker.errors import N_, ConflictError, InvalidError, NotFoundError
from tracker.models import SavedView
from tracker.sop.text import clean, fold

MOST = 20
LONGEST_NAME = 40
LONGEST = 1000


def of(session: Session, actor: Actor) -> Sequence[SavedView]:
    """The actor's own views, by name."""
    query = select(SavedView).where(SavedView.person_id == actor.holder.id)
    return session.scalars(query.order_by(SavedView.name_order)).all()


def default(session: Session, actor: Actor) -> SavedView | None:
    """The view that the board opens with for the actor, if they have chosen one."""
    query = select(SavedView).where(SavedView.person_id == actor.holder.id, SavedView.is_default)
    return session.scalar(query)


def save(
    session: Session, actor: Actor, now: datetime, name: str, filters: str, *, is_default: bool = False
) -> SavedView:
    """Name a view of one's own. Leads may. `filters`: those of the board's address; "" for all runs.

    Raises InvalidError (no name, a long one, an address beyond measure), ConflictError (the name is taken, or
    there are MOST already).
    """
    access.require(actor, "board.see")
    alone(session, f"views of {actor.holder.id}")
    theirs = of(session, actor)
    if len(theirs) >= MOST:
        raise ConflictError(N_("You have %(n)s views. Remove one that you no longer need."), n=MOST)
    if len(filters) > LONGEST:
        raise InvalidError(N_("These filters are too long to be kept."))
    view = SavedView(person_id=actor.holder.id, filters=filters, made_at=now, is_default=False)
    view.name = _free(theirs, name)
    session.add(view)
    session.flush()
    if is_default:
        _open_with(theirs, view)
    kept = kinds.ViewSaved(name=view.name, filters=filters, default=is_default)
    emit(session, actor, now, kept, f"view:{view.id}")
    session.flush()
    return view


def change(
    session: Session, actor: Actor, now: datetime, view_id: int, *, name: str, is_default: bool
) -> SavedView:
    """Give one's own view another name; let the board open with it, or no more.

    Raises NotFoundError (also for somebody else's), InvalidError and ConflictError as `save`.
    """
    alone(session, f"views of {actor.holder.id}")
    view, theirs = own(session, actor, view_id), of(session, actor)
    free = _free([other for other in theirs if other is not view], name)
    if (view.name, view.is_default) == (free, is_default):
        return view
    view.name = free
    if is_default:
        _open_with(theirs, view)
    else:
        view.is_default = False
    emit(session, actor, now, kinds.ViewChanged(name=free, default=is_default), f"view:{view.id}")
    session.flush()
    return view


def remove(session: Session, actor: Actor, now: datetime, view_id: int) -> str:
    """Remove one's own view; returns its name. Raises NotFoundError, also for somebody else's."""
    view = own(session, actor, view_id)
    emit(session, actor, now, kinds.ViewRemoved(name=view.name), f"view:{view.id}")
    session.delete(view)
    session.flush()
    return view.name


def own(session: Session, actor: Actor, view_id: int) -> SavedView:
    """One of the actor's own views. Raises NotFoundError, also for somebody else's."""
    access.require(actor, "board.see")
    query = select(SavedView).where(SavedView.id == view_id, SavedView.person_id == actor.holder.id)
    view = session.scalar(query)
    if view is None:
        raise NotFoundError(N_("You have no such view. It may be removed already."))
    return view


def _free(others: Sequence[SavedView], name: str) -> str:
    """The name as it is kept, unless one of the others has it."""
    name = clean(name)
    if not name:
        raise InvalidError(N_("Give the view a name."))
    if len(name) > LONGEST_NAME:
        raise InvalidError(N_("Keep the name below %(n)s characters."), n=LONGEST_NAME)
    if fold(name) in {other.name_key for other in others}:
        raise ConflictError(N_("You have a view “%(name)s” already. Choose another name."), name=name)
    return name


def _open_with(theirs: Sequence[SavedView], view: SavedView) -> None:
    for other in theirs:
        other.is_default = False
    view.is_default = True
