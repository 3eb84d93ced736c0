"""A lead puts a closed run right from its page, and the page, the history and the owner's figures say so."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tracker.authoring.sync import publish
from tracker.db import new_id
from tracker.domain.records import recording
from tracker.domain.runs import lifecycle
from tracker.models import Person, Run

Visit = Callable[[Person | None], Visitor]


@pytest.fixture
def closed(session: Session, cast: Cast) -> Run:
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="1042", assignee=cast.staff)
    for key, value in (("scan", "T1"), ("weigh", "500")):
        recording.record(
            session, by(cast.staff), NOW, run, record_id=new_id(), step_key=key, kind="done", value=value
        )
    lifecycle.close(session, by(cast.staff), NOW, run, omit=["box", "hand"])
    session.commit()
    return run


def form_of(page: str, kind: str) -> dict[str, str]:
    """The form of a kind as the page gives it."""
    part = page.split(f'name="kind" value="{kind}"')
    ids = re.findall(r'name="id" value="([\w-]+)"', part[0])
    standing = re.findall(r'name="standing" value="([\w-]+)"', part[1].split("</form>")[0])
    step = re.findall(r'name="step" value="([\w-]+)"', part[0])[-1]
    return {"id": ids[-1], "step": step, "kind": kind} | ({"standing": standing[0]} if standing else {})


def test_a_value_is_put_right(visit: Visit, cast: Cast, closed: Run) -> None:
    sam, lena, olga = visit(cast.staff), visit(cast.lead), visit(cast.owner)
    place = f"/runs/{closed.id}"
    assert "Put the record right" not in sam.get(place).text
    assert sam.get(f"{place}/amendments?step=weigh").status_code == 403
    assert f"{place}/amendments?step=weigh" in lena.get(place).text
    figures = olga.get("/sops/pack/health.csv?period=all").text
    form = form_of(lena.get(f"{place}/amendments?step=weigh").text, "done")
    without = lena.post(f"{place}/amendments", form | {"value": "5"})
    assert without.status_code == 422 and "Say why" in without.text
    answer = lena.post(f"{place}/amendments", form | {"value": "5", "reason": "Read off wrongly"})
    assert answer.status_code == 303 and answer.location == f"{place}#amended"
    page = sam.get(place).text
    assert (
        "Amended by Lena" in page
        and "Read off wrongly" in page
        and "put right after the run was closed" in page
    )
    told = sam.get(f"{place}/history").text
    assert "put “Weigh the parcel” right: Read off wrongly" in told and "500" in told and "min 20" in told
    assert olga.get("/sops/pack/health.csv?period=all").text != figures
    stale = lena.post(f"{place}/amendments", form | {"id": str(new_id()), "value": "6", "reason": "x"})
    assert stale.status_code == 409 and "meanwhile" in stale.text
    again = lena.post(f"{place}/amendments", form | {"value": "5", "reason": "Read off wrongly"})
    assert again.status_code == 303


def test_whoever_looks_at_the_run_meanwhile_is_told(visit: Visit, cast: Cast, closed: Run) -> None:
    sam, lena, place = visit(cast.staff), visit(cast.lead), f"/runs/{closed.id}"
    seen = sam.get(f"{place}/live").headers["ETag"]
    form = form_of(lena.get(f"{place}/amendments?step=weigh").text, "done")
    lena.post(f"{place}/amendments", form | {"value": "600", "reason": "Read off wrongly"})
    told = sam.get(f"{place}/live", headers={"If-None-Match": seen})
    assert told.status_code == 200 and "right: Read off wrongly" in told.text


def test_what_is_not_there_is_not_put_right(visit: Visit, cast: Cast, session: Session, closed: Run) -> None:
    lena = visit(cast.lead)
    place = f"/runs/{closed.id}/amendments"
    for address in (place, f"{place}?step=nothing"):
        assert lena.get(address).status_code == 404
    form = {"id": str(new_id()), "step": "hand", "kind": "done", "reason": "x"}
    for wrong in ({"id": ""}, {"standing": "x"}, {"step": "nothing"}, {"kind": "omitted"}):
        assert lena.post(place, form | wrong).status_code in (404, 409, 422), wrong
    open_run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="1", assignee=cast.staff)
    session.commit()
    assert lena.get(f"/runs/{open_run.id}/amendments?step=hand").status_code == 404
    assert lena.post(f"/runs/{open_run.id}/amendments", form).status_code in (404, 409)


def test_evidence_comes_with_it(
    app: Flask, workspace: Path, visit: Visit, cast: Cast, session: Session
) -> None:
    (workspace / "sops/damage.md").write_text("1. Photograph it {#photo input=photo}\n")
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    run = lifecycle.start(session, by(cast.staff), NOW, "damage", assignee=cast.staff)
    lifecycle.close(session, by(cast.staff), NOW, run, omit=["photo"])
    session.commit()
    lena, place = visit(cast.lead), f"/runs/{run.id}"
    form: dict[str, Any] = form_of(lena.get(f"{place}/amendments?step=photo").text, "done") | {
        "reason": "It was in my phone"
    }
    without = lena.post(f"{place}/amendments", form)
    assert without.status_code == 422 and "done with a photo" in without.text
    picture = BytesIO()
    Image.new("RGB", (40, 30), "red").save(picture, "JPEG")
    picture.seek(0)
    answer = lena.post(f"{place}/amendments", form | {"photo": (picture, "box.jpg")})
    assert answer.status_code == 303
    assert f"{place}/evidence/" in visit(cast.staff).get(place).text
