"""Evidence comes in with a record and is shown to those who may see the run."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, request, send_file

from tracker.db import db
from tracker.domain.evidence import content, intake, pieces
from tracker.domain.evidence.content import Piece
from tracker.domain.evidence.intake import Upload
from tracker.domain.evidence.stores import Store
from tracker.domain.records import senders
from tracker.domain.records.clocks import UNKNOWN, Device
from tracker.domain.runs import loading
from tracker.models import Evidence
from tracker.web.actions import needs
from tracker.web.answers import to_be_saved_as
from tracker.web.policy import from_people
from tracker.web.reader import actor, now

bp = Blueprint("evidence", __name__)

LARGEST_FORM = content.LARGEST + 200_000
"""Bytes of a record with its evidence; what comes with it is small."""


def take_in(run_id: int, record_id: UUID, device: Device = UNKNOWN) -> list[Piece]:
    """What this request brings as evidence of a record, checked and put away.

    It comes before the write lock. Whoever may not see the run does not get so far, unless it came late
    (`senders.load`). Raises InvalidError, ForbiddenError, NotFoundError, UnavailableError.
    """
    sent = [(name, file) for name, file in request.files.items(multi=True) if file.filename]
    if not sent:
        return []
    run = senders.find(db.session(), actor(), now(), run_id, record_id, device)
    uploads = [
        Upload(name, file.stream.read(content.LARGEST + 1), file.filename or "") for name, file in sent
    ]
    return intake.take_in(db.session(), store(), now(), run, request.form.get("step", ""), uploads)


@bp.get("/runs/<int:run_id>/evidence/<int:evidence_id>")
@needs("run.see")
def show(run_id: int, evidence_id: int) -> Any:
    """One piece of evidence: an image as we have drawn it, anything else as a file to save.

    With `small=1` a photo comes at a size for lists.
    """
    run = loading.load(db.session(), actor(), run_id, "run.see")
    entry = pieces.one(db.session(), run, evidence_id)
    return file_answer(entry, small="small" in request.args)


def file_answer(entry: Evidence, *, small: bool = False) -> Any:
    """The content of a piece as an answer that a browser does nothing with but show or save."""
    response = send_file(
        BytesIO((pieces.small if small else pieces.get)(store(), entry)),
        mimetype=entry.media_type,
        as_attachment=not entry.is_image,
        download_name=pieces.file_name(entry),
        etag=f"{entry.digest}-small" if small else entry.digest,
    )
    if not entry.is_image:
        response.headers["Content-Disposition"] = to_be_saved_as(pieces.file_name(entry))
    # not cached on a shared tablet: the next person may not see it
    response.headers["Cache-Control"] = "private, no-cache"
    return from_people(response)


def store() -> Store:
    """Where the application keeps evidence."""
    kept: Store = current_app.config["EVIDENCE"]
    return kept
