"""What people enter in the demo: a value that is plausible for its step, and within its limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from math import exp
from random import Random

from tracker.demo.tasks import Task

Given = Mapping[str, str]
Answer = Callable[[Random, Given], str]


def _about(median: float, spread: float, digits: int = 0) -> Answer:
    """A maker of numbers around a median, with a long tail upwards."""
    return lambda chance, _: f"{median * exp(chance.gauss(0, spread)):.{digits}f}"


def _between(low: float, high: float, digits: int = 0) -> Answer:
    return lambda chance, _: f"{chance.uniform(low, high):.{digits}f}"


def _often(**weights: float) -> Answer:
    """A maker of texts: one of several, by weight."""
    return _of({name.replace("_", " "): weight for name, weight in weights.items()})


def _of(weights: Mapping[str, float]) -> Answer:
    words, by = list(weights), list(weights.values())
    return lambda chance, _: chance.choices(words, by)[0]


def _one_of(*texts: str) -> Answer:
    return lambda chance, _: chance.choice(texts)


def _like(key: str, off: float) -> Answer:
    """The number that was entered before, seldom one more or less."""
    return lambda chance, given: str(
        max(0, int(float(given.get(key, "0"))) + (chance.choice((-1, 1)) if chance.random() < off else 0))
    )


def _apart(one: str, other: str) -> Answer:
    return lambda _, given: str(abs(int(float(given.get(one, "0"))) - int(float(given.get(other, "0")))))


def _letters(chance: Random, _: Given) -> str:
    return "".join(chance.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=4))


ANSWERS: dict[tuple[str, str], Answer] = {
    ("pick-pack-ship", "count"): _about(2.6, 0.7),
    ("pick-pack-ship", "weigh"): _about(820, 0.7),
    ("pick-pack-ship", "box"): _of({"S": 5, "M": 4, "L": 2, "own carton": 1}),
    ("pick-pack-ship", "shipped"): _letters,
    ("cycle-count", "reason"): _of(
        {"weekly plan": 7, "after a mismatch": 2, "bin looks wrong": 2, "high value": 1}
    ),
    ("cycle-count", "count"): _about(140, 0.8),
    ("cycle-count", "recount"): _like("count", 0.01),
    ("cycle-count", "system"): _like("count", 0.15),
    ("cycle-count", "difference"): _apart("count", "system"),
    ("receive-inbound", "cartons"): _about(12, 0.6),
    ("stock-mismatch", "system"): _about(24, 0.6),
    ("stock-mismatch", "found"): _like("system", 0.9),
    ("stock-mismatch", "cause"): _of(
        {
            "wrong pick": 4,
            "wrong bin": 4,
            "wrong count at receiving": 2,
            "return not booked": 2,
            "damaged or lost": 1,
            "sync error": 1,
            "unknown": 1,
        }
    ),
    ("stock-mismatch", "value"): _about(14, 0.6, 2),
    ("stock-mismatch", "prevent"): _one_of(
        "Labels of the two bins are alike, new ones ordered",
        "Count cartons at the door, not at the lane",
        "Book returns before lunch",
        "Moved the SKU to a bin of its own",
    ),
    ("receive-and-inspect", "age"): _about(10, 0.4),
    ("receive-and-inspect", "contents-count"): _about(1.8, 0.6),
    ("receive-and-inspect", "reason"): _of(
        {
            "does not fit": 8,
            "not as described": 3,
            "wrong item sent": 1,
            "damaged in transport": 2,
            "faulty": 2,
            "undelivered": 2,
            "no reason": 2,
        }
    ),
    ("receive-and-inspect", "grade"): _of(
        {"A as new": 14, "B opened but complete": 4, "C faulty": 1, "D not sellable": 1}
    ),
    ("receive-and-inspect", "book"): _of(
        {"all to sale stock": 14, "all to outlet": 4, "all to quarantine": 2, "mixed": 1}
    ),
    ("refund", "basis"): _of(
        {"return graded": 14, "order cancelled": 3, "item short": 1, "parcel lost": 1, "goodwill": 1}
    ),
    ("refund", "items"): _about(46, 0.6, 2),
    ("refund", "shipping"): _of({"nothing": 3, "way to the customer": 5, "way back": 1, "both ways": 1}),
    ("refund", "deduction"): _about(12, 0.5, 2),
    ("refund", "amount"): _about(48, 0.45, 2),
    ("refund", "reference"): _letters,
    ("opening", "oldest"): _about(9, 0.35),
    ("opening", "missing"): _of({"0": 4, "1": 1}),
    ("opening", "new"): _one_of("New gift box, in size M", "Two new SKUs, fragile: paper all around"),
    ("closing", "errors"): _about(1.6, 0.35, 1),
    ("closing", "load"): _about(58, 0.25),
    ("closing", "trend"): _often(better=2, same=5, worse=1),
    ("closing", "weak-point"): _one_of(
        "Looking at each item takes too long with a full table",
        "Labels stuck over the edge",
        "New stock shows up late in the shop",
        "Returns that nobody closes",
        "Totes left at the problem shelf",
    ),
    ("closing", "action"): _one_of(
        "Anna asks the shop about the late sync, by Friday",
        "Lukas moves the lamp to table 3, tomorrow",
        "Priya looks at open returns every evening, from today",
    ),
    ("shift-handover", "late-orders"): _about(3, 0.7),
    ("shift-handover", "equipment"): _of(
        {"all works": 20, "scanner": 2, "printer": 3, "scale": 1, "vehicle": 1, "shop system": 1}
    ),
    ("shift-handover", "repair"): _one_of("Lukas, until tomorrow noon", "Owen, new cable on Monday"),
    ("shift-handover", "missing"): _of({"0": 4, "1": 1}),
    ("shift-handover", "news"): _one_of(
        "Nothing", "New box M", "Carrier comes at 16:30", "Fragile glass, aisle 7"
    ),
    ("shift-handover", "promises"): _one_of("Call the customer of the torn parcel before noon"),
    ("shift-handover", "first-three"): _one_of(
        "Oldest orders, problem shelf, delivery at door 2",
        "Late orders, returns bench, count aisle 4",
        "Problem shelf, refill boxes, first pick wave",
    ),
    ("exception-order", "cause"): _of(
        {
            "payment or fraud check": 3,
            "item short": 5,
            "bad address": 4,
            "customer wants a change": 3,
            "item damaged": 1,
            "other": 1,
        }
    ),
    ("exception-order", "age"): _about(6, 0.4),
    ("exception-order", "short"): _about(1.5, 0.4),
    ("exception-order", "solution"): _of(
        {
            "ship complete later": 4,
            "ship in two parcels": 2,
            "replace item": 2,
            "refund item": 2,
            "correct the address": 4,
            "cancel order": 2,
        }
    ),
    ("exception-order", "log"): _one_of(
        "Address corrected with the customer, ships today",
        "One piece short, ships on Monday, customer agreed",
        "Cancelled, refund started",
        "Payment went through at the second try",
    ),
    ("purchase-order", "cover"): _about(24, 0.2),
    ("purchase-order", "price-rise"): _between(0, 4, 1),
    ("purchase-order", "total"): _about(1150, 0.5, 2),
    ("3pl-weekly-review", "on-time"): _between(98.2, 99.9, 1),
    ("3pl-weekly-review", "wrong"): _between(0, 0.4, 1),
    ("3pl-weekly-review", "returns"): _between(95.5, 99.8, 1),
    ("3pl-weekly-review", "invoice"): _between(0, 8, 2),
    ("3pl-weekly-review", "last-actions"): _often(all=5, some=3, there_were_none=1),
    ("3pl-weekly-review", "actions"): _one_of(
        "Weigh check at station 4, Ines, Friday", "Send cut-off report by 10:00, Ben, Monday"
    ),
    ("3pl-weekly-review", "colour"): _of({"green: all within limits": 4, "yellow: one or two missed": 1}),
}

EARLIER: dict[tuple[str, str], Answer] = {
    ("receive-and-inspect", "reason"): _one_of(
        "too small", "colour is different", "broken zip", "came too late", "not needed"
    )
}
"""What was written where an earlier revision asked for a text."""


def answer(chance: Random, step: Task, sop_id: str, given: Given, day: date) -> str:
    """What somebody enters in a step, "" where it is only ticked; `given` is what they entered before."""
    place = (sop_id, step.key)
    made = EARLIER[place] if step.input == "text" and place in EARLIER else ANSWERS.get(place)
    if made is not None:
        text = made(chance, given)
        return within(step, text) if step.input == "number" else text
    if step.input == "number":
        return f"{step.attributes.get('min', step.attributes.get('max', 0)):g}"
    if step.input == "choice":
        return str(chance.choice(step.attributes["options"]))
    if step.input == "date":
        return (day + timedelta(days=chance.randint(40, 400))).isoformat()
    return ""


def within(step: Task, number: str) -> str:
    """The number, moved to where the step wants it."""
    low, high = step.attributes.get("min"), step.attributes.get("max")
    value = float(number)
    if low is not None and value < low:
        return f"{low:g}"
    if high is not None and value > high:
        return f"{high:g}"
    return number


def outside(chance: Random, step: Task) -> tuple[str, str]:
    """A number that misses the step's limits, and how the product says so; two empty texts without limits."""
    low, high = step.attributes.get("min"), step.attributes.get("max")
    unit = step.attributes.get("unit", "")
    if high is not None and (low is None or chance.random() < 0.8):
        value = f"{high + max(1, round(high * chance.uniform(0.05, 0.4))):.15g}"
        return value, f"{value} {unit}".strip() + f" (max {high:.15g})"
    if low is not None:
        value = f"{low - max(1, round(abs(low) * chance.uniform(0.05, 0.4))):.15g}"
        return value, f"{value} {unit}".strip() + f" (min {low:.15g})"
    return "", ""
