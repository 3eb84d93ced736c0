"""Evidence: the photo, file or signature that a step asks for, and what else is added to a record of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, insert, not_, select
from sqlalchemy.orm import Session, joinedload

from tracker.domain.evidence import content
from tracker.domain.evidence.content import IMAGE, SUFFIXES, CameraNote, Piece
from tracker.domain.evidence.stores import Store
from tracker.errors import N_, InvalidError, NotFoundError, UnavailableError
from tracker.models import Evidence, Record, Run, Step

INPUTS = ("photo", "file", "signature")

MOST = 8
"""Pieces of one record."""

TOO_MANY = N_("At most %(n)s photos and files go with one record.")

NEAR_BITS, NEAR_DAYS, NEAR_MOST = 4, 90, 5_000
"""Photos are nearly the same where at most so many bits of their likeness differ; how far back is looked."""

_WANTED = {
    "photo": N_("This step is done with a photo. Take one and try again."),
    "file": N_("This step is done with a file. Choose one and try again."),
    "signature": N_("This step is done with a signature. Sign in the box, or type your name."),
}
NOT_WANTED = N_("This step does not take what was sent with it. Reload the page and try again.")
_GONE = N_("This evidence is not there any more.")
_DELETED = N_("This evidence was deleted after %(days)s days, as its SOP says.")


def require(step: Step, kind: str, name: str, pieces: Sequence[Piece]) -> None:
    """Check that a record brings the evidence that its step asks for.

    Photos and files may be added to whatever is recorded, also to a failure or a skip; a signature comes
    only where it is asked for. `name`: what was typed, which is enough for it. Raises InvalidError.
    """
    if len(pieces) > MOST:
        raise InvalidError(TOO_MANY, n=MOST)
    inputs = [piece.input for piece in pieces]
    signing = kind == "done" and step.input == "signature"
    if (inputs and kind == "undone") or inputs.count("signature") > signing:
        raise InvalidError(NOT_WANTED)
    if kind == "done" and step.input in INPUTS and step.input not in inputs and not (signing and name):
        raise InvalidError(_WANTED[step.input])


def rows(
    session: Session, now: datetime, run: Run, step: Step, pieces: Sequence[Piece]
) -> list[dict[str, Any]]:
    """The columns for pieces that came in `now`, one dictionary each.

    `put` has stored their content already.
    """
    return [_row(session, now, run, step, piece) for piece in pieces]


def attach(session: Session, record: Record, rows_of_record: Sequence[Mapping[str, Any]]) -> None:
    """Insert the evidence of a record; `rows` made its columns."""
    if rows_of_record:
        session.execute(insert(Evidence), [{**row, "record_id": record.id} for row in rows_of_record])


def _row(session: Session, now: datetime, run: Run, step: Step, piece: Piece) -> dict[str, Any]:
    photo = piece.media_type == IMAGE
    asked = piece.input == step.input and step.attributes.get("keep-location")
    noted = piece.noted if asked else CameraNote()  # nothing is said beside what is only added
    future = (now + timedelta(days=1)).date().isoformat()
    return {
        "digest": piece.digest,
        "media_type": piece.media_type,
        "size": len(piece.content),
        "name": piece.name,
        "sop_id": run.sop_id if photo else None,
        "likeness": piece.likeness,
        "like_id": (_same(session, run, step.key, piece) or piece.like) if photo else None,
        "latitude": noted.latitude,
        "longitude": noted.longitude,
        "taken": noted.taken if noted.taken and noted.taken[:10] <= future else None,
    }


def near(session: Session, run: Run, step_key: str, piece: Piece, now: datetime) -> int | None:
    """The newest evidence of the run's SOP that looks nearly like this photo, for `Piece.like`.

    It looks through thousands of rows, so it comes before the write lock.
    """
    if piece.likeness is None:
        return None
    rows = select(Evidence.id, Evidence.likeness).where(Evidence.sop_id == run.sop_id)
    looks = int(piece.likeness, 16)
    candidates = [
        id
        for id, likeness in session.execute(rows.order_by(Evidence.id.desc()).limit(NEAR_MOST))
        if likeness and (int(likeness, 16) ^ looks).bit_count() <= NEAR_BITS
    ]
    since = now - timedelta(days=NEAR_DAYS)
    query = (
        select(Evidence.id).join(Record).where(Evidence.id.in_(candidates[:100]), Record.received_at >= since)
    )
    return session.scalar(query.where(_elsewhere(run, step_key)).order_by(Evidence.id.desc()).limit(1))


def _same(session: Session, run: Run, step_key: str, piece: Piece) -> int | None:
    """The newest evidence that is this very photo, in whatever SOP."""
    query = select(Evidence.id).join(Record).where(Evidence.digest == piece.digest, _elsewhere(run, step_key))
    return session.scalar(query.order_by(Evidence.id.desc()).limit(1))


def _elsewhere(run: Run, step_key: str) -> ColumnElement[bool]:
    """The condition that leaves out the step itself: who takes it back and does it again may send the same
    photo."""
    return not_((Record.run_id == run.id) & (Record.step_key == step_key))


def of_run(session: Session, run: Run) -> dict[UUID, list[Evidence]]:
    """All evidence of a run, by the record that it belongs to; also of records that were taken back."""
    by_record: dict[UUID, list[Evidence]] = {}
    query = select(Evidence).join(Record).where(Record.run_id == run.id).order_by(Evidence.id)
    for entry in session.scalars(query.options(joinedload(Evidence.deletion))):
        by_record.setdefault(entry.record_id, []).append(entry)
    return by_record


def one(session: Session, run: Run, evidence_id: int) -> Evidence:
    """A piece of evidence of a run that was loaded for its reader. Raises NotFoundError."""
    query = select(Evidence).join(Record).where(Evidence.id == evidence_id, Record.run_id == run.id)
    if (entry := session.scalar(query)) is None:
        raise NotFoundError(_GONE)
    return entry


def file_name(entry: Evidence) -> str:
    """What a piece is called when it is saved: its own name with the ending that its content has."""
    stem = entry.name.rpartition(".")[0] or entry.name or f"evidence-{entry.id}"
    return stem + SUFFIXES[entry.media_type]


def put(store: Store, piece: Piece) -> None:
    """Keep the content, safe before this returns. The same content is kept once. Raises UnavailableError."""
    store.put(name_of(piece), piece.content)
    if piece.small:
        store.put(small_name(piece), piece.small)


def get(store: Store, entry: Evidence) -> bytes:
    """The content that was kept. Raises NotFoundError where it was taken away, UnavailableError."""
    if entry.deletion is not None:
        raise NotFoundError(_DELETED, days=entry.deletion.days)
    return store.get(name_of(entry))


def small(store: Store, entry: Evidence) -> bytes:
    """A photo at a size for lists; what has none yet gets one. Raises like `get`."""
    if not entry.is_photo or entry.deletion is not None:
        return get(store, entry)
    try:
        return store.get(small_name(entry))
    except NotFoundError:
        made = content.small(get(store, entry))
    with suppress(UnavailableError, OSError):  # it is not kept then, and made again the next time
        store.put(small_name(entry), made)
    return made


def name_of(of: Piece | Evidence) -> str:
    """What the content is called in the store."""
    return of.digest + SUFFIXES[of.media_type]


def small_name(of: Piece | Evidence) -> str:
    """What a photo at a size for lists is called there."""
    return f"{of.digest}.small.jpg"
