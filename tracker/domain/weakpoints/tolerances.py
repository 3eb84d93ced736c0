"""What the owners of SOPs accept: how often a step may go wrong, and which steps are critical."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import Revision, Sop, Step

USUAL, OF_CRITICAL = 0.05, 0.01

LEAST = 0.001
"""Who accepts nothing at all means this: no number of runs shows that something never happens."""


class Accepted(NamedTuple):
    """The share of a step's instances that may be lost, and whether it is critical."""

    tolerance: float
    critical: bool


@dataclass(frozen=True, slots=True)
class Tolerances:
    """`of_sop`: as written in the front matter of the revisions in force; `critical`: steps of these."""

    of_sop: dict[str, float]
    critical: frozenset[tuple[str, str]]

    def of(self, sop_id: str, step_key: str) -> Accepted:
        """What is accepted for a step; for one that is not in force, as for any other."""
        critical = (sop_id, step_key) in self.critical
        usual = OF_CRITICAL if critical else USUAL
        return Accepted(max(LEAST, self.of_sop.get(sop_id, usual)), critical)


def tolerances(session: Session) -> Tolerances:
    """Those of every SOP in force, retired ones as they were last."""
    written = Revision.meta["tolerance"].as_float()
    query = select(Sop.id, written).join(Revision, Revision.id == Sop.in_force_id)
    critical = (
        select(Sop.id, Step.key)
        .join(Step, Step.revision_id == Sop.in_force_id)
        .where(Step.attributes["critical"].as_boolean())
    )
    return Tolerances(
        {sop_id: share for sop_id, share in session.execute(query) if share is not None},
        frozenset(session.execute(critical)),
    )
