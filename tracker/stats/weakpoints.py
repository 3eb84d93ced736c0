"""Which steps are weak, and which are worth fixing first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tracker.stats.rates import FEWEST
from tracker.stats.shrinkage import Prior, exceeds

SURE = 0.9
"""A step is flagged when its rate is above the tolerance with this probability."""

WATCHED = 0.5
"""It is watched from this probability on."""

DAYS_A_MONTH = 30.44
SEVERITY_CRITICAL = 3
BANDS = ("fix-first", "watch", "too-early", "fine")
"""From what needs somebody to what needs nobody. Never a rank: in simulation no ordering got more than 3 of
the true five into its top five."""


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of weakness of one step: `count` of `n` instances in `days`, and the share accepted."""

    count: int
    n: int
    tolerance: float
    critical: bool
    days: float


class CaseResult(NamedTuple):
    """What a case comes to. `posterior`: the mean of what its rate can be (the range: `shrinkage.posterior`);
    `probability`: that the rate is above the tolerance; `cost`: instances lost a month; `priority`: cost by
    severity, to sort by and not to show.
    """

    posterior: float
    probability: float
    flagged: bool
    per_month: float
    cost: float
    priority: float
    band: str


def judge(cases: Sequence[Case], prior: Prior) -> list[CaseResult]:
    """Judge cases of one kind, all of the library, with the prior of that kind, in their order.

    STATISTICS.md, sections 2 and 3. A case is flagged with probability >= SURE from FEWEST instances on.

    >>> from tracker.stats.shrinkage import WEAK
    >>> for case in judge([Case(14, 180, 0.05, False, 90), Case(30, 180, 0.05, False, 90)], WEAK):
    ...     print(f"{case.posterior:.3f} {case.probability:.2f} {case.cost:.1f} {case.band}")
    0.072 0.90 4.4 watch
    0.152 1.00 9.3 fix-first

    Raises ValueError unless 0 <= count <= n, 0 <= tolerance <= 1 and days > 0.
    """
    return with_bands([_judged(case, prior) for case in cases])


def _judged(case: Case, prior: Prior) -> CaseResult:
    if not case.days > 0:
        raise ValueError(f"{case.n} instances in {case.days} days is no pace")
    mean = (case.count + prior.a) / (case.n + prior.a + prior.b)  # its range takes 20 times as long
    probability = exceeds(case.count, case.n, prior, case.tolerance)
    flagged = case.n >= FEWEST and probability >= SURE
    per_month = case.n / case.days * DAYS_A_MONTH
    cost = mean * per_month
    priority = cost * (SEVERITY_CRITICAL if case.critical else 1)
    band = "too-early" if case.n < FEWEST else "watch" if probability >= WATCHED else "fine"
    return CaseResult(mean, probability, flagged, per_month, cost, priority, band)


def with_bands(judged: Iterable[CaseResult]) -> list[CaseResult]:
    """The same, with the upper half of the flagged, by priority, to be fixed first; the middle one included.

    `judge` does so within a kind; give it the judged of all kinds together where they are shown together.

    >>> from tracker.stats.shrinkage import WEAK
    >>> skipped, failed = (judge([Case(count, 180, 0.05, False, 90)], WEAK) for count in (30, 60))
    >>> [row.band for row in with_bands(skipped + failed)]
    ['watch', 'fix-first']
    """
    rows = list(judged)
    flagged = sorted((row.priority for row in rows if row.flagged), reverse=True)
    if not flagged:
        return rows
    least = flagged[(len(flagged) - 1) // 2]
    return [
        row._replace(band="fix-first" if row.priority >= least else "watch") if row.flagged else row
        for row in rows
    ]


def runs_missing(n: int) -> int:
    """How many more instances it takes until a rate is given: "too early: about N more runs".

    >>> runs_missing(6), runs_missing(12)
    (4, 0)
    """
    return max(0, FEWEST - n)
