"""Whatever people have written, no download of the product holds a cell that a spreadsheet runs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tracker.domain import security_log
from tracker.domain.runs import lifecycle
from tracker.models import Location, Person, Run, Sop, Step, Team
from tracker.web.reader import now

Visit = Callable[[Person | None], Visitor]

EVIL = "\u200b=cmd;\uff1d1\n@SUM(A1)"
PACKAGE = Path(__file__).parents[2] / "tracker"


@pytest.fixture
def evil(session: Session, cast: Cast) -> None:
    """Every text that people or documents bring is a formula."""
    lifecycle.start(session, by(cast.staff), NOW, "pack", subject="1042", assignee=cast.staff)
    ended = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="1043", assignee=cast.staff)
    lifecycle.cancel(session, by(cast.lead), NOW, ended, EVIL)
    for column in (Sop.title, Sop.area, Step.text, Run.subject_ref, Run.pause_reason):
        session.execute(update(column.class_).values({column: EVIL}))
    for table in (Location, Team):
        session.execute(update(table).where(table.id == 1).values(name=EVIL))
    security_log.write(session, now(), security_log.FAILED, login=EVIL)
    session.commit()


def test_every_download_is_made_by_the_one_writer() -> None:
    files = {file.relative_to(PACKAGE).as_posix(): file.read_text() for file in PACKAGE.rglob("*.py")}
    writers = {name for name, text in files.items() if re.search(r"csv\.(writer|DictWriter)\(", text)}
    # the demo's is taken in at once, and then gone; that of whole runs never holds them all
    assert writers == {"demo/history.py", "reports/render/csv.py", "reports/render/runs.py"}


def test_no_download_holds_a_formula(app: Flask, visit: Visit, cast: Cast, evil: None) -> None:
    lena = visit(cast.lead)
    form = {"sop": "pack", "whom": "role:picker", "list": f'subject,assignee\n"{EVIL}",nobody\n'}
    batch = lena.post("/assign/list", form).location
    for rule in app.url_map.iter_rules():
        if rule.rule.endswith(".csv"):
            path = rule.rule.replace("<sop_id>", "pack").replace("/batches/<int:batch_id>", batch)
            reader = cast.admin if path.startswith("/security") else cast.owner
            path += "?period=all" if path.startswith("/board/closed") else ""  # else of the last days only
            answer = (lena if path.startswith("/batches") else visit(reader)).get(path)
            assert answer.mimetype == "text/csv", path
            assert "cmd" in answer.text or path in (
                "/security.csv",
                "/weak-points.csv",
                "/sops/pack/health.csv",
            )
            assert formulas(answer.text) == [], path


def formulas(text: str) -> list[str]:
    """The cells that begin a formula, by each separator that spreadsheets expect."""
    rows = [
        row for separator in ",;\t" for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    ]
    lines = [line for row in rows for cell in row for line in re.split(r"[\r\n]", cell)]
    return [line for line in lines if re.match(r"[\s\u200b\ufeff\"]*[=+@\uff1d]", line)]
