"""The form that a text must have is said as an example: nobody on the floor reads regular expressions."""

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
id: refund
owner: admin
---

1. Enter the last 4 characters of the refund number {#ref input=text pattern="[A-Za-z0-9]{4}"}
2. Scan the label {#label input=scan pattern="33[0-9]{3}"}
3. Enter what the till says {#till input=text pattern="(?=a)a"}
"""


def test_a_text_of_another_form_is_answered_with_an_example(
    app: Flask, workspace: Path, visit: Callable[[Person | None], Visitor], session: Session, cast: Cast
) -> None:
    (workspace / "sops/refund.md").write_text(_SOP)
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    run = lifecycle.start(session, by(cast.staff), NOW, "refund", assignee=cast.staff)
    session.commit()
    sam = visit(cast.staff)
    page = sam.get(f"/runs/{run.id}").shown
    assert re.findall(r"looks like ([^<\s]+)", page) == ["A1B2", "33123"]
    answer = sam.htmx(f"/runs/{run.id}/records", said("ref", value="R-00012"))
    assert answer.status_code == 422
    assert "“R-00012” does not look like what this step asks for. It should look like A1B2." in answer.text
    answer = sam.htmx(f"/runs/{run.id}/records", said("till", value="b"))
    assert "“b” does not look like what this step asks for." in answer.text and "?=" not in answer.text
    device = sam.get(f"/runs/{run.id}").text.partition('id="run-definition"')[2].partition("</script>")[0]
    assert '"example":"A1B2"' in device and 'A-Za-z0-9]{4}"' not in device
