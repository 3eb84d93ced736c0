"""Who may do what, and whom one reaches.

`rules` is the one table with `may` and `require`, which ask of an actor; `reach` says the same of rows, in
Python and in SQL side by side; `owners` knows whom an SOP's `owner:` means. Every other subject asks
`access.require` before it changes.
"""

from tracker.domain.access.reach import (
    answers_for,
    at_place,
    has_role,
    helping,
    is_at_place,
    lends_a_hand,
    level,
    open_to,
    people_led,
    reachable,
    reaches_all,
    sops_answered_for,
    takes_part,
    visible,
    within_reach,
    written_roles,
)
from tracker.domain.access.rules import (
    ANYONE,
    RULES,
    Rule,
    may,
    may_do,
    may_hear_of,
    may_record,
    may_run,
    may_sign,
    require,
    require_record,
    require_step,
)

__all__ = [
    "ANYONE",
    "RULES",
    "Rule",
    "answers_for",
    "at_place",
    "has_role",
    "helping",
    "is_at_place",
    "lends_a_hand",
    "level",
    "may",
    "may_do",
    "may_hear_of",
    "may_record",
    "may_run",
    "may_sign",
    "open_to",
    "people_led",
    "reachable",
    "reaches_all",
    "require",
    "require_record",
    "require_step",
    "sops_answered_for",
    "takes_part",
    "visible",
    "within_reach",
    "written_roles",
]
