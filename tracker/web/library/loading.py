"""The SOP and revision that an address asks for."""

from __future__ import annotations

from flask import abort, request

from tracker.db import db
from tracker.domain import access
from tracker.errors import N_, NotFoundError
from tracker.models import Revision, Sop
from tracker.web.forms import row_id
from tracker.web.reader import actor


def load(sop_id: str, action: str) -> tuple[Sop, Revision | None]:
    """The SOP that the address names, if the reader may do `action` to it, and the revision, if any."""
    sop = db.session.get(Sop, sop_id)
    if sop is None:
        raise NotFoundError(N_("There is no SOP “%(id)s”. Search for it by its title."), id=sop_id)
    access.require(actor(), action, sop)
    wanted = request.args.get("revision", "")
    if not wanted:
        return sop, None
    revision = db.session.get(Revision, row_id(wanted) or 0)
    if revision is None or revision.sop_id != sop.id:
        abort(404)
    return sop, revision
