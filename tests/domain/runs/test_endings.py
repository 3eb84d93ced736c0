"""A run in which nothing is left to say ends by itself; what still has something to say stays open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tracker.authoring.sync import publish
from tracker.db import new_id
from tracker.domain.records import recording
from tracker.domain.runs import endings, handover, lifecycle, loading
from tracker.models import Event, Outcome, Run
from tracker.worker import ending

PLAIN = """\
---
id: plain
---
1. Look {#look}
2. Choose {#choose input=choice options="S, M" .optional}
3. Weigh {#weigh input=number min=5 max=9}
4. Seal {#seal .critical}
5. Thank {#thank .optional}
"""
Do = Callable[..., None]


@pytest.fixture
def start(app: Flask, workspace: Path, session: Session, cast: Cast) -> Callable[..., Run]:
    """Starts a run of a small SOP, with another front matter if need be."""

    def start(more: str = "", text: str = PLAIN) -> Run:
        (workspace / "sops/plain.md").write_text(text.replace("id: plain\n", f"id: plain\n{more}"))
        publish(app, app.config["HOLDFAST"])
        session.rollback()
        return lifecycle.start(session, by(cast.staff), NOW, "plain", assignee=cast.staff)

    return start


@pytest.fixture
def do(session: Session, cast: Cast) -> Do:
    def do(run: Run, *given: str) -> None:
        for step in given:
            key, _, kind = step.partition(":")
            value = {"weigh": "7", "choose": "S"}.get(key, "") if kind != "over" else "99"
            recording.record(
                session, by(cast.staff), NOW, loading.locked(session, run.id) or run, record_id=new_id(),
                step_key=key, kind="done" if kind in ("", "over") else kind, value=value,
                reason="torn" if kind in ("failed", "skipped") else "",
            )  # fmt: skip

    return do


@pytest.mark.parametrize(
    ("given", "ends"),
    [
        (("look", "weigh", "seal", "thank"), True),  # the optional one was passed by
        (("look", "choose", "weigh", "seal", "thank"), True),
        (("look", "weigh", "seal"), False),  # one more may come
        (("look:skipped", "weigh", "seal", "thank"), True),
        (("look", "weigh:over", "seal", "thank"), False),  # it may still be put right
        (("look", "weigh:over", "weigh", "seal", "thank"), True),
        (("look:failed", "weigh", "seal", "thank"), False),
        (("look", "weigh", "seal:skipped"), False),
        ((), False),
    ],
)
def test_it_ends_once_nothing_is_left_to_say(
    start: Callable[..., Run], do: Do, session: Session, cast: Cast, given: tuple[str, ...], ends: bool
) -> None:
    run = start()
    do(run, *given)
    assert run.complete is ends
    assert endings.end(session, by(cast.staff), NOW, run) is ends
    assert run.state == ("done" if ends else "open")
    if ends:
        assert session.scalars(select(Outcome.outcome).where(Outcome.run_id == run.id)).all()
        event = session.scalars(select(Event).where(Event.kind == "run.closed")).one()
        assert event.data == {"omitted": [], "itself": True} and event.person_id == cast.staff.id


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ("close: by-hand\n", PLAIN),
        ("verify: yes\n", PLAIN),
        ("", PLAIN.replace("{#look}", "{#look .verify}")),
    ],
)
def test_where_its_author_wants_somebody_to_close_or_to_sign_it_stays_open(
    start: Callable[..., Run], do: Do, session: Session, cast: Cast, more: str, text: str
) -> None:
    run = start(more, text)
    do(run, "look", "weigh", "seal", "thank")
    assert not run.complete and not endings.end(session, by(cast.staff), NOW, run)


def test_what_no_phone_has_closed_a_worker_ends_after_a_while(
    start: Callable[..., Run], do: Do, session: Session, cast: Cast
) -> None:
    run = start()
    other = lifecycle.start(session, by(cast.staff), NOW, "plain", assignee=cast.staff)
    do(run, "look", "weigh", "seal", "thank")
    do(other, "look")
    session.commit()
    assert endings.waits(session, NOW)
    ending.end(session, NOW + endings.WAIT - timedelta(seconds=1))
    assert run.state == "open"
    ending.end(session, NOW + endings.WAIT)
    session.expire_all()
    assert (run.state, run.closed_by_id, other.state) == ("done", cast.staff.id, "open")
    assert not endings.waits(session, NOW)


def test_a_paused_run_stays_as_it_is(start: Callable[..., Run], do: Do, session: Session, cast: Cast) -> None:
    run = start()
    do(run, "look", "weigh", "seal", "thank")
    handover.pause(session, by(cast.staff), NOW, run, "lunch")
    assert not endings.end(session, by(cast.staff), NOW, run) and run.state == "open"
