"""Evidence: the photo, file or signature that a step asks for, kept with its record."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tracker.domain.content import SUFFIXES, Piece
from tracker.domain.stores import Store
from tracker.errors import N_, InvalidError, NotFoundError
from tracker.models import Evidence, Record, Run, Step

INPUTS = ("photo", "file", "signature")

_WANTED = {
    "photo": N_("This step is done with a photo. Take one and try again."),
    "file": N_("This step is done with a file. Choose one and try again."),
    "signature": N_("This step is done with a signature. Sign in the box, or type your name."),
}
_NOT_WANTED = N_("This step does not take what was sent with it. Reload the page and try again.")
_GONE = N_("This evidence is not there any more.")


def require(step: Step, kind: str, name: str, pieces: Sequence[Piece]) -> None:
    """Refuse what a record must not be without, and what does not belong to it.

    `name`: what was typed, which is enough for a signature. Raises InvalidError.
    """
    if any(kind != "done" or piece.input != step.input for piece in pieces):
        raise InvalidError(_NOT_WANTED)
    if kind == "done" and step.input in INPUTS and not pieces and not (step.input == "signature" and name):
        raise InvalidError(_WANTED[step.input])


def attach(session: Session, record: Record, pieces: Sequence[Piece]) -> None:
    """Write down what belongs to a record. Its content was put away before (`put`)."""
    if pieces:
        rows = [
            {
                "record_id": record.id,
                "digest": piece.digest,
                "media_type": piece.media_type,
                "size": len(piece.content),
                "name": piece.name,
            }
            for piece in pieces
        ]
        session.execute(insert(Evidence), rows)


def of_run(session: Session, run: Run) -> dict[UUID, list[Evidence]]:
    """All evidence of a run, by the record that it belongs to; also of records that were taken back."""
    found: dict[UUID, list[Evidence]] = {}
    query = select(Evidence).join(Record).where(Record.run_id == run.id).order_by(Evidence.id)
    for entry in session.scalars(query):
        found.setdefault(entry.record_id, []).append(entry)
    return found


def one(session: Session, run: Run, evidence_id: int) -> Evidence:
    """A piece of evidence of a run that was loaded for its reader. Raises NotFoundError."""
    query = select(Evidence).join(Record).where(Evidence.id == evidence_id, Record.run_id == run.id)
    if (found := session.scalar(query)) is None:
        raise NotFoundError(_GONE)
    return found


def file_name(entry: Evidence) -> str:
    """What a piece is called when it is saved: its own name with the ending that its content has."""
    stem = entry.name.rpartition(".")[0] or entry.name or f"evidence-{entry.id}"
    return stem + SUFFIXES[entry.media_type]


def put(store: Store, piece: Piece) -> None:
    """Keep the content, safe before this returns. The same content is kept once. Raises UnavailableError."""
    store.put(_name(piece), piece.content)


def get(store: Store, entry: Evidence) -> bytes:
    """The content that was kept. Raises NotFoundError where it was taken away, UnavailableError."""
    return store.get(_name(entry))


def _name(of: Piece | Evidence) -> str:
    """What the content is called in the store."""
    return of.digest + SUFFIXES[of.media_type]
