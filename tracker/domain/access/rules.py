"""The one table of who may do what.

An action needs an access level; where it touches a run or an SOP, that must be within the person's reach
too. Leads reach what is done at their location; whoever answers for an SOP, as its owner or by its area,
reaches the SOP and its runs; admins, and who was given everything, reach all.
Views declare their action, `tracker.app` refuses a route that declares none.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from tracker.domain.access import reach as access_reach
from tracker.errors import N_, ForbiddenError
from tracker.models import LEVELS, Person, Run, Sop, Step

ANYONE = "anyone"


class Rule(NamedTuple):
    """The lowest access level that may, and what else must hold for the run or SOP that is acted upon.

    Of a run: "own": it is theirs, "part": or one of its steps is, "place": or none of these; in each case
    whoever it is within the reach of may too. Of an SOP: "sop": they answer for it, "text": or they lead.
    Of people: "led" (`led`, in the query). `tracker.web.people.permissions` says each rule in a sentence.
    Without `by_pin` it needs the password; who came in by PIN is a lead at most.
    """

    level: str
    reach: str = "any"
    by_pin: bool = True


RULES = {
    "open": Rule(ANYONE),  # sign in, first account, health, static files
    "site.read": Rule("staff"),
    "sop.find": Rule("staff"),
    "sop.glance": Rule("staff"),
    "run.start": Rule("staff"),
    "run.see": Rule("staff", "part"),
    "run.record": Rule("staff", "own"),
    "run.close": Rule("staff", "own"),
    "run.claim": Rule("staff", "own"),
    "run.pause": Rule("staff", "own"),
    "run.offer": Rule("staff", "own"),
    "run.answer": Rule("staff", "part"),
    "step.sign": Rule("staff", "part"),
    "board.see": Rule("lead"),
    "board.export": Rule("lead"),
    "people.see": Rule("lead", "led"),
    "run.assign": Rule("lead", "place"),
    "run.take-over": Rule("lead", "place"),
    "run.cancel": Rule("lead", "place"),
    "run.move": Rule("lead", "place"),
    "run.amend": Rule("lead", "place"),
    "run.override": Rule("lead", "place"),
    "record.accept": Rule("lead", "place"),
    "report.see": Rule("owner", "sop"),
    "report.export": Rule("owner", "sop"),
    "spot-check.look": Rule("owner", "sop"),
    "revision.see": Rule("lead", "text"),
    "revision.judge": Rule("owner", "sop"),
    "library.see": Rule("owner", "sop"),
    "device.manage": Rule("lead", by_pin=False),
    "pin.set": Rule("staff", by_pin=False),
    "account.see": Rule("staff", by_pin=False),
    "account.change": Rule("staff", by_pin=False),
    "security.see": Rule("admin", by_pin=False),
    "people.manage": Rule("admin"),
    "owner.name": Rule("admin"),
    "place.manage": Rule("admin"),
    "access.see": Rule("admin"),
}


def may(person: Person | None, action: str, on: Run | Sop | None = None) -> bool:
    """Whether the person may do the action (to the run or the SOP). Raises KeyError if it has no rule."""
    rule = RULES[action]
    if rule.level == ANYONE:
        return True
    if (
        person is None
        or person.disabled_at is not None
        or access_reach.level(person) < LEVELS.index(rule.level)
    ):
        return False
    if person.by_pin and not rule.by_pin:
        return False
    if on is None or rule.reach == "any":
        return True
    if isinstance(on, Sop):
        return (rule.reach == "text" and person.access == "lead") or access_reach.answers_for(person, on)
    if (rule.reach in ("own", "part") and access_reach.takes_part(person, on)) or access_reach.within_reach(
        person, on
    ):
        return True
    return rule.reach == "part" and (on.offered_to_id == person.id or access_reach.lends_a_hand(person, on))


def require(person: Person | None, action: str, on: Run | Sop | None = None) -> None:
    """Raise ForbiddenError, saying who can help, unless the person may do the action."""
    if may(person, action, on):
        return
    if isinstance(on, Sop) and may(person, action):
        raise ForbiddenError(
            N_("You don’t answer for “%(title)s”. Its owner does; an admin can give you its area."),
            title=on.title,
        )
    if isinstance(on, Run) and not may_hear_of(person, on):
        raise ForbiddenError(N_("This run is out of your reach. A lead where it is done can give it to you."))
    if isinstance(on, Run) and on.assignee is not None:
        raise ForbiddenError(
            N_("This run is %(name)s’s. Ask them or a lead to hand it over."), name=on.assignee.name
        )
    if isinstance(on, Run) and on.team is not None:
        raise ForbiddenError(
            N_("This run is open to the team %(team)s. A lead can assign it to you."), team=on.team.name
        )
    if isinstance(on, Run) and on.role:
        raise ForbiddenError(
            N_("This run is open to the role %(role)s. A lead can assign it to you."), role=on.role
        )
    if (
        person is not None
        and person.by_pin
        and (LEVELS.index(person.access) > access_reach.level(person) or not RULES[action].by_pin)
    ):
        raise ForbiddenError(
            N_("A PIN is not enough for this. Sign in with your password, best on a device of your own.")
        )
    raise ForbiddenError(
        N_("Your account may not do this. Somebody with more access can, or can change yours.")
    )


def may_hear_of(person: Person | None, run: Run) -> bool:
    """Whether the person may be told whose the run is: they see it, or work where it is done."""
    if person is None or person.disabled_at is not None:
        return False
    at_work = access_reach.is_at_place(person, run) and (
        person.location_id is not None or person.access in ("staff", "lead")
    )
    return at_work or may(person, "run.see", run)


def may_run(person: Person, roles: Collection[str]) -> bool:
    """Whether the person may start an SOP that names these roles: it is their job, or they lead."""
    return not roles or access_reach.level(person) > 0 or any(role.name in roles for role in person.roles)


def require_step(person: Person, run: Run, step: Step) -> None:
    """Raise ForbiddenError unless the person may record that this step of the run is done, or failed.

    A step with a role is for people with that job, and for leads; also in a run that is not theirs.
    """
    if step.role is None or step.verify:  # a role beside .verify is that of whoever signs
        return require(person, "run.record", run)
    if not may_run(person, [step.role]):
        raise ForbiddenError(
            N_("“%(step)s” is for: %(role)s. It is on their Today page, and a lead’s."),
            step=step.name,
            role=step.role,
        )
    if not _is_for(person, run, step.role):
        require(person, "run.see", run)
    return None


def may_do(person: Person, run: Run, step: Step) -> bool:
    """Whether `require_step` lets the person."""
    try:
        require_step(person, run, step)
    except ForbiddenError:
        return False
    return True


def require_record(person: Person, run: Run, step: Step | None, kind: str) -> None:
    """Raise ForbiddenError unless the person may record this about the step; None: one that is gone.

    A step with a role is done, or fails, by whoever has it; skipped by anybody who works on the run. What
    may be undone is judged by who recorded it.
    """
    if step is None or kind == "skipped" or (kind == "undone" and may(person, "run.record", run)):
        require(person, "run.record", run)
    else:
        require_step(person, run, step)


def may_record(person: Person, run: Run, step: Step | None, kind: str) -> bool:
    """Whether `require_record` lets the person."""
    try:
        require_record(person, run, step, kind)
    except ForbiddenError:
        return False
    return True


def may_sign(person: Person, run: Run, role: str | None) -> bool:
    """Whether the person is one of those who sign for the role, but for who did it; all, if there is none."""
    return _is_for(person, run, role) or (
        may_run(person, [role] if role else []) and may(person, "step.sign", run)
    )


def _is_for(person: Person, run: Run, role: str | None) -> bool:
    """Whether what is signed, or of a role, lends the person a hand: `helping`, without a query."""
    theirs = not role or role in {own.name for own in person.roles}
    return theirs and access_reach.is_at_place(person, run) and person.disabled_at is None
