"""Leads: views of the board by a name of one's own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext

from tracker.db import db, writing
from tracker.domain.work import views
from tracker.models import SavedView
from tracker.web import paging, versions
from tracker.web.actions import needs
from tracker.web.reader import actor, now
from tracker.web.versions import Shown
from tracker.web.work import board_view

bp = Blueprint("board_views", __name__)


@bp.get("/board/start")
@needs("board.see")
def start() -> Any:
    """The board as its reader wants it to open: with the view that they have chosen, or whole."""
    view = views.default(db.session(), actor())
    return redirect(paging.with_filters("board.board", board_view.parsed(view.filters if view else "")))


@bp.post("/board/views")
@needs("board.see")
def save() -> Any:
    """Name the view that is shown."""
    filters = board_view.query(board_view.filters(board_view.of_form()))
    with writing() as session:
        view = views.save(
            session, actor(), now(), request.form.get("name", ""), filters,
            is_default=bool(request.form.get("default")),
        )  # fmt: skip
        name = view.name
    return _back(gettext("The view “%(name)s” is kept.", name=name))


@bp.post("/board/views/<int:view_id>")
@needs("board.see")
@versions.changes
def change(view_id: int) -> Any:
    """Give a view another name; let the board open with it, or no more."""
    name, is_default = request.form.get("name", ""), bool(request.form.get("default"))
    with writing() as session:
        versions.check(shown(views.own(session, actor(), view_id)), f"view:{view_id}")
        name = views.change(session, actor(), now(), view_id, name=name, is_default=is_default).name
    return _back(gettext("The view “%(name)s” is kept.", name=name))


@bp.post("/board/views/<int:view_id>/removal")
@needs("board.see")
def remove(view_id: int) -> Any:
    """Remove a view; the runs in it stay as they are."""
    with writing() as session:
        name = views.remove(session, actor(), now(), view_id)
    return _back(gettext("The view “%(name)s” is removed. The runs in it are as they were.", name=name))


def shown(view: SavedView) -> list[Shown]:
    """The form of a view as it stands."""
    return [
        Shown("name", gettext("Name"), view.name),
        Shown(
            "default", gettext("Open the board with it"), "1" if view.is_default else "", versions.yes_or_no
        ),
    ]


def _back(told: str) -> Any:
    flash(told, "good")
    return redirect(paging.with_filters("board.board", board_view.of_form()), 303)
