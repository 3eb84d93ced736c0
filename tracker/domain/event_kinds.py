"""Every kind of event, with the fields that it keeps and what it is about.

A new kind is a class here; `events.emit` takes one. What a kind is called and what it keeps stands in the
database for good, so neither is changed: a new field has a default, and rows from before do without it. The
sentence that people read is in `tracker.words.events`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, TypedDict, dataclass_transform


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Kind:
    """What happened. `kind` is noun.verb, as it is kept; `about` is what the event's subject begins with.

    A field with a default is kept only where it differs from that.
    """

    kind: ClassVar[str]
    about: ClassVar[str]
    _fields: ClassVar[tuple[tuple[str, Any], ...]]

    def __init_subclass__(cls, kind: str, about: str) -> None:
        cls.kind, cls.about = kind, about
        dataclass(frozen=True, kw_only=True)(cls)
        names = cls.__dataclass_fields__  # type: ignore[attr-defined]
        cls._fields = tuple((name, field.default) for name, field in names.items())
        KINDS[kind] = cls

    def data(self) -> dict[str, Any]:
        """The fields as they are kept, in their order."""
        fields = ((name, getattr(self, name), default) for name, default in self._fields)
        return {name: value for name, value, default in fields if value is not default}


KINDS: dict[str, type[Kind]] = {}
"""Every kind by its name."""


class Whose(TypedDict):
    """Whose a run is: a person's, or open to a team, to a role, or to everybody."""

    assignee: int | None
    team: str | None
    role: str | None


# Runs


class RunStarted(Kind, kind="run.started", about="run"):
    """`came`: when we heard of it, in ISO 8601, where it was started on a phone before; `twin`: the number of
    another run about the same that was open then.
    """

    sop: str
    assignee: int | None
    team: str | None
    role: str | None
    from_run: int | None = None
    from_step: str | None = None
    batch: int | None = None
    came: str | None = None
    twin: int | None = None


class RunImported(Kind, kind="run.imported", about="run"):
    file: str


class RunAssigned(Kind, kind="run.assigned", about="run"):
    assignee: int | None
    team: str | None
    role: str | None


class RunClaimed(Kind, kind="run.claimed", about="run"):
    assignee: int | None
    team: str | None
    role: str | None


class RunTakenOver(Kind, kind="run.taken-over", about="run"):
    before: int | None
    assignee: int | None
    team: str | None
    role: str | None


class RunOffered(Kind, kind="run.offered", about="run"):
    to: int


class RunAccepted(Kind, kind="run.accepted", about="run"):
    before: int | None
    assignee: int | None
    team: str | None
    role: str | None


class RunDeclined(Kind, kind="run.declined", about="run"): ...


class RunWithdrawn(Kind, kind="run.withdrawn", about="run"):
    to: int


class RunPaused(Kind, kind="run.paused", about="run"):
    reason: str | None


class RunResumed(Kind, kind="run.resumed", about="run"): ...


class RunDue(Kind, kind="run.due", about="run"):
    """Moments as ISO 8601, with their zone."""

    before: str | None
    after: str | None


class RunMoved(Kind, kind="run.moved", about="run"):
    """Labels of revisions."""

    revision_before: str
    revision_after: str


class RunClosed(Kind, kind="run.closed", about="run"):
    """`itself`: nobody has closed it, its last record did. `came` as of a start."""

    omitted: list[str]
    itself: bool = False
    came: str | None = None


class RunCancelled(Kind, kind="run.cancelled", about="run"):
    reason: str | None


class RunAmended(Kind, kind="run.amended", about="run"):
    """Outcomes of the step; the id of the record that puts it right."""

    step: str
    reason: str
    before: str
    after: str
    record: str


class CommentAdded(Kind, kind="comment.added", about="run"):
    """The id of the comment, and of those who are mentioned in it."""

    comment: int
    mentioned: list[int]


class RunSigned(Kind, kind="run.signed", about="run"):
    digest: str


class EntryNoted(Kind, kind="entry.noted", about="entry"):
    """An entry of a phone's queue of which a lead is told: the note, and what kind of entry it is.

    `by`: the lead who has handed it in for somebody who can't sign in any more.
    """

    note: str
    entry: str
    by: int | None = None


class EntryKept(Kind, kind="entry.kept", about="entry"): ...


class EntryDismissed(Kind, kind="entry.dismissed", about="entry"):
    reason: str


class RunSentBack(Kind, kind="run.sent-back", about="run"):
    reason: str
    digest: str


class RunOverridden(Kind, kind="run.overridden", about="run"):
    reason: str


class StepOverridden(Kind, kind="step.overridden", about="run"):
    step: str
    reason: str


class StepSigned(Kind, kind="step.signed", about="run"):
    step: str
    record: str
    digest: str


class LateWaits(Kind, kind="late.waits", about="run"):
    """`by`: the lead who has handed it in for somebody who can't sign in any more."""

    step: str
    record: str
    why: str
    by: int | None = None


class LateAccepted(Kind, kind="late.accepted", about="run"):
    reason: str
    before: str | None
    after: str | None
    step: str
    record: str


class LateDeclined(Kind, kind="late.declined", about="run"):
    step: str
    record: str
    reason: str


class LateSeen(Kind, kind="late.seen", about="run"): ...


class SpotCheckLooked(Kind, kind="spot-check.looked", about="run"):
    signals: list[str]
    saw: str


class DeviationOpened(Kind, kind="deviation.opened", about="run"):
    deviation: int
    step: str
    what: str


class DeviationWithdrawn(Kind, kind="deviation.withdrawn", about="run"):
    deviation: int
    step: str | None


class SubjectNamed(Kind, kind="subject.named", about="subject"):
    aliases: list[str]


class SubjectUnnamed(Kind, kind="subject.unnamed", about="subject"):
    alias: str


class BatchKept(Kind, kind="batch.kept", about="batch"):
    sop: str
    lines: int


class BatchBegun(Kind, kind="batch.begun", about="batch"):
    anyway: bool


class BatchDone(Kind, kind="batch.done", about="batch"):
    opened: int
    passed_over: int
    wrong: int


class ViewSaved(Kind, kind="view.saved", about="view"):
    """Filters of the board as they stand in its address."""

    name: str
    filters: str
    default: bool


class ViewChanged(Kind, kind="view.changed", about="view"):
    name: str
    default: bool


class ViewRemoved(Kind, kind="view.removed", about="view"):
    name: str


# Documents and evidence


class RevisionPublished(Kind, kind="revision.published", about="sop"):
    revision: int
    digest: str


class RevisionJudged(Kind, kind="revision.judged", about="sop"):
    revision: int
    judgement: str


class RevisionImported(Kind, kind="revision.imported", about="sop"):
    label: str


class RevisionRedated(Kind, kind="revision.redated", about="sop"):
    label: str


class SopMoved(Kind, kind="sop.moved", about="sop"):
    """Paths of the document."""

    before: str | None
    after: str


class SopReviewed(Kind, kind="sop.reviewed", about="sop"):
    revision: int


class SopRetired(Kind, kind="sop.retired", about="sop"): ...


class EvidenceDeleted(Kind, kind="evidence.deleted", about="sop"):
    pieces: int
    days: int


class EvidenceCleared(Kind, kind="evidence.cleared", about="evidence"):
    files: int


# People, places and devices


class PersonAdded(Kind, kind="person.added", about="person"):
    access: str
    location: int | None
    areas: list[str]
    everywhere: bool


class PersonChanged(Kind, kind="person.changed", about="person"):
    name: str
    access: str
    location: int | None
    team: int | None
    roles: list[str]
    areas: list[str]
    everywhere: bool
    password: bool
    disabled: bool


class PersonImported(Kind, kind="person.imported", about="person"): ...


class LanguageChosen(Kind, kind="person.language-chosen", about="person"):
    language: str | None


class EmailChanged(Kind, kind="person.email-changed", about="person"): ...


class OwnerNamed(Kind, kind="owner.named", about="person"):
    name: str


class PasswordChanged(Kind, kind="password.changed", about="person"):
    how: str


class PasswordLinkMade(Kind, kind="password-link.made", about="person"):
    by_mail: bool


class FactorAdded(Kind, kind="factor.added", about="person"):
    factor: str
    name: str | None = None


class FactorRemoved(Kind, kind="factor.removed", about="person"):
    factor: str
    name: str | None = None


class FactorUsed(Kind, kind="factor.used", about="person"):
    factor: str
    left: int | None = None


class PinSet(Kind, kind="pin.set", about="person"): ...


class PinCleared(Kind, kind="pin.cleared", about="person"): ...


class PinLocked(Kind, kind="pin.locked", about="person"):
    device: int


class DeviceRegistered(Kind, kind="device.registered", about="device"):
    name: str
    location: int


class DeviceChanged(Kind, kind="device.changed", about="device"):
    name: str
    idle_minutes: int


class DeviceRetired(Kind, kind="device.retired", about="device"):
    name: str


class DeviceUnlocked(Kind, kind="device.unlocked", about="device"):
    by: str


class DeviceLocked(Kind, kind="device.locked", about="device"): ...


class LocationAdded(Kind, kind="location.added", about="location"):
    name: str
    zone: str


class LocationImported(Kind, kind="location.imported", about="location"):
    name: str
    zone: str


class LocationChanged(Kind, kind="location.changed", about="location"):
    name: str
    zone: str
    retired: bool


class TeamAdded(Kind, kind="team.added", about="team"):
    name: str


class TeamChanged(Kind, kind="team.changed", about="team"):
    name: str
    location: int | None
    retired: bool
