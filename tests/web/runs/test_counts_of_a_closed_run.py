"""What became of the steps of a closed run is counted in one way, wherever it is told."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.installation import Cast, Visitor
from tests.support.ticks import said
from tracker.authoring.sync import publish
from tracker.domain.work import lists
from tracker.models import Outcome, Person, Run

_SOP = """---
id: parcel
owner: olga
subject: order
close: by-hand
---
1. Fragile? {#fragile input=choice options="yes, no"}
2. Wrap it {#wrap when="fragile = yes"}
3. Weigh it {#weigh input=number unit=g max=500}
4. Add a flyer {#flyer .optional}
5. Add the invoice {#invoice}
6. Close the box {#close}
    1. Tape the top {#top}
    2. Tape the bottom {#bottom}
7. Print the label {#label}
8. Put it on the belt {#belt}
9. Tidy up {#tidy}
"""

_WORDS = {"failed": "2 failed", "skipped": "2 skipped", "omitted": "1 omitted", "put right": "2 put right"}
"""Steps by their outcomes: 3 and 6b failed, of which 3 was done then; 5 and 7 were skipped, 7 done then."""


def read(html: str) -> str:
    return " ".join(str(Markup(html.replace("<", " <")).striptags()).split())


def marks(html: str, kinds: str = "failed|skipped|omitted|put right") -> dict[str, str]:
    """The counts that a part of a page names."""
    return {kind: f"{n} {kind}" for n, kind in re.findall(rf"(\d+) ({kinds})\b", read(html))}


def test_every_place_counts_the_same(
    app: Flask, workspace: Path, visit: Callable[[Person | None], Visitor], session: Session, cast: Cast
) -> None:
    (workspace / "sops/fulfillment/parcel.md").write_text(_SOP)
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    sam, lena, olga = visit(cast.staff), visit(cast.lead), visit(cast.owner)
    address = sam.post("/start/parcel", {"subject": "33107", "ref": "x"}).location
    for form in (
        said("fragile", value="no"),
        said("weigh", value="900"),
        said("weigh", value="400"),
        said("invoice", "skipped", reason="No paper"),
        said("close"),
        said("top"),
        said("bottom", "failed", reason="No tape"),
        said("label", "skipped", reason="No paper"),
        said("label"),
        said("belt"),
    ):
        assert sam.htmx(f"{address}/records", form).status_code == 200
    assert sam.post(f"{address}/close", {"omit": ["tidy"]}).status_code == 303
    session.rollback()
    run = session.scalars(select(Run).where(Run.subject_ref == "33107")).one()
    assert run.state == "done"

    # by the rule: 1, 2, 3, 4, 7 and 8 of nine are done; 5, 6 (its 6b) and 9 are not
    counted = lists.progress(session, [run])[run.id]
    assert (counted.done, counted.all, counted.not_needed) == (6, 9, 2)
    by_rule = {"failed": counted.failed, "skipped": counted.skipped, "omitted": counted.omitted}
    stored = Counter(session.scalars(select(Outcome.outcome).where(Outcome.run_id == run.id)))
    assert by_rule == {kind: stored[kind] for kind in by_rule} == {"failed": 2, "skipped": 2, "omitted": 1}
    assert counted.put_right == 2

    far = "6 of 9 done, 2 of them not needed, 1 of them after a failure, 1 of them skipped at first"
    page = sam.get(address).text
    head = page[: page.index('id="ahead"')]
    assert "Ask Lena to put right steps 5, 6b, 9" in page
    assert "6 of 9" in read(head) and far in read(head)
    assert marks(head, "failed|skipped|omitted") == {kind: _WORDS[kind] for kind in by_rule}
    assert read(head).count("put right") == 2  # each beside the step that it is said of

    today = sam.get("/").text
    card = today[today.index('id="today-finished"') :].partition("</article>")[0]
    assert "6/9" in read(card) and marks(card) == _WORDS

    board = lena.get(f"/board/closed?run={run.id}").text
    row = board[board.index(f'id="row-{run.id}"') :].partition("</tr>")[0]
    panel = board[board.index("hf-run-panel-place") :]
    for part in (row, panel):
        assert far in read(part) and marks(part) == _WORDS

    [line] = csv.DictReader(io.StringIO(lena.get("/board/closed.csv").text.lstrip("\ufeff")))
    assert {kind: int(line[kind]) for kind in by_rule} == by_rule
    whole = json.loads(olga.get("/closed-runs/records?as=jsonl&period=all").text)
    assert {kind: sum(step["outcome"] == kind for step in whole["steps"]) for kind in by_rule} == by_rule
    for kind, n in by_rule.items():
        listed = olga.get(f"/closed-runs?sop=parcel&what={kind}&period=all").text
        assert len(re.findall(r"<tr[ >]", listed.partition("<tbody")[2])) == n, kind
