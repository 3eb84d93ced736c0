"""Evidence over HTTP: what is refused, who may see it, and how it is served; every act is a plain form."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.conftest import AppWith
from tests.support.buckets import bucket
from tests.support.evidence import DELIVERY, MAKER, drawing, kept, located, many_pixels, photo, scene
from tests.support.installation import Cast, Visitor
from tests.support.patience import PATIENCE
from tracker.authoring.sync import publish
from tracker.db import db, new_id, writing
from tracker.models import Evidence, EvidenceDeletion, Person, Record

Visit = Callable[[Person | None], Visitor]

PDF = b"%PDF-1.7\n1 0 obj\n"
FIELDS = {"photo": "photo", "note": "file", "sign": "signature"}


@pytest.fixture
def address(app: Flask, workspace: Path, visit: Visit, cast: Cast) -> str:
    """Sam's run of an SOP that asks for evidence."""
    (workspace / "sops/delivery.md").write_text(DELIVERY)
    publish(app, app.config["HOLDFAST"])
    return visit(cast.staff).post("/start/delivery", {"subject": "", "ref": "x"}).location


def give(
    visitor: Visitor,
    address: str,
    step: str,
    sent: bytes | None = None,
    name: str = "a.jpg",
    field: str = "",
    **more: Any,
) -> TestResponse:
    """Record a step as done with what is `sent` in the form's field for it."""
    form = {"id": str(new_id()), "step": step, "kind": "done"} | more
    if sent is not None:
        form[field or FIELDS[step]] = (io.BytesIO(sent), name)
    return visitor.post(f"{address}/records", form, content_type="multipart/form-data")


def links(visitor: Visitor, address: str) -> list[str]:
    return re.findall(r'class="hf-proof" href="([^"]+)"', visitor.get(address).text)


def count(session: Session, table: type[Record] | type[Evidence]) -> int | None:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table))


def test_photo_file_and_signature_are_kept_and_shown(
    visit: Visit, cast: Cast, address: str, workspace: Path
) -> None:
    sam = visit(cast.staff)
    assert 'enctype="multipart/form-data"' in sam.get(address).text
    assert give(sam, address, "photo", photo()).status_code == 303
    assert give(sam, address, "note", PDF, "Delivery  note 7.exe").status_code == 303
    assert give(sam, address, "sign", drawing(), value="Dana Driver").status_code == 303
    assert len(kept(workspace)) == 4  # the photo has a thumbnail
    for page in (address, f"{address}/history"):
        text = sam.get(page).text
        assert 'alt="Photo: Photograph the damaged carton"' in text and "Dana Driver" in text
        assert 'alt="Signature: The driver signs"' in text and "Delivery note 7.exe" in text
    image, file, ink = (sam.get(link) for link in links(sam, address))
    assert (image.mimetype, ink.mimetype, file.mimetype) == ("image/jpeg", "image/png", "application/pdf")
    assert MAKER.encode() not in image.data and Image.open(io.BytesIO(image.data)).size == (300, 400)
    assert file.headers["Content-Disposition"] == 'attachment; filename="Delivery note 7.pdf"'
    for answer in (image, file, ink):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "private, no-cache"


def test_what_is_at_hand_is_not_sent_again(visit: Visit, cast: Cast, address: str) -> None:
    sam = visit(cast.staff)
    give(sam, address, "photo", photo())
    (link,) = links(sam, address)
    etag = sam.get(link).headers["ETag"]
    assert sam.get(link, headers={"If-None-Match": etag}).status_code == 304
    assert visit(cast.outsider).get(link, headers={"If-None-Match": etag}).status_code == 403


@pytest.mark.parametrize(
    ("step", "sent", "words"),
    [
        ("photo", None, "done with a photo"),
        ("note", None, "done with a file"),
        ("sign", None, "done with a signature"),
        ("photo", b"", "empty"),
        ("photo", b"<svg onload='alert(1)'/>", "no photo"),
        ("photo", b"<!doctype html><script>alert(1)</script>", "no photo"),
        ("photo", photo()[:-900], "broken or cut off"),
        ("photo", many_pixels(60_000), "too many pixels"),
        ("photo", b"\xff\xd8\xff" + b"x" * 10_000_001, "At most 10 MB"),
        ("note", b"MZ\x90\x00\x03", "not accepted"),
        ("sign", drawing(ink=False), "Sign in the box"),
    ],
)
def test_without_good_evidence_nothing_is_recorded_and_nothing_kept(
    visit: Visit,
    cast: Cast,
    address: str,
    workspace: Path,
    session: Session,
    step: str,
    sent: Any,
    words: str,
) -> None:
    sam = visit(cast.staff)
    if step != "photo":
        give(sam, address, "photo", photo())
    files, before = kept(workspace), count(session, Record)
    answer = give(sam, address, step, sent)
    assert answer.status_code == 422 and words in answer.text
    assert (kept(workspace), count(session, Record)) == (files, before)


def test_a_form_field_that_was_left_empty_is_no_evidence(visit: Visit, cast: Cast, address: str) -> None:
    sam = visit(cast.staff)
    assert give(sam, address, "photo", b"", name="").status_code == 422
    give(sam, address, "photo", photo())
    assert give(sam, address, "sign", b"", name="", value="Dana Driver").status_code == 303


def test_what_a_step_asks_for_is_not_made_up_by_what_is_added(
    visit: Visit, cast: Cast, address: str, session: Session
) -> None:
    sam = visit(cast.staff)
    assert give(sam, address, "photo", PDF, field="file").status_code == 422
    assert give(sam, address, "photo", photo(), field="value").status_code == 422
    nine = {"photo": [(io.BytesIO(photo()), f"{n}.jpg") for n in range(9)]}
    assert "At most 8" in give(sam, address, "photo", **nine).text
    assert count(session, Record) == 0


@pytest.mark.parametrize(("step", "kind"), [("photo", "done"), ("photo", "failed"), ("tell", "skipped")])
def test_several_are_added_to_any_record_and_each_is_shown(
    visit: Visit, cast: Cast, address: str, session: Session, step: str, kind: str
) -> None:
    sam = visit(cast.staff)
    if step == "tell":
        give(sam, address, "photo", photo())
        give(sam, address, "note", PDF)
        give(sam, address, "sign", value="Dana Driver")
    before = len(links(sam, address))
    asked = photo() if (step, kind) == ("photo", "done") else None
    added = [(io.BytesIO(photo()), "a.jpg"), (io.BytesIO(photo()), "b.jpg"), (io.BytesIO(PDF), "list.pdf")]
    answer = give(sam, address, step, asked, kind=kind, reason="dark", file=added)
    assert answer.status_code == 303
    now_are = before + len(added) + (asked is not None)
    for page in (address, f"{address}/history"):
        assert len(links(sam, page)) == now_are and "list.pdf" in sam.get(page).text
    assert all(sam.get(link).status_code == 200 for link in links(sam, address))


def test_the_same_again_adds_nothing_and_other_evidence_is_refused(
    visit: Visit, cast: Cast, address: str, session: Session, workspace: Path
) -> None:
    sam, again = visit(cast.staff), {"id": str(new_id())}
    for name in ("a.jpg", "b.jpg"):
        assert give(sam, address, "photo", photo(), name, **again).status_code == 303
    assert give(sam, address, "photo", photo((401, 300)), **again).status_code == 422
    assert give(sam, address, "photo", **again).status_code == 422
    assert count(session, Record) == count(session, Evidence) == 1


def test_a_closed_run_takes_none(visit: Visit, cast: Cast, address: str, session: Session) -> None:
    lena = visit(cast.lead)
    assert lena.post(f"{address}/cancellation", {"reason": "no"}).status_code == 303
    assert give(lena, address, "photo", photo()).status_code == 409
    assert count(session, Evidence) == 0


def test_it_is_for_those_who_may_see_its_run_and_for_no_other_run(
    visit: Visit, cast: Cast, address: str, workspace: Path
) -> None:
    sam = visit(cast.staff)
    give(sam, address, "photo", photo())
    (link,) = links(sam, address)
    number = link.rpartition("/")[2]
    theirs = visit(cast.outsider).post("/start/delivery", {"subject": "", "ref": "y"}).location
    assert visit(cast.lead).get(link).status_code == 200
    for stranger in (cast.outsider, cast.other_lead):
        assert visit(stranger).get(link).status_code == 403
        assert visit(stranger).get(f"{theirs}/evidence/{number}").status_code in (403, 404)
    assert visit(cast.outsider).get(f"{theirs}/evidence/{number}").status_code == 404
    assert visit(None).get(link).status_code == 302
    file = kept(workspace)[0]
    for path in (f"/media/{file.name}", f"/media/../evidence/{file.parent.name}/{file.name}"):
        assert sam.get(path).status_code == 404


def test_whoever_may_not_work_on_the_run_leaves_nothing_behind(
    visit: Visit, cast: Cast, address: str, workspace: Path
) -> None:
    assert give(visit(cast.outsider), address, "photo", photo()).status_code == 403
    assert give(visit(cast.outsider), "/runs/999", "photo", photo()).status_code == 404
    assert kept(workspace) == []


@pytest.mark.parametrize("name", ["../../../etc/x.jpg", "a\\..\\b.jpg", "<b>.jpg", 'x".jpg', "ż" * 500])
def test_a_name_opens_no_door(visit: Visit, cast: Cast, address: str, workspace: Path, name: str) -> None:
    sam = visit(cast.staff)
    give(sam, address, "photo", photo())
    assert give(sam, address, "note", PDF, name).status_code == 303
    assert all(re.fullmatch(r"[0-9a-f]{64}\.(jpg|small\.jpg|pdf)", file.name) for file in kept(workspace))
    assert "<b>" not in sam.get(address).text
    answer = sam.get(links(sam, address)[1])
    assert "\n" not in answer.headers["Content-Disposition"] and answer.data == PDF


def test_only_a_record_may_be_that_large(visit: Visit, cast: Cast, address: str) -> None:
    sam, large = visit(cast.staff), b"%PDF-" + b"x" * 3_000_000
    give(sam, address, "photo", photo())
    assert give(sam, address, "note", large).status_code == 303
    form = {"file": (io.BytesIO(large), "a")}
    answer = sam.post(f"{address}/close", form, content_type="multipart/form-data")
    assert answer.status_code == 413 and "At most 2 MB" in answer.text
    answer = give(sam, address, "note", b"%PDF-" + b"x" * 10_500_000)
    assert answer.status_code == 413 and "At most 10 MB" in answer.text


def test_the_database_is_asked_once_for_the_evidence_of_a_run_and_not_before_its_first_record(
    app: Flask, visit: Visit, cast: Cast, session: Session
) -> None:
    sam, said = visit(cast.staff), []
    address = sam.post("/start/pack", {"subject": "7", "ref": "z"}).location
    event.listen(db.engine, "before_cursor_execute", lambda *a: said.append(a[2]))
    page = sam.get(address).text
    assert said and not any("evidence" in statement for statement in said)
    form = {"id": str(new_id()), "step": "scan", "kind": "done", "value": "T"}
    assert sam.htmx(f"{address}/records", form).status_code == 200
    assert sum("FROM evidence" in statement for statement in said) == 1
    assert "signature.js" not in page


def test_a_translated_run_shows_it_too(
    app: Flask, workspace: Path, visit: Visit, cast: Cast, address: str
) -> None:
    (workspace / "sops/delivery.pl.md").write_text(
        "# Przyjęcie dostawy\n\n1. Zrób zdjęcie kartonu {#photo .critical input=photo}\n"
        "2. Zachowaj dowód dostawy {#note input=file}\n3. Kierowca podpisuje {#sign input=signature}\n"
        '4. Powiadom kupca {#tell when="photo answered"}\n'
    )
    publish(app, app.config["HOLDFAST"])
    sam = visit(cast.staff)
    address = sam.post("/start/delivery", {"subject": "", "ref": "pl", "anyway": "1"}).location
    give(sam, address, "photo", photo())
    for page in (address, f"{address}/history"):
        text = sam.get(page, headers={"Accept-Language": "pl"}).text
        assert 'alt="Zdjęcie: Zrób zdjęcie kartonu"' in text


def test_a_photo_is_opened_and_safe_before_anybody_waits_for_it(
    app: Flask, visit: Visit, cast: Cast, address: str, workspace: Path, session: Session
) -> None:
    """While somebody else writes, the photo is put away already; only its record waits."""
    sam, give_up = visit(cast.staff), time.monotonic() + PATIENCE
    sam.get(address)
    with ThreadPoolExecutor(1) as other:
        with writing():
            answer = other.submit(give, sam, address, "photo", photo())
            while not any(file.suffix == ".jpg" for file in kept(workspace)):
                assert time.monotonic() < give_up and not answer.done()
            assert not answer.done() and session.scalar(select(func.count()).select_from(Record)) == 0
        assert answer.result().status_code == 303
    assert count(session, Record) == count(session, Evidence) == 1


def test_a_bucket_keeps_it_as_a_folder_does(
    workspace: Path, cast: Cast, address: str, app_with: AppWith
) -> None:
    with bucket() as (where, endpoint):
        app = app_with({"HOLDFAST_EVIDENCE": where, "HOLDFAST_S3_ENDPOINT": endpoint})
        sam = Visitor(app, cast.staff)
        assert give(sam, address, "photo", photo()).status_code == 303
        (link,) = links(sam, address)
        assert sam.get(link).mimetype == "image/jpeg" and kept(workspace) == []


def test_a_bucket_that_does_not_answer_leaves_the_rest_at_work(
    cast: Cast, address: str, session: Session, app_with: AppWith
) -> None:
    with bucket() as (where, _):  # for its keys
        nobody = {"HOLDFAST_EVIDENCE": where, "HOLDFAST_S3_ENDPOINT": "http://127.0.0.1:9"}
        sam = Visitor(app_with(nobody), cast.staff)
        answer = give(sam, address, "photo", photo())
        assert answer.status_code == 503 and "does not answer, so nothing was saved" in answer.text
        assert count(session, Record) == 0
        assert give(sam, address, "photo", kind="failed", reason="no store").status_code == 303


def test_a_photo_has_a_thumbnail_and_an_old_one_gets_it_when_asked(
    visit: Visit, cast: Cast, address: str, workspace: Path
) -> None:
    sam = visit(cast.staff)
    give(sam, address, "photo", photo((1200, 900)))
    (link,) = links(sam, address)
    assert f'src="{link}?small=1"' in sam.get(address).text
    (stored,) = (file for file in kept(workspace) if file.name.endswith(".small.jpg"))
    for _ in range(2):
        small = sam.get(f"{link}?small=1")
        assert Image.open(io.BytesIO(small.data)).size == (240, 320) and stored.exists()
        stored.unlink()
    whole = sam.get(link)
    assert Image.open(io.BytesIO(whole.data)).size == (900, 1200)
    assert whole.headers["ETag"] != small.headers["ETag"]
    assert visit(cast.outsider).get(f"{link}?small=1").status_code == 403


def test_a_photo_that_was_used_before_is_pointed_out_to_whoever_looks(
    visit: Visit, cast: Cast, address: str, session: Session
) -> None:
    sam, oskar = visit(cast.staff), visit(cast.outsider)
    assert give(sam, address, "photo", scene(1)).status_code == 303
    second = sam.post("/start/delivery", {"subject": "", "ref": "y"}).location
    assert give(sam, second, "photo", scene(1)).status_code == 303
    third = oskar.post("/start/delivery", {"subject": "", "ref": "z"}).location
    assert give(oskar, third, "photo", scene(1, noise=40)).status_code == 303
    for page in (second, f"{second}/history"):
        text = sam.get(page).text
        assert "This photo was also used in" in text and f'href="{address}/history"' in text
    assert "was used in" not in sam.get(f"{address}/history").text
    text = oskar.get(f"{third}/history").text
    assert "looks the same was used in a run that you can’t open" in text and second not in text


def test_where_and_when_it_was_taken_stands_in_the_history(
    app: Flask, workspace: Path, visit: Visit, cast: Cast, address: str
) -> None:
    (workspace / "sops/delivery.md").write_text(DELIVERY.replace(".critical", ".critical .keep-location"))
    publish(app, app.config["HOLDFAST"])
    sam = visit(cast.staff)
    address = sam.post("/start/delivery", {"subject": "", "ref": "y", "anyway": "1"}).location
    page = sam.get(address).text
    assert (
        "Where and when your camera says" in page
        and "data-shrink" not in page.split('name="photo"')[1].split(">")[0]
    )
    give(sam, address, "photo", located())
    text = sam.get(f"{address}/history").text
    assert "taken at 52.52000, 13.40500" in text and "on 2026-03-31 10:58" in text


def test_what_was_deleted_is_said_to_be(
    app: Flask, workspace: Path, visit: Visit, cast: Cast, address: str, session: Session
) -> None:
    sam = visit(cast.staff)
    give(sam, address, "photo", photo())
    (link,) = links(sam, address)
    with writing() as writer:
        entry = writer.scalars(select(Evidence)).one()
        writer.add(EvidenceDeletion(id=entry.id, at=datetime.now(UTC), days=90))
    text = sam.get(f"{address}/history").text
    assert "after 90 days, as the SOP says" in text and link not in text
    for place in (link, f"{link}?small=1"):
        answer = sam.get(place)
        assert answer.status_code == 404 and "deleted after 90 days, as its SOP says" in answer.text
