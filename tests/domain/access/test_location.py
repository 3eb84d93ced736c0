"""Where and when a photo was taken is kept where its step asks for it, beside the photo and not in it."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy.orm import Session

from tests.domain.conftest import Do
from tests.support.evidence import DELIVERY, located
from tracker.authoring.sync import publish
from tracker.domain.evidence import pieces
from tracker.domain.evidence.content import CameraNote, camera_note, piece
from tracker.models import Run

Start = Callable[..., Run]

NO_NUMBER = located().replace(struct.pack("<2L", 52, 1), bytes(8))  # 0/0 degrees


@pytest.mark.parametrize("asked", [False, True])
def test_it_is_kept_only_where_the_step_asks(
    app: Flask, workspace: Path, session: Session, start: Start, do: Do, asked: bool
) -> None:
    text = DELIVERY.replace(".critical", ".critical .keep-location") if asked else DELIVERY
    (workspace / "sops/delivery.md").write_text(text)
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    run, made = start("delivery"), piece("photo", located())
    entry = do(run, "photo", pieces=[made])
    (row,) = pieces.of_run(session, run)[entry.id]
    expected = (52.52, 13.405, "2026-03-31T10:58:02+02:00") if asked else (None, None, None)
    assert (row.latitude, row.longitude, row.taken) == expected
    for kept in (made.content, made.small):
        assert not dict(Image.open(io.BytesIO(kept)).getexif())


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        (located(south="S", west="W"), CameraNote(-52.52, -13.405, "2026-03-31T10:58:02+02:00")),
        (located(zone=""), CameraNote(52.52, 13.405, "2026-03-31T10:58:02")),
        (located(zone="+99:00"), CameraNote(52.52, 13.405, "2026-03-31T10:58:02")),
        (located(latitude=(91, 0, 0), taken="0000:00:00 00:00:00"), CameraNote()),
        (located(longitude=(181, 0, 0), taken="yesterday"), CameraNote()),
        (NO_NUMBER, CameraNote(taken="2026-03-31T10:58:02+02:00")),
        (located(latitude=(52, 0, 0), longitude=(200, 0, 0), taken="1970:01:01 00:00:00"), CameraNote()),
        (located(latitude=(0, 0, 0), longitude=(0, 0, 0), taken=""), CameraNote()),
        (located(latitude=(52,), taken="2026:02:31 10:00:00"), CameraNote()),
        (located(south="Q", taken="9" * 500), CameraNote()),
        (b"\xff\xd8\xff no image", CameraNote()),
    ],
)
def test_what_is_senseless_is_absent(sent: bytes, found: CameraNote) -> None:
    assert camera_note(sent) == found


def test_a_moment_that_has_not_come_is_absent(
    app: Flask, workspace: Path, session: Session, start: Start, do: Do
) -> None:
    (workspace / "sops/delivery.md").write_text(DELIVERY.replace(".critical", ".keep-location"))
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    run = start("delivery")
    entry = do(run, "photo", pieces=[piece("photo", located(taken="2031:01:01 00:00:00"))])
    (row,) = pieces.of_run(session, run)[entry.id]
    assert (row.latitude, row.taken) == (52.52, None)
