"""A revision is what readers notice; a review is said, or a revision that asks for something else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import PACK, PACK_PL, Cast
from tracker.authoring.sync import publish
from tracker.cli import main
from tracker.domain import event_kinds as kinds
from tracker.domain.library import reviews
from tracker.domain.library.survey import Survey
from tracker.errors import ConflictError, ForbiddenError
from tracker.models import Event, Sop
from tracker.reports import overview
from tracker.sop import reading
from tracker.sop.model import Document

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
LATER = FIRST + timedelta(days=100)
REVIEWED = PACK.replace("due: 4h", "due: 4h\nreview: 90d") + "\nInvoices are paid by 14:00.\n"

Write = Callable[..., Survey]


@pytest.fixture
def write(app: Flask, session: Session, workspace: Path) -> Write:
    """Write the SOP’s text and publish it at a moment."""

    def run(text: str, now: datetime = LATER, path: str = "sops/fulfillment/pack.md") -> Survey:
        (workspace / path).write_text(text)
        found = publish(app, app.config["HOLDFAST"], now=now)
        session.rollback()
        session.expire_all()
        return found

    return run


def pack(session: Session) -> Sop:
    return session.get_one(Sop, "pack")


def number(session: Session) -> int | None:
    revision = pack(session).in_force
    assert revision is not None
    return revision.number


@pytest.mark.parametrize(
    "edit",
    [
        ("## Steps\n\n", "## Steps\n\n\n\n"),
        ("3. Choose", "\n3. Choose"),
        ("Invoices are paid", "Invoices are\npaid"),
        ("owner: olga\n", "owner:   olga  # of the dock\n"),
        ("4. Add", "4.  Add"),
    ],
)
def test_what_nobody_notices_is_no_revision_and_no_review(
    write: Write, session: Session, edit: tuple[str, str]
) -> None:
    write(REVIEWED, FIRST)
    before = number(session)
    found = write(REVIEWED.replace(*edit))
    assert found.changed == [] and found.unchanged == 3
    assert number(session) == before and pack(session).reviewed_at == FIRST


def test_it_is_read_once(write: Write, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many files may have got keys by `lint --fix` that reading them every time would take long."""
    write(REVIEWED, FIRST)
    assert not write(REVIEWED + "\n\n").changed
    asked: list[str] = []
    real = reading.read

    def read(wanted: Sequence[reading.Unread]) -> list[Document]:
        asked.extend(one.path for one in wanted)
        return real(wanted)

    monkeypatch.setattr(reading, "read", read)
    assert not write(REVIEWED + "\n\n").changed and asked == []
    write(REVIEWED + "\n\n\n")
    assert asked == ["fulfillment/pack.md"]


def test_keys_that_are_written_down_are_no_revision(write: Write, session: Session, workspace: Path) -> None:
    plain = REVIEWED.replace(" {#hand}", "")
    write(plain, FIRST)
    before = number(session)
    result = CliRunner().invoke(
        main, ["lint", "--fix", str(workspace / "sops/fulfillment/pack.md")], catch_exceptions=False
    )
    assert "1 key written" in result.stderr
    text = (workspace / "sops/fulfillment/pack.md").read_text()
    assert text != plain and not write(text).changed and number(session) == before
    reworded = text.replace("Hand it over", "Give the carrier what is ready")
    write(reworded)
    revision = pack(session).in_force
    assert revision is not None and revision.steps[-1].key == "hand"


@pytest.mark.parametrize(
    "edit",
    [
        ("Weigh the parcel", "Wiegh the parcel"),
        ("Invoices are paid", "The invoices are paid"),
        ("owner: olga", "owner: lena"),
        ("review: 90d", "review: 60d"),
    ],
)
def test_an_editorial_change_is_a_revision_and_no_review(
    write: Write, session: Session, edit: tuple[str, str]
) -> None:
    write(REVIEWED, FIRST)
    before = number(session) or 0
    write(REVIEWED.replace(*edit))
    assert number(session) == before + 1 and pack(session).reviewed_at == FIRST


@pytest.mark.parametrize(
    "edit",
    [
        ("Weigh the parcel", "Weigh every parcel twice"),
        ("14:00", "12:00"),
        ("count again", "call the lead"),
        ("max=30000", "max=20000"),
        ("due: 4h", "due: 2h"),
        ("5. Hand it over {#hand}\n", ""),
    ],
)
def test_a_material_revision_is_a_review(write: Write, session: Session, edit: tuple[str, str]) -> None:
    write(REVIEWED, FIRST)
    write(REVIEWED.replace(*edit))
    assert pack(session).reviewed_at == LATER


def test_a_blank_line_in_a_translation_is_none_either(write: Write, session: Session) -> None:
    write(PACK_PL, FIRST, "sops/fulfillment/pack.pl.md")
    before = number(session)
    assert not write(PACK_PL + "\n\n", LATER, "sops/fulfillment/pack.pl.md").changed
    assert number(session) == before
    assert write(PACK_PL.replace("Spakuj", "Zapakuj"), LATER, "sops/fulfillment/pack.pl.md").changed
    assert pack(session).reviewed_at != LATER


def test_somebody_says_so_and_the_overview_follows(write: Write, session: Session, cast: Cast) -> None:
    write(REVIEWED, FIRST)
    later = FIRST + timedelta(days=95)

    def due() -> list[str]:
        return [row.sop.id for row in overview._reviews(session, by(cast.admin), later.date())]

    assert due() == ["pack"]
    reviews.review(session, by(cast.owner), later, pack(session))
    session.commit()
    assert due() == []
    event = session.scalars(select(Event).where(Event.kind == kinds.SopReviewed.kind)).one()
    assert event.person_id == cast.owner.id and event.data == {"revision": number(session)}
    with pytest.raises(ForbiddenError):
        reviews.review(session, by(cast.staff), later, pack(session))


def test_a_retired_sop_is_not_reviewed(write: Write, session: Session, cast: Cast) -> None:
    write(REVIEWED.replace("due: 4h", "retired: true"), FIRST)
    with pytest.raises(ConflictError):
        reviews.review(session, by(cast.owner), LATER, pack(session))


def test_what_the_owner_decides_about_a_revision_counts(write: Write, session: Session, cast: Cast) -> None:
    write(REVIEWED, FIRST)
    write(REVIEWED.replace("14:00", "12:00"))
    for word, at in (("editorial", FIRST), ("material", LATER)):
        reviews.judge(session, by(cast.owner), LATER, pack(session), number(session) or 0, word)
        assert pack(session).reviewed_at == at


def test_the_command_says_it_in_somebodys_name(
    write: Write, workspace: Path, session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(REVIEWED, FIRST)
    monkeypatch.chdir(workspace)

    def review(sop: str, login: str) -> Result:
        return CliRunner().invoke(main, ["review", sop, "--as", login])

    assert review("pack", cast.staff.login).exit_code == 1
    assert review("pack", "nobody-here").exit_code == 1
    done = review("sops/fulfillment/pack.md", cast.owner.login)
    assert done.exit_code == 0 and f"reviewed by {cast.owner.name}" in done.output
    session.rollback()
    session.expire_all()
    at = pack(session).reviewed_at
    assert at is not None and at > LATER
    assert f'"reviewed_at": "{at.isoformat()}"' in (workspace / "instance/published.json").read_text()
