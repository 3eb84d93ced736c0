"""What stands in the database of an event stays: what kinds are called, what they keep, in which order."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import SYSTEM
from tracker.domain.events import emit
from tracker.models import Event

ROOT = Path(__file__).parents[2]
WHOSE = "assignee team role"
KEPT = {
    "batch.begun": "anyway",
    "batch.done": "opened passed_over wrong",
    "batch.kept": "sop lines",
    "comment.added": "comment mentioned",
    "deviation.opened": "deviation step what",
    "deviation.withdrawn": "deviation step",
    "device.changed": "name idle_minutes",
    "device.locked": "",
    "device.registered": "name location",
    "device.retired": "name",
    "device.unlocked": "by",
    "entry.dismissed": "reason",
    "entry.kept": "",
    "entry.noted": "note entry by?",
    "evidence.cleared": "files",
    "evidence.deleted": "pieces days",
    "factor.added": "factor name?",
    "factor.removed": "factor name?",
    "factor.used": "factor left?",
    "late.accepted": "reason before after step record",
    "late.declined": "step record reason",
    "late.seen": "",
    "late.waits": "step record why by?",
    "location.added": "name zone",
    "location.changed": "name zone retired",
    "location.imported": "name zone",
    "owner.named": "name",
    "password-link.made": "by_mail",
    "password.changed": "how",
    "person.added": "access location areas everywhere",
    "person.changed": "name access location team roles areas everywhere password disabled",
    "person.email-changed": "",
    "person.imported": "",
    "person.language-chosen": "language",
    "pin.cleared": "",
    "pin.locked": "device",
    "pin.set": "",
    "revision.imported": "label",
    "revision.judged": "revision judgement",
    "revision.published": "revision digest",
    "revision.redated": "label",
    "run.accepted": f"before {WHOSE}",
    "run.amended": "step reason before after record",
    "run.assigned": WHOSE,
    "run.cancelled": "reason",
    "run.claimed": WHOSE,
    "run.closed": "omitted itself came?",
    "run.declined": "",
    "run.due": "before after",
    "run.imported": "file",
    "run.moved": "revision_before revision_after",
    "run.offered": "to",
    "run.overridden": "reason",
    "run.paused": "reason",
    "run.resumed": "",
    "run.sent-back": "reason digest",
    "run.signed": "digest",
    "run.started": f"sop {WHOSE} from_run? from_step? batch? came? twin?",
    "run.taken-over": f"before {WHOSE}",
    "run.withdrawn": "to",
    "sop.moved": "before after",
    "sop.retired": "",
    "sop.reviewed": "revision",
    "spot-check.looked": "signals saw",
    "step.overridden": "step reason",
    "step.signed": "step record digest",
    "subject.named": "aliases",
    "subject.unnamed": "alias",
    "team.added": "name",
    "team.changed": "name location retired",
    "view.changed": "name default",
    "view.removed": "name",
    "view.saved": "name filters default",
}
"""What databases hold: the fields in their order; one with "?" only where there is something to keep."""


def test_the_catalogue_is_what_databases_hold() -> None:
    made = {
        name: " ".join(
            field + ("?" if optional.default is None else "")
            for field, optional in kind.__dataclass_fields__.items()  # type: ignore[attr-defined]
        )
        for name, kind in kinds.KINDS.items()
    }
    assert made == KEPT


def test_an_event_is_kept_byte_for_byte(session: Session, cast: Cast) -> None:
    whose = kinds.Whose(assignee=3, team=None, role=None)
    emit(session, by(cast.lead), NOW, kinds.RunStarted(sop="pack", **whose), "run:7")
    emit(
        session,
        by(cast.lead),
        NOW,
        kinds.RunStarted(sop="pack", **whose, from_run=6, from_step="weigh"),
        "run:8",
    )
    emit(session, SYSTEM, NOW, kinds.FactorUsed(factor="recovery", left=0), "person:1")
    session.flush()
    rows = session.scalars(select(Event).order_by(Event.id.desc()).limit(3)).all()[::-1]
    assert [(row.kind, row.subject, json.dumps(row.data)) for row in rows] == [
        ("run.started", "run:7", '{"sop": "pack", "assignee": 3, "team": null, "role": null}'),
        ("run.started", "run:8", '{"sop": "pack", "assignee": 3, "team": null, "role": null,'
                                 ' "from_run": 6, "from_step": "weigh"}'),
        ("factor.used", "person:1", '{"factor": "recovery", "left": 0}'),
    ]  # fmt: skip


def test_an_event_is_about_what_its_kind_is_about(session: Session, cast: Cast) -> None:
    with pytest.raises(ValueError, match=r"run\.signed is about a run"):
        emit(session, by(cast.lead), NOW, kinds.RunSigned(digest=""), "runs:7")


def test_no_kind_is_written_as_a_text_anywhere_else() -> None:
    """Queries and sentences name a kind by the catalogue, so that none is misspelt."""
    texts = {
        (path.relative_to(ROOT).as_posix(), node.value)
        for path in (ROOT / "tracker").rglob("*.py")
        if path.name not in ("event_kinds.py", "security_log.py", "rules.py", "permissions.py")
        and "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in kinds.KINDS
    }
    action = "pin.set"  # also the action that a rule of `access` is about
    assert {text for _, text in texts} <= {action}, texts
