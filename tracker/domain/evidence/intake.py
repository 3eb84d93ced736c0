"""What comes with a record as evidence: checked and put away before anybody takes the write lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from tracker.domain.evidence import content, pieces
from tracker.domain.evidence.content import Piece
from tracker.domain.evidence.stores import Store
from tracker.errors import N_, InvalidError
from tracker.models import Run

_UNKNOWN = N_("A record takes photos, files and a signature, and nothing else.")


class Upload(NamedTuple):
    """One file as it came: the `input` that it answers (photo, file or signature), its bytes and its name."""

    input: str
    content: bytes
    name: str = ""


def take_in(
    session: Session, store: Store, now: datetime, run: Run, step_key: str, uploads: Sequence[Upload]
) -> list[Piece]:
    """The pieces that came with one record of a step, in their order; the same one twice is two.

    All are looked at before the first is put away, so that of what is refused nothing stays. Drawing an image
    anew and waiting for the disk take their time: call it without the write lock, for a run that was loaded
    for whoever sends it. Raises InvalidError, UnavailableError.
    """
    if len(uploads) > pieces.MOST:
        raise InvalidError(pieces.TOO_MANY, n=pieces.MOST)
    if any(upload.input not in pieces.INPUTS for upload in uploads):
        raise InvalidError(_UNKNOWN)
    made = [content.piece(*upload) for upload in uploads]
    for piece in made:
        pieces.put(store, piece)
    return [replace(piece, like=pieces.near(session, run, step_key, piece, now)) for piece in made]
