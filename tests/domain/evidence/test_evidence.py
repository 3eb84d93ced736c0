"""A step that asks for a photo, a file or a signature is done only with it, and what came is kept."""

from __future__ import annotations

import io
import resource
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.domain.conftest import Do, offline, outcomes
from tests.support.actors import by
from tests.support.evidence import (
    DELIVERY,
    MAKER,
    drawing,
    encoded,
    kept,
    many_pixels,
    many_scans,
    office,
    photo,
    swelling,
)
from tests.support.installation import NOW, Cast
from tracker.authoring.sync import publish
from tracker.db import new_id
from tracker.domain.evidence import content, pieces
from tracker.domain.evidence.content import (
    LARGEST,
    LONG_SIDE,
    MOST_PARTS,
    MOST_SCANS,
    MOST_UNPACKED,
    Piece,
    clean,
    piece,
)
from tracker.domain.evidence.stores import Folder
from tracker.domain.runs import loading, moving
from tracker.domain.transfer import history
from tracker.errors import HoldfastError, InvalidError, NotFoundError
from tracker.models import Evidence, Outcome, Record, Run, Sop

Start = Callable[..., Run]

PDF = b"%PDF-1.7\n1 0 obj\n"


@pytest.fixture
def run(app: Flask, workspace: Path, session: Session, start: Start) -> Run:
    (workspace / "sops/delivery.md").write_text(DELIVERY)
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    return start("delivery")


@pytest.mark.parametrize(("step", "others"), [("photo", "photo"), ("note", "file"), ("sign", "signature")])
def test_without_its_evidence_a_step_is_not_done(
    run: Run, do: Do, session: Session, step: str, others: str
) -> None:
    with pytest.raises(InvalidError, match=others):
        do(run, step, value=" ", device=offline(NOW))
    session.rollback()
    with pytest.raises(InvalidError, match="does not take"):
        do(run, "photo", pieces=[piece("photo", photo()), piece("signature", drawing())])
    with pytest.raises(InvalidError, match="done with a photo"):
        do(run, "photo", pieces=[piece("file", photo())])
    assert outcomes(run) == {}


@pytest.mark.parametrize("kind", ["done", "skipped", "failed"])
def test_photos_and_files_go_with_whatever_is_recorded(run: Run, do: Do, session: Session, kind: str) -> None:
    asked = [piece("photo", photo())] if kind == "done" else []
    added = [piece("file", photo()), piece("file", photo()), piece("file", PDF, "note.pdf")]
    entry = do(run, "photo", kind, pieces=asked + added)
    kinds = [row.media_type for row in pieces.of_run(session, run)[entry.id]]
    assert kinds == ["image/jpeg"] * (len(asked) + 2) + ["application/pdf"]
    with pytest.raises(InvalidError, match="does not take"):
        do(run, "photo", "undone", cancels=entry.id, pieces=added)
    session.rollback()
    with pytest.raises(InvalidError, match="At most 8"):
        do(run, "photo", "failed", pieces=added * 3)


def test_skipping_and_failing_need_none_and_conditions_read_the_outcome(
    run: Run, do: Do, session: Session
) -> None:
    failed = do(run, "photo", "failed")
    assert {s.step.key: s.applies for s in loading.states(run)}["tell"] is False
    do(run, "photo", "undone", cancels=failed.id)
    do(run, "photo", pieces=[piece("photo", photo())])
    assert {s.step.key: s.applies for s in loading.states(run)}["tell"] is True
    do(run, "note", "skipped")
    assert outcomes(run) == {"photo": "done", "note": "skipped"}


def test_a_typed_name_signs_and_so_does_a_drawing(run: Run, do: Do, session: Session, cast: Cast) -> None:
    do(run, "photo", pieces=[piece("photo", photo())])
    typed = do(run, "sign", value=" Dana Driver ")
    assert (typed.value, typed.person_id, typed.received_at) == ("Dana Driver", cast.staff.id, NOW)
    drawn = do(run, "sign", pieces=[piece("signature", drawing())])
    found = pieces.of_run(session, run)
    assert drawn.value is None and [e.media_type for e in found[drawn.id]] == ["image/png"]
    assert typed.id not in found


def test_what_was_taken_back_is_still_there(run: Run, do: Do, session: Session) -> None:
    entry = do(run, "photo", pieces=[piece("photo", photo())])
    do(run, "photo", "undone", cancels=entry.id)
    assert entry.id in pieces.of_run(session, run)


def test_the_same_again_is_the_same_record_and_another_photo_is_not(
    run: Run, do: Do, session: Session
) -> None:
    again = {"record_id": new_id()}
    do(run, "photo", pieces=[piece("photo", photo(), "a.jpg")], **again)
    do(run, "photo", pieces=[piece("photo", photo(), "b.jpg")], **again)
    with pytest.raises(InvalidError, match="used for something else"):
        do(run, "photo", pieces=[piece("photo", photo((401, 300)))], **again)
    session.rollback()
    assert len(session.scalars(select(Evidence)).all()) == len(session.scalars(select(Record)).all()) == 1


def test_the_database_refuses_to_change_or_delete_it(run: Run, do: Do, session: Session) -> None:
    do(run, "photo", pieces=[piece("photo", photo())])
    for statement in (
        "UPDATE evidence SET digest = 'x'",
        "DELETE FROM evidence",
        "INSERT OR REPLACE INTO evidence SELECT * FROM evidence",
    ):
        with pytest.raises(DatabaseError, match="append-only"):
            session.execute(text(statement))
        session.rollback()


def test_a_run_that_was_moved_keeps_its_evidence(
    app: Flask, workspace: Path, run: Run, do: Do, session: Session, cast: Cast
) -> None:
    entry = do(run, "photo", pieces=[piece("photo", photo())])
    (workspace / "sops/delivery.md").write_text(DELIVERY.replace("Photograph", "Take a photo of"))
    publish(app, app.config["HOLDFAST"])
    session.expire_all()  # as `writing` would
    loaded = loading.load(session, by(cast.lead), run.id, "run.move", lock=True)
    moving.move(session, by(cast.lead), NOW, loaded, session.get_one(Sop, "delivery").in_force)
    session.commit()
    assert outcomes(loaded) == {"photo": "done"} and list(pieces.of_run(session, loaded)) == [entry.id]


def test_a_history_has_no_evidence_and_needs_none(run: Run, session: Session, tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_text("run,sop,step,outcome,device_at\nA,delivery,photo,done,2024-03-01T10:00\n")
    job = history.check(session, history.Import(file, "UTC"))
    assert job.errors == []
    for unit in history.units(job, NOW):
        unit(session)
    assert session.scalars(select(Outcome.outcome)).all() == ["done"]


def test_an_image_keeps_nothing_but_its_picture(workspace: Path) -> None:
    sent = photo((6000, 4000))
    made = piece("photo", sent, "IMG.jpg")
    assert MAKER.encode() in sent and MAKER.encode() not in made.content
    image = Image.open(io.BytesIO(made.content))
    assert (image.format, made.media_type, dict(image.getexif())) == ("JPEG", "image/jpeg", {})
    assert not {"exif", "comment", "icc_profile", "xmp"} & image.info.keys()
    assert image.size == (round(LONG_SIDE * 4000 / 6000), LONG_SIDE)  # turned upright
    red, white = image.getpixel((image.width // 2, 50)), image.getpixel((image.width // 2, LONG_SIDE - 50))
    assert red[0] > 180 and red[1] < 60 and min(white) > 240


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_other_images_become_jpeg_too_and_transparent_is_white(form: str) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (30, 20), (0, 0, 0, 0)).save(out, form)
    made = piece("file", out.getvalue(), "label.exe")
    image = Image.open(io.BytesIO(made.content))
    assert (made.media_type, image.mode) == ("image/jpeg", "RGB") and min(image.getpixel((5, 5))) > 250


RED = (200, 20, 20)


@pytest.mark.parametrize(
    ("sent", "colour"),
    [
        (encoded(Image.new("CMYK", (40, 30), (0, 230, 230, 55)), "JPEG"), RED),
        (encoded(Image.new("I;16", (40, 30), 30_000), "PNG"), (117, 117, 117)),
        (encoded(Image.new("1", (40, 30), 1), "PNG"), (255, 255, 255)),
        (encoded(Image.new("RGB", (40, 30), RED).convert("P"), "PNG"), RED),
        (encoded(Image.new("LA", (40, 30), (90, 255)), "PNG"), (90, 90, 90)),
        (many_scans(3), (128, 128, 128)),
    ],
    ids=["four inks", "16 bits", "1 bit", "palette", "grey with alpha", "some scans"],
)
def test_colours_of_other_kinds_are_seen_as_they_are(sent: bytes, colour: tuple[int, int, int]) -> None:
    image = Image.open(io.BytesIO(piece("photo", sent).content))
    seen = image.getpixel((20, 15))
    assert image.mode == "RGB" and all(abs(a - b) < 30 for a, b in zip(seen, colour, strict=True)), seen


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_of_a_moving_image_the_first_moment_is_kept(form: str) -> None:
    moments = [Image.new("RGB", (40, 30), colour) for colour in (RED, "white", "black")]
    sent = encoded(moments[0], form, save_all=True, append_images=moments[1:])
    assert Image.open(io.BytesIO(sent)).n_frames == 3
    image = Image.open(io.BytesIO(piece("photo", sent).content))
    assert (image.format, getattr(image, "n_frames", 1)) == ("JPEG", 1)
    assert image.getpixel((20, 15))[1] < 60


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_photo_is_upright_however_the_phone_was_held(turn: int) -> None:
    image, exif = Image.new("RGB", (60, 40), "white"), Image.Exif()
    exif[0x0112] = turn
    made = Image.open(io.BytesIO(piece("photo", encoded(image, "JPEG", exif=exif)).content))
    assert made.size == ((60, 40) if turn < 5 else (40, 60)) and not dict(made.getexif())


def test_a_document_that_swells_is_refused_unopened() -> None:
    assert piece("file", swelling(20_000_000), "a.xlsx").media_type == content._OFFICE["xl/"]
    many = office("[Content_Types].xml", *(f"xl/{n}" for n in range(MOST_PARTS)))
    for bomb in (swelling(MOST_UNPACKED + 1_000_000), many):
        assert len(bomb) < LARGEST
        with pytest.raises(InvalidError, match="far too large once it is opened"):
            piece("file", bomb, "a.xlsx")


def test_a_disk_that_fills_amid_a_file_leaves_nothing_behind(workspace: Path) -> None:
    """The limit on the size of files stands for the full disk: the write stops in the middle, too."""
    made = Piece("file", "x", bytes(3_000_000), "application/pdf", "")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            pieces.put(Folder(workspace / "instance/evidence"), made)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert kept(workspace) == []


def test_a_drawing_is_black_ink_on_white_cut_to_its_ink() -> None:
    image = Image.open(io.BytesIO(piece("signature", drawing()).content))
    assert image.mode == "L" and image.getextrema() == (0, 255)
    assert image.width < 260 and image.height < 120
    for nothing in (drawing(ink=False), drawing(ink=False, ground=(0, 0, 0, 255))):
        with pytest.raises(InvalidError, match="Sign in the box"):
            piece("signature", nothing)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"", "empty"),
        (b"x" * (LARGEST + 1), "At most 10 MB"),
        (SVG, "no photo"),
        (b"<!doctype html><script>alert(1)</script>", "no photo"),
        (b"GIF89a" + SVG, "no photo"),
        (PDF, "no photo"),
        (photo()[:-2000], "broken"),
        (b"\xff\xd8\xff" + SVG, "broken"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 60, "broken"),
        (b"RIFF\xff\xff\xff\xffWEBPVP8 " + b"\xff" * 60, "broken"),
        (many_pixels(5001), "25 megapixels"),
        (many_pixels(20_000), "megapixels"),
        (lambda: encoded(Image.new("1", (16_000, 16_000)), "PNG"), "25 megapixels"),
        (lambda: encoded(Image.new("L", (8_000, 8_000)), "JPEG"), "50 megapixels"),
        (lambda: encoded(Image.new("L", (6_000, 6_000)), "WEBP"), "25 megapixels"),
        (encoded(Image.new("L", (60, 60)), "TIFF"), "no photo"),
        (encoded(Image.new("L", (60, 60)), "GIF"), "no photo"),
        (many_scans(MOST_SCANS), "broken"),
        (encoded(Image.effect_noise((90, 90), 60).convert("RGB"), "PNG")[:-900], "broken"),
        (encoded(Image.effect_noise((90, 90), 60).convert("RGB"), "WEBP")[:-900], "broken"),
    ],
)
def test_what_is_no_photo_or_a_hostile_one_is_refused(sent: bytes | Callable[[], bytes], words: str) -> None:
    """What takes long to make is made here, not by every process that looks for tests."""
    given = sent if isinstance(sent, bytes) else sent()
    with pytest.raises(InvalidError, match=words):
        piece("photo", given, "photo.jpg")


@pytest.mark.parametrize(
    ("sent", "name", "kind"),
    [
        (PDF, "note", "application/pdf"),
        (b"a;b\r\n1;2\r\n", "Stock.CSV", "text/csv"),
        ("Größe: 3".encode(), "x.html", "text/plain"),
        ("Größe: 3".encode("cp1252"), "old.csv", "text/csv"),
        (office("[Content_Types].xml", "xl/workbook.xml"), "a.jpg", content._OFFICE["xl/"]),
        (office("[Content_Types].xml", "word/document.xml"), "a", content._OFFICE["word/"]),
        (
            office("content.xml", mimetype="application/vnd.oasis.opendocument.text"),
            "a.odt",
            "application/vnd.oasis.opendocument.text",
        ),
    ],
)
def test_a_file_is_what_its_bytes_say(sent: bytes, name: str, kind: str) -> None:
    made = piece("file", sent, name)
    assert (made.media_type, made.content) == (kind, sent)


@pytest.mark.parametrize(
    "sent",
    [
        SVG,
        b"\xef\xbb\xbf  <html><script>alert(1)</script>",
        b"MZ\x90\x00\x03\x00",
        b"\x7fELF\x02\x01\x01\x00",
        "text".encode("utf-16"),
        office("a.txt"),
        office("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"),
        office("[Content_Types].xml", "xl/workbook.xml")[:-30],
        b"PK\x03\x04" + b"\xff" * 80,
    ],
)
def test_another_kind_of_file_is_refused_whatever_its_name(sent: bytes) -> None:
    with pytest.raises(InvalidError, match="Send a PDF"):
        piece("file", sent, "note.pdf")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Sam\\note.pdf", "note.pdf"),
        ("..", ""),
        (".htaccess", "htaccess"),
        ("a\r\nSet-Cookie: b.pdf", "a Set-Cookie: b.pdf"),
        ("bill\u202efdp.exe", "bill fdp.exe"),
        ("ż" * 300 + ".pdf", "ż" * 90 + "….pdf"),
    ],
)
def test_a_name_is_cleaned(given: str, shown: str) -> None:
    assert clean(given) == shown
    entry = Evidence(id=7, name=clean(given), media_type="application/pdf", digest="d", size=1)
    assert pieces.file_name(entry).endswith(".pdf") and "/" not in pieces.file_name(entry)


def test_the_same_content_is_one_file_under_a_name_of_ours(workspace: Path) -> None:
    store = Folder(workspace / "instance/evidence")
    for name in ("../../x.pdf", "b.pdf"):
        pieces.put(store, piece("file", PDF, name))
    (file,) = kept(workspace)
    made = piece("file", PDF)
    assert (
        file == workspace / "instance/evidence" / made.digest[:2] / f"{made.digest}.pdf"
        and file.read_bytes() == PDF
    )


def test_what_cannot_be_written_is_an_error(workspace: Path) -> None:
    made = Piece("file", "x", PDF, "application/pdf", "")
    place = workspace / "instance/evidence" / made.digest[:2]
    place.parent.mkdir(parents=True)
    place.write_text("a file where the folder should be")
    with pytest.raises(FileExistsError):
        pieces.put(Folder(workspace / "instance/evidence"), made)
    assert kept(workspace) == [place]


def test_content_that_was_taken_away_is_said_to_be(
    workspace: Path, run: Run, do: Do, session: Session
) -> None:
    entry = do(run, "photo", pieces=[piece("photo", photo())])  # never put
    (row,) = pieces.of_run(session, run)[entry.id]
    with pytest.raises(NotFoundError, match="not there any more"):
        pieces.get(Folder(workspace / "instance/evidence"), row)
    with pytest.raises(HoldfastError):
        pieces.one(session, run, row.id + 1)
