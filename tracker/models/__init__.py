"""Tables and relations, no rules."""

from tracker.models.batches import Batch
from tracker.models.comments import Comment
from tracker.models.deviations import Deviation
from tracker.models.devices import Device, DevicePerson
from tracker.models.events import Event
from tracker.models.evidence import Evidence, EvidenceDeletion
from tracker.models.factors import Ceremony, Passkey, PasswordLink, RecoveryCode, Totp
from tracker.models.facts import Figure, PersonDay, RunDay, StepDay, StepMonth
from tracker.models.findings import SpotCheck, Verdict, WeakPoint
from tracker.models.forms import KeptForm, SentForm
from tracker.models.jobs import JobState
from tracker.models.late import IS_MISSING, IS_WAITING, LateRecord, SequenceGap
from tracker.models.library import (
    REVISIONS,
    DocumentProblem,
    FormerPath,
    FrozenImage,
    Revision,
    Sop,
    Step,
    Translation,
    sop_keys,
)
from tracker.models.people import LEVELS, Location, OwnerName, Person, Role, Team, login_key
from tracker.models.phone import ENTRY_KINDS, IS_UNSEEN, NOTES, Installation, NotedEntry
from tracker.models.records import KINDS, VERDICTS, Override, Record, SignOff
from tracker.models.runs import (
    IS_COMPLETE,
    IS_DONE,
    IS_ENDED,
    IS_LOST,
    IS_OPEN,
    IS_UNFOLDED,
    OUTCOMES,
    STATES,
    Outcome,
    Run,
)
from tracker.models.search import SearchPage, SearchWord
from tracker.models.security import SecurityEntry, Tries
from tracker.models.sessions import KnownBrowser, LoginSession
from tracker.models.subjects import SubjectAlias, subject_key
from tracker.models.views import SavedView

__all__ = [
    "ENTRY_KINDS",
    "IS_COMPLETE",
    "IS_DONE",
    "IS_ENDED",
    "IS_LOST",
    "IS_MISSING",
    "IS_OPEN",
    "IS_UNFOLDED",
    "IS_UNSEEN",
    "IS_WAITING",
    "KINDS",
    "LEVELS",
    "NOTES",
    "OUTCOMES",
    "REVISIONS",
    "STATES",
    "VERDICTS",
    "Batch",
    "Ceremony",
    "Comment",
    "Deviation",
    "Device",
    "DevicePerson",
    "DocumentProblem",
    "Event",
    "Evidence",
    "EvidenceDeletion",
    "Figure",
    "FormerPath",
    "FrozenImage",
    "Installation",
    "JobState",
    "KeptForm",
    "KnownBrowser",
    "LateRecord",
    "Location",
    "LoginSession",
    "NotedEntry",
    "Outcome",
    "Override",
    "OwnerName",
    "Passkey",
    "PasswordLink",
    "Person",
    "PersonDay",
    "Record",
    "RecoveryCode",
    "Revision",
    "Role",
    "Run",
    "RunDay",
    "SavedView",
    "SearchPage",
    "SearchWord",
    "SecurityEntry",
    "SentForm",
    "SequenceGap",
    "SignOff",
    "Sop",
    "SpotCheck",
    "Step",
    "StepDay",
    "StepMonth",
    "SubjectAlias",
    "Team",
    "Totp",
    "Translation",
    "Tries",
    "Verdict",
    "WeakPoint",
    "login_key",
    "sop_keys",
    "subject_key",
]
