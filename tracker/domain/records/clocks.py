"""When a record was made, by the server's own reckoning: a device's clock may be wrong, or lie.

A device says when the record was made and what its clock says as it is sent. Both are by the same clock, so
their difference is the record's age, however wrong that clock is; and the age counts back from the server's
time. What is older than a slow network explains came *late*. That a record came late is a claim, and gains
nothing by itself: what it may do is judged by the run's history (`domain.records.late_rules`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far a device's clock may be from the server's, and nobody speaks of it."""

PROMPT = timedelta(seconds=60)
"""What is sent within so long of being made is a direct request, and is refused if it breaks a rule."""

LONGEST = timedelta(days=31)
"""Nothing waits on a device for longer: an age above this is a clock that was set meanwhile."""


@dataclass(frozen=True, slots=True)
class Device:
    """What the device says about a record: its own name, its count of records, its clock.

    `at`: when the record was made, `sent_at`: when it is sent, both by the device's clock. `queued`: it comes
    from the device's queue, so that its person has seen no answer yet, however young it is. `by`: the person
    who hands it in for another; then it always came late.
    """

    id: str | None = None
    seq: int | None = None
    at: datetime | None = None
    sent_at: datetime | None = None
    queued: bool = False
    by: int | None = None

    @property
    def name(self) -> str | None:
        """Its name as it is kept."""
        return (self.id or "")[:64] or None


UNKNOWN = Device()
"""A device that says nothing of itself: a page without JavaScript. What it sends is made as it comes."""


class Made(NamedTuple):
    """`at`: when a record that came late was made, by the server's time; None for a direct request.

    `doubtful`: the device's clock can't be right.
    """

    at: datetime | None
    doubtful: bool

    @property
    def late(self) -> bool:
        """Whether it came late, and is no direct request."""
        return self.at is not None


def moment(device: Device, now: datetime, earliest: datetime) -> datetime:
    """When something was made by our clock, also if a second ago; now, where its age can't be true.

    >>> from datetime import UTC
    >>> now = datetime(2026, 3, 31, 9, tzinfo=UTC)
    >>> moment(Device(at=now - timedelta(seconds=3), sent_at=now), now, now - timedelta(hours=1)) - now
    datetime.timedelta(days=-1, seconds=86397)
    """
    came = made(device, now, earliest)
    if came.late or device.at is None or device.sent_at is None:
        return came.at or now
    return max(min(now, now - (device.sent_at - device.at)), min(now, earliest))


def made(device: Device, now: datetime, started_at: datetime) -> Made:
    """When a record was made that comes in `now`, about a run that was started at `started_at`.

    Where the age can't be true (the device's clock was set meanwhile, or somebody made it up), it came late
    and counts as made now: whatever stands in its way stood there already.

    >>> from datetime import UTC
    >>> now = datetime(2026, 3, 31, 9, tzinfo=UTC)
    >>> start, years = now - timedelta(hours=1), timedelta(days=2000)
    >>> made(Device(at=now - years, sent_at=now - years + timedelta(minutes=20)), now, start)
    Made(at=datetime.datetime(2026, 3, 31, 8, 40, tzinfo=datetime.timezone.utc), doubtful=True)
    >>> made(Device(at=now - timedelta(seconds=3), sent_at=now), now, start)
    Made(at=None, doubtful=False)
    >>> made(Device(at=now - timedelta(minutes=90), sent_at=now), now, start) == Made(now, True)
    True
    """
    if device.by is not None:
        return Made(moment(replace(device, by=None), now, started_at), doubtful=False)
    if device.at is None:
        return Made(None, doubtful=False)
    if device.sent_at is None:  # a page from before devices said so: it can't tell what is late
        return Made(None, doubtful=abs(device.at - now) > CLOCK_TOLERANCE)
    wrong = abs(device.sent_at - now) > CLOCK_TOLERANCE
    age = device.sent_at - device.at
    if age > LONGEST or age < -PROMPT:
        return Made(now, doubtful=True)
    if age <= PROMPT:
        return Made(None, doubtful=wrong)
    if now - age < started_at - CLOCK_TOLERANCE:
        return Made(now, doubtful=True)
    return Made(now - age, doubtful=wrong)
