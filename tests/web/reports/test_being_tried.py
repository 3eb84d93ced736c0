"""Rewording a step hides nothing: every page, the site and the command line go on showing it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from markupsafe import Markup
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.support.closed import close, spread
from tests.support.installation import PACK, Cast, Visitor
from tracker.authoring.sync import publish
from tracker.cli import main
from tracker.domain.weakpoints import refresh
from tracker.models import Person, Revision
from tracker.worker import counting

Visit = Callable[[Person | None], Visitor]
NOW = datetime.now(UTC)
START = NOW.date() - timedelta(days=85)
STEPS: dict[str, dict[str, int]] = {key: {} for key in ("scan", "weigh", "box", "hand")}


def look(session: Session) -> None:
    session.rollback()
    counting.fold(session, NOW)
    refresh.refresh(session, NOW)
    session.rollback()


@pytest.fixture
def reword(app: Flask, session: Session) -> Callable[[str], None]:
    """Publishes the packing with other words for its weighing; the worker has looked before and after."""
    session.execute(update(Revision).values(published_at=NOW - timedelta(days=100)))
    session.commit()

    def reworded(words: str) -> None:
        look(session)
        file = app.config["HOLDFAST"].workspace / "sops/fulfillment/pack.md"
        file.write_text(PACK.replace("Weigh the parcel", words))
        publish(app, app.config["HOLDFAST"])
        look(session)

    return reworded


@pytest.fixture
def weak(session: Session) -> None:
    """Eighty-six days in which every seventh weighing failed."""
    close(session, "pack", spread(420, STEPS | {"weigh": {"failed": 60}}, START, 86), "1")


def read(visitor: Visitor, path: str) -> str:
    """A page as one reads it."""
    return " ".join(str(Markup(visitor.get(path).text).striptags()).split())


OLD, CHANGE = "60 of 420 failed", "“Weigh the parcel” now reads “Put the parcel on the scale”."


def test_every_page_keeps_the_old_figure_with_what_changed(
    visit: Visit, cast: Cast, weak: None, reword: Callable[[str], None]
) -> None:
    olga = visit(cast.owner)
    reword("Put the parcel on the scale")
    for path in ("/overview", "/weak-points?band=fix-first", "/sops/pack", "/sops/pack/steps/weigh"):
        page = read(olga, path)
        assert f"{OLD} (plausibly 11% to 18%), before revision 2" in page, path
        assert CHANGE in page and "It needs about 318 more runs until that is decided." in page, path
        assert "No weak" not in page, path
    assert "1 step needs a decision. 1 step is being tried." in read(olga, "/overview")
    assert "1 step is worth fixing first. 1 step is being tried." in read(olga, "/weak-points")
    page = read(olga, "/sops/pack")
    assert "1 step is to be fixed first: Put the parcel on the scale. It is being tried." in page
    assert f"{OLD} before revision 2 · being tried: about 318 more runs" in read(olga, "/live/sops/pack")
    assert ",2,318\r\n" in olga.get("/weak-points.csv").text


def test_the_command_line_says_the_same(
    app: Flask, weak: None, reword: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    reword("Put the parcel on the scale")
    monkeypatch.chdir(app.config["HOLDFAST"].workspace)
    lines = CliRunner().invoke(main, ["weak-points"]).output.splitlines()
    place = lines.index("  pack / weigh: 60 of 420 failed; plausibly 11% to 18%")
    assert lines[:2] == ["In all closed runs:", "Fix first:"]
    assert [line.strip() for line in lines[place + 1 : place + 3]] == [
        f"being tried since revision 2: {CHANGE}",
        "60 of 420 failed in the 90 days before, no run so far; needs about 318 more runs",
    ]


def test_an_editorial_change_is_no_change(
    visit: Visit, cast: Cast, weak: None, reword: Callable[[str], None]
) -> None:
    reword("Please weigh the parcel.")
    olga = visit(cast.owner)
    for path in ("/overview", "/weak-points?band=fix-first", "/sops/pack"):
        page = read(olga, path)
        assert OLD in page and "tried" not in page.replace("is being tried, what was known", ""), path


def test_that_nothing_is_weak_is_not_said_of_what_is_too_early(
    visit: Visit, cast: Cast, session: Session, reword: Callable[[str], None]
) -> None:
    close(session, "pack", spread(420, STEPS, START, 86), "1")
    look(session)
    olga = visit(cast.owner)
    for path in ("/overview", "/weak-points", "/sops/pack"):
        assert "No weak point can be shown" in read(olga, path), path
    for path in ("/overview", "/sops/pack"):  # judged by these days, whatever is chosen
        assert "can be shown in 420 runs of the last 90 days." in read(olga, f"{path}?period=all"), path
    reword("Put the parcel on the scale")
    for path in ("/overview", "/weak-points", "/sops/pack"):
        page = read(olga, path)
        assert "No weak point can be shown" not in page and "too early to judge 1 step" in page, path


def test_a_tolerable_step_that_was_changed_is_said_to_be_tried(
    visit: Visit, cast: Cast, session: Session, reword: Callable[[str], None]
) -> None:
    close(session, "pack", spread(420, STEPS | {"weigh": {"failed": 8}}, START, 86), "1")
    reword("Put the parcel on the scale")
    olga = visit(cast.owner)
    for path in ("/overview", "/weak-points?band=fine", "/sops/pack", "/sops/pack/steps/weigh"):
        page = read(olga, path)
        assert "No weak" not in page and CHANGE in page and "being tried" in page, path
