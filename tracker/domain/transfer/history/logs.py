"""An event log as the history of one SOP: each case is a run; a step is done when its activity occurs.

A step names its activity (`activity="…"`); where it names none its text is compared. Where several steps name
the same activity, it has to occur once for each.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.transfer.history import xes
from tracker.domain.transfer.history.job import LABEL, FinishedRun, Import, Line, moment
from tracker.errors import N_, InvalidError, NotFoundError
from tracker.models import Sop, Step
from tracker.sop.text import fold

MOST_ACTIVITIES = 10_000
"""Activities that a log may tell apart; with more it is no log of activities."""

_NAMED = 12


class Log:
    """A log in XES, read as runs of the SOP `job.sop_id` in the revision that is in force."""

    def __init__(self, job: Import, session: Session) -> None:
        sop = session.get(Sop, job.sop_id)
        if sop is None or sop.in_force_id is None:
            raise NotFoundError(
                N_("There is no SOP “%(sop)s”. Publish it first (holdfast sync)."), sop=job.sop_id
            )
        self._job = job
        self._sop_id = sop.id
        of_it = select(Step).where(Step.revision_id == sop.in_force_id).order_by(Step.position)
        self._steps = list(session.scalars(of_it))
        self._named: dict[str, list[str]] = defaultdict(list)
        for step in self._steps:
            self._named[_same(step.attributes.get("activity") or step.text)].append(step.key)
        self._completed: set[str] = set()

    def check(self) -> None:
        job, names = self._job, set()
        activities: Counter[str] = Counter()
        empty = 0
        for trace in xes.traces(job.path):
            job.lines += max(1, len(trace.events))
            if not trace.name:
                job.refuse(trace.line, "the trace has no name. Give it one under the key “concept:name”.")
            elif hash(trace.name) in names:
                job.refuse(trace.line, f"there is a trace “{trace.name}” already. Each needs its own name.")
            names.add(hash(trace.name))
            empty += not trace.events
            for event in trace.events:
                self._look(event)
                activities[event.name] += 1
            if len(activities) > MOST_ACTIVITIES:
                raise InvalidError(
                    N_("%(file)s has more than %(most)s activities. Does “concept:name” hold their names?"),
                    file=job.path.name,
                    most=MOST_ACTIVITIES,
                )
            job.runs += bool(trace.events)
        self._must_fit(activities)
        self._note(activities, empty)

    def runs(self) -> Iterator[FinishedRun]:
        for trace in xes.traces(self._job.path):
            if trace.events:
                yield self._run(trace)

    def _look(self, event: xes.Event) -> None:
        if _is_complete(event):
            self._completed.add(_same(event.name))
        try:
            at = moment(event.time, self._job.zone)
        except ValueError:
            wrong = f"“{event.time}” is no time" if event.time else "the event has no time"
            example = '<date key="time:timestamp" value="2026-03-31T14:05:00+02:00"/>'
            self._job.refuse(event.line, f"{wrong}. Write one like {example}.")
        else:
            self._job.begins(self._sop_id, LABEL, at)

    def _run(self, trace: xes.Trace) -> FinishedRun:
        events = [(moment(event.time, self._job.zone), event) for event in trace.events]
        events.sort(key=lambda pair: pair[0])  # of the same time, in the order of the file
        began, ended = events[0], events[-1]
        done = self._done(events)
        lines = [done.get(step.key) or _untouched(step, ended[0]) for step in self._steps]
        people = began[1].resource, ended[1].resource
        return FinishedRun(
            self._sop_id, trace.name, LABEL, trace.name, "", lines, *people, began[0], ended[0]
        )  # fmt: skip

    def _done(self, events: list[tuple[datetime, xes.Event]]) -> dict[str, Line]:
        """The steps whose activity occurs. Only its completion counts, where the log tells of any."""
        waiting = {name: iter(keys) for name, keys in self._named.items()}
        done = {}
        for at, event in events:
            name = _same(event.name)
            if name in waiting and (_is_complete(event) or name not in self._completed):
                key = next(waiting[name], None)
                if key is not None:
                    done[key] = Line(key, "done", "", "", event.resource, at)
        return done

    def _must_fit(self, activities: Counter[str]) -> None:
        if any(_same(name) in self._named for name in activities):
            return
        if not activities:
            raise InvalidError(
                N_("%(file)s has no events: no <event> within a <trace>. Export it again, with its cases."),
                file=self._job.path.name,
            )
        raise InvalidError(
            N_(
                "None of the activities of %(file)s is a step of “%(sop)s”. Write after each step which one "
                'it is, such as {activity="%(example)s"}. The activities are: %(names)s.'
            ),
            file=self._job.path.name,
            sop=self._sop_id,
            example=next(iter(activities), ""),
            names=_listed(activities),
        )

    def _note(self, activities: Counter[str], empty: int) -> None:
        """Say what of the log is not in the runs, and which steps the log does not know."""
        notes = self._job.notes
        others = Counter(
            {name: count for name, count in activities.items() if _same(name) not in self._named}
        )
        known = f"{len(activities)} activities, {len(activities) - len(others)} are steps"
        notes.append(f"{known}; the others were passed over: {_listed(others)}." if others else f"{known}.")
        there = {_same(name) for name in activities}
        unknown = {key for name, keys in self._named.items() if name not in there for key in keys}
        for step in self._steps:
            if step.key in unknown and _applies(step):
                notes.append(f"The step “{step.key}” is no activity of the log: it counts as omitted.")
        if empty:
            notes.append(f"{empty} cases have no events and were passed over.")


def _same(name: str) -> str:
    """What makes two names of an activity the same: not spaces, capitals or a full stop at the end."""
    return fold(name).rstrip(" .。")


def _is_complete(event: xes.Event) -> bool:
    return event.transition.lower() in ("", "complete")


def _untouched(step: Step, at: datetime) -> Line:
    return Line(step.key, "omitted" if _applies(step) else "na", "", "", "", at)


def _applies(step: Step) -> bool:
    """Whether the step must be done. One with a condition need not: a log has no answers to tell by."""
    return not step.optional and "when" not in step.attributes


def _listed(counts: Counter[str]) -> str:
    """The most frequent names, each with how often it occurs."""
    shown = [f"{name or '(no name)'} ({count})" for name, count in counts.most_common(_NAMED)]
    more = len(counts) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
