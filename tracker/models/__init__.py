"""Tables and relations, no rules."""

from tracker.models.batches import Batch
from tracker.models.devices import Device, DevicePerson
from tracker.models.events import Event
from tracker.models.evidence import Evidence, EvidenceDeletion
from tracker.models.library import DocumentProblem, Revision, Sop, Step, Translation
from tracker.models.people import LEVELS, Location, OwnerName, Person, Role, Team
from tracker.models.runs import (
    IS_OPEN,
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
from tracker.models.subjects import SubjectAlias

__all__ = [
    "IS_OPEN",
    "KINDS",
    "LEVELS",
    "OUTCOMES",
    "STATES",
    "VERDICTS",
    "Batch",
    "Deviation",
    "Device",
    "DevicePerson",
    "DocumentProblem",
    "Event",
    "Evidence",
    "EvidenceDeletion",
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
