"""What is wrong in the demo: planted, so that there is something to find. All else is well within tolerance.

Times are days before now.
"""

from __future__ import annotations

from typing import NamedTuple

SEED = 1042
DAYS = 182


class Weak(NamedTuple):
    """A step that is weak: how often it is `kind`, for what reasons, from `since` on and until `until`."""

    sop: str
    step: str
    kind: str
    rate: float
    reasons: tuple[str, ...] = ()
    since: int = DAYS
    until: int = -1


FIXED_ON = 40

FIXED = Weak(
    "receive-and-inspect",
    "reason",
    "skipped",
    0.15,
    ("no slip in the parcel", "too long to write down", "no time, bench is full", "can’t tell"),
    until=FIXED_ON,
)
"""Weak under revision 1, fine since revision 2, which asks for a choice."""

EARLIER = {
    "returns/receive-and-inspect.md": (
        '5. Choose the reason that the customer gave. {#reason input=choice options="does not fit, not as '
        'described, wrong item sent, damaged in transport, faulty, undelivered, no reason" takes=15s}',
        "5. Write down why the customer sent it back. {#reason input=text takes=45s}",
    )
}
"""What stands in a starter SOP, and what its first revision said instead."""

TIDIED_ON = 50
TIDIED = (
    "daily/opening.md",
    "daily/closing.md",
    "fulfillment/exception-order.md",
    "inventory/cycle-count.md",
    "inventory/stock-mismatch.md",
    "vendors/purchase-order.md",
)
"""SOPs that got their tags on that day, which is editorial. The reviews of most others are overdue."""

WEAK = (
    Weak(
        "pick-pack-ship",
        "no-damage",
        "skipped",
        0.08,
        ("queue at the table", "sealed by the vendor", "looked fine in the bin", "truck was waiting"),
    ),
    Weak(
        "receive-inbound",
        "on-sale",
        "failed",
        0.2,
        ("shop still shows 0", "stock sync is late", "only on sale in one channel"),
        since=45,
    ),
    Weak("refund", "close", "omitted", 0.07),
    FIXED,
)


def weak(sop: str, step: str, ago: int) -> Weak | None:
    """What was planted at a step, if it was weak that many days ago."""
    planted = _WEAK.get((sop, step))
    return planted if planted and planted.until < ago <= planted.since else None


_WEAK = {(weak.sop, weak.step): weak for weak in WEAK}

CEILING = 128
"""Runs a day, in all places together, above which picking begins to go wrong."""
AT_CEILING, CLIMB = 0.07, 3.4
"""Share of runs of these SOPs with a failed step at the ceiling, and how steeply (log) it rises above."""
CLIMBING = {
    "pick-pack-ship": {
        "match-sku": ("wrong item in the tote", "SKU of the bin next to it"),
        "take-quantity": ("one too few", "two lines mixed up"),
        "box": ("no M left", "box too small"),
        "pack": ("filling paper ran out", "item moved"),
        "close-box": ("packing slip missing", "tape ran out"),
        "weigh": ("scale in use", "scale did not settle"),
        "label": ("label torn", "printer jammed", "stuck over the edge"),
        "shipped": ("number of another parcel", "shop system was slow"),
        "cage": ("cage was full", "wrong cage"),
    },
    "receive-and-inspect": {
        "contents-sku": ("two parcels mixed up", "scanned the wrong one"),
        "contents-count": ("one piece left in the carton",),
        "log": ("logged twice", "shop system was slow"),
        "age": ("order not in the system", "could not read the date"),
        "sticker": ("stickers ran out", "wrong sticker"),
        "move": ("no room on the shelf", "wrong shelf"),
        "start-refund": ("forgot it at first", "shop system was slow"),
    },
}
"""The steps in which they do, and why."""

HASTY = "karim"
HASTY_SOP = "cycle-count"
HASTY_WEEK = (24, 18)
HASTY_SHARE = 0.8
"""Somebody who, in that week, ticked most runs of an SOP through in seconds."""

KEY_PERSON, KEY_SOP = "nadia", "purchase-order"
