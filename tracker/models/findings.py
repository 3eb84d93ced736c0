"""What the worker finds in the facts: weak points, verdicts on revisions, runs worth a look."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.models.people import Person
from tracker.models.runs import Run


class WeakPoint(Base):
    """The judgement of one step and kind of weakness, kept (`weakpoints.refresh`); replaced at each look.

    It is judged on the instances from `since` on: the last 90 days at most, and only those since the step was
    last changed, which was by the revision `since_revision_id`. While the change by the revision `tried_id`
    is being tried, it is judged on those before it, the last of them under `tried_from_id`; the verdict of
    the same revision, step and kind says how it goes. `low` and `high` are Wilson's interval,
    `cost` the instances lost a month. `flagged_on`: the first day on which its figures flagged it; `began`:
    about when it changed, where that can be told; `alarm_on`: the last alarm of its chart.
    """

    __tablename__ = "weak_points"
    __table_args__ = (Index(None, "band", "priority"),)

    sop_id: Mapped[str] = mapped_column(ForeignKey("sops.id"), primary_key=True)
    step_key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]
    count: Mapped[int]
    low: Mapped[float]
    high: Mapped[float]
    posterior: Mapped[float]
    probability: Mapped[float]
    tolerance: Mapped[float]
    critical: Mapped[bool]
    flagged: Mapped[bool]
    band: Mapped[str]
    per_month: Mapped[float]
    cost: Mapped[float]
    priority: Mapped[float]
    since: Mapped[date] = mapped_column(Date)
    since_revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    tried_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    tried_from_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    flagged_on: Mapped[date | None] = mapped_column(Date)
    began: Mapped[date | None] = mapped_column(Date)
    alarm_on: Mapped[date | None] = mapped_column(Date)


class Verdict(Base):
    """Whether a revision has helped a step (`stats.change`). Decided once, when `planned` runs are there.

    `word`: better, worse, same; early until then, with about `more` runs to go. `low` and `high` bound the
    difference of the two rates, after minus before.
    """

    __tablename__ = "verdicts"

    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"), primary_key=True)
    step_key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    sop_id: Mapped[str] = mapped_column(ForeignKey("sops.id"), index=True)
    before_count: Mapped[int]
    before_n: Mapped[int]
    after_count: Mapped[int]
    after_n: Mapped[int]
    planned: Mapped[int]
    more: Mapped[int]
    word: Mapped[str]
    low: Mapped[float | None]
    high: Mapped[float | None]
    decided_on: Mapped[date | None] = mapped_column(Date)


class SpotCheck(Base):
    """A closed run that is worth a look, and why; never a proof of anything.

    `signal`: burst (ticked faster than the work takes), shift-end, same-answers, digits, limit.
    `data` holds the figures of its sentence. Somebody who has looked says what they saw.
    """

    __tablename__ = "spot_checks"
    __table_args__ = (Index(None, "looked_at", "found_at"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    signal: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    found_at: Mapped[datetime]
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    looked_at: Mapped[datetime | None]
    looked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    saw: Mapped[str] = mapped_column(default="")

    run: Mapped[Run] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    looked_by: Mapped[Person | None] = relationship(foreign_keys=[looked_by_id])
