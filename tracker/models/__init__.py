"""Tables and relations, no rules."""

from tracker.models.events import Event
from tracker.models.evidence import Evidence
from tracker.models.library import DocumentProblem, Revision, Sop, Step, Translation
from tracker.models.people import LEVELS, Location, OwnerName, Person, Role, Team
<<<<<<< HEAD
from tracker.models.runs import KINDS, OUTCOMES, STATES, Deviation, Outcome, Override, Record, Run, SignOff
from tracker.models.subjects import SubjectAlias
=======
from tracker.models.runs import (
    KINDS,
    OUTCOMES,
    STATES,
    VERDICTS,
    Deviation,
    Outcome,
    Override,
    Record,
    Run,
    SignOff,
)
>>>>>>> 3d00b11 (Sign-offs: a signature says what it means and is bound to its record; one that was moved is found)

__all__ = [
    "KINDS",
    "LEVELS",
    "OUTCOMES",
    "STATES",
    "VERDICTS",
    "Deviation",
    "DocumentProblem",
    "Event",
    "Evidence",
    "Location",
    "Outcome",
    "Override",
    "OwnerName",
    "Person",
    "Record",
    "Revision",
    "Role",
    "Run",
    "SignOff",
    "Sop",
    "Step",
    "SubjectAlias",
    "Team",
    "Translation",
]
