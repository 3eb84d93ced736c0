"""The history of one step follows it through rewording, new limits, its absence and its return."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from tests.support.installation import NOW, PACK, Cast, Visitor
from tracker.authoring.sync import publish
from tracker.models import Outcome, Person, Run, Sop

Visit = Callable[[Person | None], Visitor]


def close_run(session: Session, outcome: str) -> None:
    """A closed run of the revision in force in which the step weigh came to this."""
    revision = session.get_one(Sop, "pack", populate_existing=True).in_force_id
    run = Run(sop_id="pack", revision_id=revision, state="done", started_at=NOW, closed_at=NOW)
    session.add(run)
    session.flush()
    session.add(
        Outcome(
            run_id=run.id,
            step_key="weigh",
            sop_id="pack",
            revision_id=revision,
            outcome=outcome,
            closed_at=NOW,
        )
    )
    session.commit()


def rows(page: str) -> list[list[str]]:
    """The table's cells as text, row by row."""
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    cells = [re.findall(r"<td.*?</td>", row, re.S) for row in body.split("</tr>")[:-1]]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]


def test_one_step_is_read_through_all_revisions(
    app: Flask, session: Session, visit: Visit, cast: Cast, workspace: Path
) -> None:
    file = workspace / "sops/fulfillment/pack.md"
    close_run(session, "failed")
    texts = [
        PACK.replace("2. Weigh the parcel", "2. Put the parcel on the scale").replace(
            "max=30000", "max=20000"
        ),
        re.sub(r"2\. Weigh.*?\n\n3\.", "2.", PACK, flags=re.S),
        PACK,
    ]
    for text in texts:
        file.write_text(text)
        assert publish(app, app.config["HOLDFAST"]).errors == []
        session.rollback()
    close_run(session, "done")
    page = visit(cast.owner).get("/sops/pack/steps/weigh?period=all").text
    found = rows(page)
    assert [row[0][0] for row in found] == ["4", "3", "2", "1"]
    assert "in force" in found[0][0] and found[0][4] == "1"  # done
    assert found[1][1] == "not in this revision"
    assert "Put the parcel on the scale" in found[2][1] and "expected: 20 – 20 000 g" in found[2][1]
    assert "Weigh the parcel" in found[3][1] and found[3][6] == "1 too early"  # failed


def test_a_step_that_never_was_is_said_to_be_none(visit: Visit, cast: Cast) -> None:
    answer = visit(cast.owner).get("/sops/pack/steps/nonsense")
    assert answer.status_code == 404 and "nonsense" in answer.text


def test_the_page_of_the_sop_leads_to_each_step(visit: Visit, cast: Cast) -> None:
    assert 'href="/sops/pack/steps/weigh"' in visit(cast.owner).get("/sops/pack").text
