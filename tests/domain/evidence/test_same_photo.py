"""A photo that was used before is pointed out, and never refused."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy.orm import Session

from tests.domain.conftest import Do
from tests.support.evidence import DELIVERY, encoded, scene
from tests.support.installation import NOW
from tracker.authoring.sync import publish
from tracker.domain.evidence import pieces
from tracker.domain.evidence.content import likeness, piece
from tracker.models import Evidence, Run

Start = Callable[..., Run]
Use = Callable[..., Evidence]


@pytest.fixture
def use(app: Flask, workspace: Path, session: Session, start: Start, do: Do) -> Use:
    """Do the photo's step with a photo, in a run or in a new one."""
    (workspace / "sops/delivery.md").write_text(DELIVERY)
    publish(app, app.config["HOLDFAST"])
    session.rollback()

    def use(sent: bytes, run: Run | None = None) -> Evidence:
        run = run or start("delivery")
        made = piece("photo", sent)
        made = replace(made, like=pieces.near(session, run, "photo", made, NOW))
        entry = do(run, "photo", pieces=[made])
        return pieces.of_run(session, run)[entry.id][-1]

    return use


def test_the_same_photo_again_is_known(use: Use) -> None:
    first, second, third = use(scene(1)), use(scene(1)), use(scene(2))
    assert (first.like, second.like, third.like) == (None, first, None)
    assert second.like.run.id == first.run.id != second.run.id
    assert use(scene(1)).like == second  # the newest


def test_nearly_the_same_is_known_too(use: Use) -> None:
    first, again = use(scene(1)), use(scene(1, noise=40))
    assert first.digest != again.digest and again.like == first


def test_taking_a_step_back_and_doing_it_again_is_nothing_to_point_out(
    use: Use, start: Start, do: Do
) -> None:
    run = start("delivery")
    first = use(scene(1), run)
    do(run, "photo", "undone", cancels=first.record_id)
    assert use(scene(1), run).like is None


def test_plain_surfaces_look_alike_and_are_told_apart_by_their_bytes(use: Use) -> None:
    white, grey = (encoded(Image.new("RGB", (60, 40), colour), "JPEG") for colour in ("white", "grey"))
    first = use(white)
    assert first.likeness is None and use(grey).like is None and use(white).like == first


def test_only_the_last_ninety_days_are_looked_through(use: Use, session: Session, start: Start) -> None:
    use(scene(1))
    made, run = piece("photo", scene(1, noise=40)), start("delivery")
    assert pieces.near(session, run, "photo", made, NOW + timedelta(days=89)) is not None
    assert pieces.near(session, run, "photo", made, NOW + timedelta(days=91)) is None


def test_what_looks_alike_in_another_sop_is_no_matter(use: Use, session: Session, start: Start) -> None:
    use(scene(1))
    made = piece("photo", scene(1, noise=40))
    assert pieces.near(session, start("pack"), "scan", made, NOW) is None


def test_a_hundred_different_photos_are_told_apart() -> None:
    chance = random.Random(7)
    seen = [likeness(Image.frombytes("L", (9, 8), chance.randbytes(72))) for _ in range(100)]
    looks = [int(look, 16) for look in seen if look]
    assert len(looks) > 90
    pairs = [(a ^ b).bit_count() for i, a in enumerate(looks) for b in looks[:i]]
    assert min(pairs) > pieces.NEAR_BITS
