"""Counts folded from outcomes, each exactly once (`domain.facts`), and what is computed from them and kept.

Every fact is a sum, so that what an amendment changes is taken away and added again. Days and months are
those of the run's location. A place that is not known is 0. Facts have no foreign keys: the outcomes that
they are made of have them, and checking each again would slow the folding down. What one run adds to lies
together: an SOP's steps of a day, or of a month.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base

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


class Figure(Base):
    """A result that is slow to compute, kept by its name, with when it was computed."""

    __tablename__ = "figures"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
