"""Documents become revisions by digest; whatever is wrong with one, nothing that was in force is lost."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.installation import OPENING, PACK
from tracker.authoring.sync import publish
from tracker.domain.library.survey import Survey
from tracker.models import DocumentProblem, Event, Revision, Sop

Sync = Callable[..., Survey]


@pytest.fixture
def sops(workspace: Path) -> Path:
    return workspace / "sops"


@pytest.fixture
def sync(app: Flask, session: Session) -> Sync:
    def run(**more: bool) -> Survey:
        found = publish(app, app.config["HOLDFAST"], **more)
        session.rollback()  # see what others have committed
        return found

    return run


def numbers(session: Session, sop_id: str) -> list[int | None]:
    return list(
        session.scalars(select(Revision.number).where(Revision.sop_id == sop_id).order_by(Revision.id))
    )


def in_force(session: Session, sop_id: str) -> Revision:
    revision = session.get_one(Sop, sop_id).in_force
    assert revision is not None
    return revision


def rules(found: Survey) -> dict[str, str]:
    return {problem.path: problem.rule for problem in found.errors}


def test_what_has_not_changed_is_not_published_again(sync: Sync, session: Session) -> None:
    found = sync()
    assert (found.changed, found.unchanged, found.problems) == ([], 3, [])
    assert numbers(session, "pack") == [1]


def test_a_changed_document_is_the_next_revision(sync: Sync, sops: Path, session: Session) -> None:
    (sops / "opening.md").write_text(OPENING + "4. Smile\n")
    sync()
    revision = in_force(session, "opening")
    assert revision.number == 2 and [step.text for step in revision.steps][-1] == "Smile"
    event = session.scalars(select(Event).where(Event.subject == "sop:opening").order_by(Event.id)).all()[-1]
    assert event.kind == "revision.published" and event.data == {"revision": 2, "digest": revision.digest}


def test_going_back_to_an_older_text_is_a_new_revision(sync: Sync, sops: Path, session: Session) -> None:
    first = in_force(session, "opening").digest
    for text in (OPENING + "4. Smile\n", OPENING):
        (sops / "opening.md").write_text(text)
        sync()
    assert numbers(session, "opening") == [1, 2, 3]
    assert in_force(session, "opening").digest == first


def test_line_ends_and_a_byte_order_mark_change_nothing(sync: Sync, sops: Path) -> None:
    (sops / "opening.md").write_bytes(b"\xef\xbb\xbf" + OPENING.replace("\n", "\r\n").encode())
    assert sync().unchanged == 3


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"---\ntitle: [open\n---\n1. Open the box\n2. Count the pieces\n", "front-matter"),
        (b"---\nid: pack\ndue: soon\n---\n1. Open the box\n2. Count the pieces\n", "front-matter"),
        (b"---\nid: pack\n1. Open the box\n2. Count the pieces\n", "front-matter"),
        (PACK.replace("Hand it", "Händ it").encode("latin-1"), "encoding"),
        (b"\x00\x01\x02" * 50, "encoding"),
        (b"", "no-steps"),
        (b"# Pack an order\n\nNothing to do any more.\n", "no-steps"),
    ],
    ids=["unreadable", "bad value", "unclosed", "latin-1", "binary", "empty", "lost its steps"],
)
@pytest.mark.parametrize("name", ["fulfillment/pack.md", "opening.md"])
def test_a_bad_document_keeps_its_last_revision_and_stops_no_other(
    sync: Sync, sops: Path, session: Session, name: str, content: bytes, rule: str
) -> None:
    sop_id = Path(name).stem
    content = content.replace(b"id: pack\n", b"id: %s\n" % sop_id.encode())
    (sops / name).write_bytes(content)
    (sops / "new.md").write_text("# New\n\n1. Open the box\n2. Count the pieces\n")
    found = sync()
    assert rules(found) == {name: rule}
    assert found.errors[0].message and found.errors[0].hint
    sop = session.get_one(Sop, sop_id)
    assert sop.retired_at is None and in_force(session, sop_id).number == 1
    assert session.get_one(Sop, "new").in_force is not None
    kept = session.scalars(select(DocumentProblem).where(DocumentProblem.error)).one()
    assert (kept.path, kept.rule) == (name, rule)


def test_a_mended_document_is_published(sync: Sync, sops: Path, session: Session) -> None:
    (sops / "opening.md").write_bytes(b"\xff\xfe")
    assert sync().errors
    (sops / "opening.md").write_text(OPENING + "4. Smile\n")
    assert not sync().errors
    assert in_force(session, "opening").number == 2
    assert session.scalars(select(DocumentProblem)).all() == []


def test_a_file_of_100_mb_is_refused_without_being_read(sync: Sync, sops: Path, session: Session) -> None:
    with (sops / "opening.md").open("r+b") as file:
        file.truncate(100_000_000)
    found = sync()
    assert rules(found) == {"opening.md": "too-large"} and "100.0 MB" in found.errors[0].message
    assert session.get_one(Sop, "opening").retired_at is None


@pytest.mark.parametrize("folder", [False, True], ids=["file", "folder"])
def test_a_link_out_of_the_folder_is_not_followed(
    sync: Sync, sops: Path, tmp_path: Path, session: Session, folder: bool
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.md").write_text("# Secret\n\n1. Open the box\n2. Count the pieces\n")
    link = sops / ("linked" if folder else "secret.md")
    link.symlink_to(outside if folder else outside / "secret.md")
    found = sync()
    assert rules(found) == {link.name: "link-out"}
    assert session.get(Sop, "secret") is None and session.get(Sop, "linked-secret") is None


def test_a_link_that_leads_nowhere_and_a_pipe_are_named(sync: Sync, sops: Path) -> None:
    (sops / "dangling.md").symlink_to("nothing.md")
    os.mkfifo(sops / "pipe.md")
    assert rules(sync()) == {"dangling.md": "unreadable", "pipe.md": "unreadable"}


def test_a_key_of_the_front_matter_that_nobody_knows_is_no_error(
    sync: Sync, sops: Path, session: Session
) -> None:
    (sops / "opening.md").write_text("---\ncolour: blue\n---\n" + OPENING)
    assert not sync().errors
    assert in_force(session, "opening").number == 1  # nobody can notice it


def test_an_id_used_twice_stays_with_the_document_that_has_it(
    sync: Sync, sops: Path, session: Session
) -> None:
    (sops / "copy.md").write_text(PACK.replace("Hand it over", "Throw it over"))
    found = sync()
    assert rules(found) == {"copy.md": "duplicate-id"} and "fulfillment/pack.md" in found.errors[0].message
    assert in_force(session, "pack").number == 1


def test_two_new_documents_with_one_id_are_both_refused(sync: Sync, sops: Path, session: Session) -> None:
    for name in ("one", "two"):
        (sops / f"{name}.md").write_text("---\nid: same\n---\n1. Open the box\n2. Count the pieces\n")
    assert rules(sync()) == {"one.md": "duplicate-id", "two.md": "duplicate-id"}
    assert session.get(Sop, "same") is None


def test_a_file_that_was_moved_and_copied_does_not_retire_its_sop(
    sync: Sync, sops: Path, session: Session
) -> None:
    text = (sops / "fulfillment/pack.md").read_text()
    (sops / "fulfillment/pack.md").unlink()
    for name in ("one", "two"):
        (sops / f"{name}.md").write_text(text)
    assert set(rules(sync()).values()) == {"duplicate-id"}
    assert session.get_one(Sop, "pack").retired_at is None


def test_a_moved_document_with_an_id_is_the_same_sop(sync: Sync, sops: Path, session: Session) -> None:
    (sops / "shipping").mkdir()
    (sops / "fulfillment/pack.md").rename(sops / "shipping/packing.md")
    found = sync()
    assert found.moved == {"pack": "shipping/packing.md"} and found.retiring == []
    assert session.get_one(Sop, "pack").path == "shipping/packing.md" and numbers(session, "pack") == [1]


def test_a_removed_document_is_retired_and_comes_back_as_a_new_revision(
    sync: Sync, sops: Path, session: Session
) -> None:
    (sops / "opening.md").unlink()
    assert sync().retiring == ["opening"]
    assert session.get_one(Sop, "opening").retired_at is not None
    (sops / "opening.md").write_text(OPENING)
    sync()
    assert session.get_one(Sop, "opening").retired_at is None and in_force(session, "opening").number == 2


def test_retired_in_the_front_matter_retires(sync: Sync, sops: Path, session: Session) -> None:
    (sops / "opening.md").write_text("---\nretired: true\n---\n" + OPENING)
    assert not sync().errors
    assert session.get_one(Sop, "opening").retired_at is not None


def test_more_than_a_tenth_missing_needs_to_be_said(sync: Sync, sops: Path, session: Session) -> None:
    for file in sops.rglob("*.md"):
        file.unlink()
    found = sync()
    assert rules(found) == {"sops": "many-missing"} and "--retire" in found.errors[0].hint
    assert not session.scalars(select(Sop.id).where(Sop.retired_at.is_not(None))).all()
    assert sorted(sync(retire=True).retiring) == ["count", "opening", "pack"]


def test_the_only_sop_is_not_retired_with_its_folder(sync: Sync, sops: Path, session: Session) -> None:
    for name in ("opening.md", "count.md"):
        next(sops.rglob(name)).unlink()
        sync()
    sync(retire=True)
    assert not session.get_one(Sop, "pack").retired_at
    sops.rename(sops.parent / "away")
    assert rules(sync()) == {"sops": "many-missing"}
    assert not session.get_one(Sop, "pack").retired_at
    (sops.parent / "away").rename(sops)
    assert not sync().errors


def test_a_reworded_step_keeps_its_key(sync: Sync, sops: Path, session: Session) -> None:
    before = [step.key for step in in_force(session, "opening").steps]
    changed = OPENING.replace("Unlock the door", "Unlock the front door").replace(
        "3. Start", "3. Put out the sign\n4. Start"
    )
    (sops / "opening.md").write_text(changed)
    sync()
    after = [step.key for step in in_force(session, "opening").steps]
    assert after[:2] == before[:2] and after[3] == before[2] and after[2] not in before


def test_an_image_belongs_to_the_digest_and_is_frozen(sync: Sync, sops: Path, session: Session) -> None:
    (sops / "door.png").write_bytes(b"\x89PNG one")
    (sops / "opening.md").write_text(OPENING + "4. Look\n\n    ![door](door.png)\n")
    sync()
    first = in_force(session, "opening")
    (sops / "door.png").write_bytes(b"\x89PNG two")
    sync()
    second = in_force(session, "opening")
    assert (first.number, second.number) == (2, 3) and first.digest != second.digest
    assert first.source == second.source
    for revision, content in ((first, b"\x89PNG one"), (second, b"\x89PNG two")):
        name = revision.meta.images["door.png"]
        assert f"/media/{name}" in revision.html
        assert (sops.parent / "instance/media" / name).read_bytes() == content


def test_an_image_outside_the_folder_is_not_taken(sync: Sync, sops: Path, session: Session) -> None:
    (sops.parent / "secret.png").write_bytes(b"secret")
    (sops / "opening.md").write_text(OPENING + "4. Look ![x](../secret.png)\n")
    sync()
    assert in_force(session, "opening").meta.images == {}
    assert not list((sops.parent / "instance").glob("media/*"))


def test_published_json_says_what_is_in_force(sync: Sync, sops: Path, session: Session) -> None:
    (sops / "opening.md").write_bytes(b"\xff")
    sync()
    told = json.loads((sops.parent / "instance/published.json").read_text())["sops"]
    assert set(told) == {"pack", "count", "opening"}
    opening = told["opening"]
    assert opening["source"] == OPENING and opening["revision"] == 1 and opening["path"] == "opening.md"
    assert opening["keys"] == [step.key for step in in_force(session, "opening").steps]
    assert opening["digest"] == in_force(session, "opening").digest and opening["retired"] is False


def test_a_sync_that_changes_nothing_leaves_published_json_alone(sync: Sync, sops: Path) -> None:
    """Whoever watches the file would be told of a change, sync, and so be told again."""
    file = sops.parent / "instance/published.json"
    sync()
    before = file.stat()
    sync()
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_pipe_or_a_name_that_can_not_be_written_stops_nothing(sync: Sync, sops: Path) -> None:
    os.mkfifo(sops / "pipe.md")
    (sops / os.fsdecode(b"q\xff.md")).write_text(OPENING)
    (sops / "good.md").write_text(OPENING)
    found = sync()
    assert rules(found) == {"pipe.md": "unreadable", "q\ufffd.md": "name"}
    assert [document.path for document, *_ in found.changed] == ["good.md"]
