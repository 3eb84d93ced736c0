"""What must be said before a run can start: where nothing is left to say, one press starts it."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.db import db
from tracker.domain.library import catalogue
from tracker.domain.people import directory
from tracker.models import Location, Sop
from tracker.web.reader import person


def places() -> Sequence[Location]:
    """Where the reader may start a run, if they are asked: others start where they work."""
    return directory.locations(db.session()) if person().location_id is None else []


def asks(sop: Sop, about: str, among: Sequence[Location]) -> bool:
    """Whether something is still to be said: what the run is about, or at which of several places it is."""
    return len(among) > 1 or (bool(catalogue.meta(sop).subject) and not about)
