"""What this phone keeps of its own: what waits, what was not taken, what is there without network."""

from __future__ import annotations

from flask import Blueprint, render_template

from tracker.domain import access
from tracker.web.actions import needs
from tracker.web.reader import actor

bp = Blueprint("phone", __name__)


@bp.get("/phone")
@needs("run.start")
def page() -> str:
    """An empty page: the device fills it from its own store, of which the server knows nothing."""
    return render_template("phone/on_this_phone.html", decides=access.may(actor(), "record.accept"))
