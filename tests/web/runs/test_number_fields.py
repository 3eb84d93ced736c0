"""A field for a number offers a minus where one may be needed, and asks which of two numbers is meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tests.support.ticks import said
from tracker.authoring.sync import publish
from tracker.domain.runs import lifecycle
from tracker.models import Person

_SOP = """---
id: cold
owner: admin
---

1. Read the freezer {input=number unit=°C max=-18}
2. Read the room {input=number unit=°C}
3. Read the dock {input=number unit=°C min=-30 max=30}
4. Weigh the tote {input=number unit=g min=0 max=30000}
"""


def test_a_number_field_has_a_minus_and_a_question(
    app: Flask, workspace: Path, visit: Callable[[Person | None], Visitor], session: Session, cast: Cast
) -> None:
    (workspace / "sops/cold.md").write_text(_SOP)
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    there = cast.staff.location
    assert there is not None and there.zone == "Europe/Berlin"
    run = lifecycle.start(session, by(cast.staff), NOW, "cold", assignee=cast.staff)
    session.commit()
    visitor = visit(cast.staff)
    page = visitor.get(f"/runs/{run.id}").shown
    assert re.findall(r'name="value"[^>]*inputmode="(\w+)"', page) == ["text", "text", "text", "decimal"]
    assert page.count('title="1.500 can be read in two ways: write 1500 or 1,5"') == 4
    answer = visitor.htmx(f"/runs/{run.id}/records", said("weigh-the-tote", value="1.500"))
    assert answer.status_code == 422 and "Write 1500, or 1,5 if" in answer.text
    there.zone = "Europe/London"
    session.commit()
    assert visitor.get(f"/runs/{run.id}").shown.count("can be read in two ways: write 1.5 or 1500") == 4
    answer = visitor.htmx(f"/runs/{run.id}/records", said("weigh-the-tote", value="1.500"))
    assert answer.status_code == 422 and "Write 1.5, or 1500 if" in answer.text
