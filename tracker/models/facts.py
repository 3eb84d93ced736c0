"""Counts folded from outcomes, each exactly once (`domain.facts`), and what is computed from them and kept.

Every fact is a sum, so that what an amendment changes is taken away and added again. Days and months are
those of the run's location. A place that is not known is 0. Facts have no foreign keys: the outcomes that
they are made of have them, and checking each again would slow the folding down. What one run adds to lies
together: an SOP's steps of a day, or of a month.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.models.people import Person
from tracker.models.runs import Run

BY = ("all", "location", "hour", "time", "skipped", "failed")


class _Counts:
    """How often each outcome came up."""

    done: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    omitted: Mapped[int] = mapped_column(default=0)
    na: Mapped[int] = mapped_column(default=0)


class StepDay(_Counts, Base):
    """What became of one step under one revision on one day. `recovered`: failed and then put right."""

    __tablename__ = "step_days"
    __table_args__ = ({"sqlite_with_rowid": False},)

    sop_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    step_key: Mapped[str] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(primary_key=True)
    recovered: Mapped[int] = mapped_column(default=0)


class StepMonth(_Counts, Base):
    """What became of one step in one month, whole and taken apart.

    `which` of each `by`: all: ""; location: its id; hour: 0 to 23, when the run was closed; time: the bin of
    the seconds that the step took (`stats.durations`), counted as done; skipped, failed: the reason given.
    """

    __tablename__ = "step_months"
    __table_args__ = (CheckConstraint(f"by IN {BY}", name="by"), {"sqlite_with_rowid": False})

    by: Mapped[str] = mapped_column(primary_key=True)
    sop_id: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    step_key: Mapped[str] = mapped_column(primary_key=True)
    which: Mapped[str] = mapped_column(primary_key=True)


class RunDay(Base):
    """The runs of one SOP that were closed at one place on one day.

    `failed`: runs in which a step failed; `conformity`: the sum of what each run conforms to its SOP, in
    thousandths (`stats.conformance`).
    """

    __tablename__ = "run_days"
    __table_args__ = ({"sqlite_with_rowid": False},)

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    sop_id: Mapped[str] = mapped_column(primary_key=True)
    location_id: Mapped[int] = mapped_column(primary_key=True)
    runs: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    conformity: Mapped[int] = mapped_column(default=0)


class PersonDay(Base):
    """How many of those runs each person completed: who recorded most of its steps, else who closed it."""

    __tablename__ = "person_days"
    __table_args__ = ({"sqlite_with_rowid": False},)

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    sop_id: Mapped[str] = mapped_column(primary_key=True)
    location_id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    runs: Mapped[int] = mapped_column(default=0)


class WeakPoint(Base):
    """The judgement of one step and kind of weakness, kept (`domain.findings`); replaced at each look.

    It is judged on the instances from `since` on: the last 90 days at most, and only those since the step was
    last changed, which was by the revision `since_revision_id`. `low` and `high` are Wilson's interval,
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


class Figure(Base):
    """A result that is slow to compute, kept by its name, with when it was computed."""

    __tablename__ = "figures"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
