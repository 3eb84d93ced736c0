"""The one table of who may do what.

An action needs an access level; where it touches a run or an SOP, that must be within the person's reach
too. Leads reach what is done at their location; whoever answers for an SOP, as its owner or by its area,
reaches the SOP and its runs; admins, and who was given everything, reach all. Whom an SOP's `owner:` means
sees its figures, its revisions and its runs, whatever their level is.
Views declare their action, `tracker.app` refuses a route that declares none.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import ColumnElement, True_, false, true

from tracker.domain.access import reach as access_reach
from tracker.domain.actor import IN_PERSON, Actor, Way, in_person, signed_in
from tracker.errors import N_, ForbiddenError, NotTheirsError
from tracker.models import LEVELS, Person, Run, Sop, Step

ANYONE = "anyone"


class Rule(NamedTuple):
    """The lowest access level that may, and what else must hold for the run or SOP that is acted upon.

    Of a run: "own": it is theirs, "part": or one of its steps is, "place": or none of these; in each case
    whoever it is within the reach of may too. Of an SOP: "sop": they answer for it, "text": or they lead.
    Of people: "led" (`led`, in the query). `tracker.web.people.permissions` says each rule in a sentence.
    `named`: whoever an SOP's `owner:` means may, too, with that SOP and its runs, whatever their level.
    Without `by_pin` it needs the password, so neither a PIN nor a token will do; who came in by PIN is a lead
    at most. What is `in_person` says that somebody did, checked or took on something: no token and no system
    says so for them.
    """

    level: str
    reach: str = "any"
    by_pin: bool = True
    in_person: bool = False
    named: bool = False


RULES = {
    "open": Rule(ANYONE),  # sign in, first account, health, static files
    "site.read": Rule("staff"),
    "phone.keep": Rule("staff"),
    "sop.find": Rule("staff"),
    "sop.glance": Rule("staff"),
    "run.start": Rule("staff"),
    "run.see": Rule("staff", "part", named=True),
    "run.comment": Rule("staff", "part", in_person=True, named=True),
    "run.record": Rule("staff", "own", in_person=True),
    "run.close": Rule("staff", "own"),
    "run.claim": Rule("staff", "own", in_person=True),
    "run.pause": Rule("staff", "own"),
    "run.offer": Rule("staff", "own"),
    "run.answer": Rule("staff", "part", in_person=True),
    "step.sign": Rule("staff", "part", in_person=True),
    "board.see": Rule("lead"),
    "board.export": Rule("lead"),
    "people.see": Rule("lead", "led"),
    "run.assign": Rule("lead", "place"),
    "run.take-over": Rule("lead", "place", in_person=True),
    "run.cancel": Rule("lead", "place"),
    "run.move": Rule("lead", "place"),
    "run.amend": Rule("lead", "place", in_person=True),
    "run.override": Rule("lead", "place", in_person=True),
    "record.accept": Rule("lead", "place", in_person=True),
    "report.see": Rule("owner", "sop", named=True),
    "report.export": Rule("owner", "sop", named=True),
    "run.export": Rule("lead", "place", by_pin=False, named=True),
    "spot-check.look": Rule("owner", "sop", in_person=True, named=True),
    "revision.see": Rule("lead", "text", named=True),
    "revision.judge": Rule("owner", "sop", in_person=True, named=True),
    "sop.review": Rule("owner", "sop", by_pin=False, named=True),
    "library.see": Rule("owner", "sop", named=True),
    "device.manage": Rule("lead", by_pin=False),
    "pin.set": Rule("staff", by_pin=False),
    "form.resend": Rule("staff"),
    "account.see": Rule("staff", by_pin=False),
    "account.change": Rule("staff", by_pin=False),
    "security.see": Rule("admin", by_pin=False),
    "people.manage": Rule("admin"),
    "owner.name": Rule("admin"),
    "place.manage": Rule("admin"),
    "access.see": Rule("admin"),
}


def may(actor: Actor | None, action: str, on: Run | Sop | None = None) -> bool:
    """Whether the actor may do the action (to the run or the SOP). Raises KeyError if it has no rule.

    None is who has not signed in. A token may what it was made for, where its person may that too.
    """
    rule = RULES[action]
    if rule.level == ANYONE:
        return True
    if actor is None or not _comes_in_for(actor, action):
        return False
    if actor.is_trusted:
        return True
    if access_reach.is_shut_out(actor):
        return False
    if _is_high_enough(actor, rule) and (on is None or rule.reach == "any" or _reaches(actor, rule, on)):
        return True
    return rule.named and _is_named(actor, on)


def sops_for(actor: Actor, action: str) -> ColumnElement[bool]:
    """The SOPs on which an actor may do the action: the same as `may`, as a condition on their table.

    For actions of SOPs. Raises KeyError if the action has no rule.
    """
    rule = RULES[action]
    if not _comes_in_for(actor, action) or access_reach.is_shut_out(actor):
        return false()
    if not actor.is_trusted and not _is_high_enough(actor, rule):
        return access_reach.sops_named_for(actor) if rule.named else false()
    if rule.reach == "any" or (
        rule.reach == "text" and not actor.is_trusted and actor.holder.access == "lead"
    ):
        return true()
    return access_reach.sops_answered_for(actor)


def may_on_all(actor: Actor, action: str) -> bool:
    """Whether an actor may do the action on every SOP there is or will be."""
    return may(actor, action) and isinstance(sops_for(actor, action), True_)


def areas_for(actor: Actor, action: str) -> frozenset[str]:
    """The areas on all of whose SOPs an actor may do the action, since they were given these."""
    is_theirs = not actor.is_trusted and _is_high_enough(actor, RULES[action]) and may(actor, action)
    return frozenset(actor.holder.areas if is_theirs else ())


def _is_high_enough(actor: Actor, rule: Rule) -> bool:
    return access_reach.level(actor) >= LEVELS.index(rule.level)


def _is_named(actor: Actor, on: Run | Sop | None) -> bool:
    return access_reach.is_named(actor, on.sop if isinstance(on, Run) else on)


def _comes_in_for(actor: Actor, action: str) -> bool:
    """Whether the way in which the actor came (password, PIN, token) is good enough for the action."""
    rule = RULES[action]
    if rule.in_person and actor.way not in IN_PERSON:
        return False
    if actor.way in (Way.PIN, Way.TOKEN) and not rule.by_pin:
        return False
    return actor.is_made_for(action)


def _reaches(actor: Actor, rule: Rule, on: Run | Sop) -> bool:
    person = actor.holder
    if isinstance(on, Sop):
        return (rule.reach == "text" and person.access == "lead") or access_reach.answers_for(actor, on)
    if rule.reach in ("own", "part") and access_reach.takes_part(person, on):
        return True
    if access_reach.within_reach(actor, on):
        return True
    return rule.reach == "part" and (on.offered_to_id == person.id or access_reach.lends_a_hand(person, on))


def require(actor: Actor | None, action: str, on: Run | Sop | None = None) -> None:
    """Raise ForbiddenError, saying who can help, unless the actor may do the action."""
    if may(actor, action, on):
        return
    if actor is not None:
        _require_way(actor, action)
    if isinstance(on, Sop) and may(actor, action):
        raise ForbiddenError(
            N_("You don’t answer for “%(title)s”. Its owner does; an admin can give you its area."),
            title=on.title,
        )
    if isinstance(on, Run) and not may_hear_of(actor, on):
        raise NotTheirsError(
            N_("This run is out of your reach. A lead where it is done can give it to you."), run=on.id
        )
    if isinstance(on, Run) and on.assignee is not None:
        raise NotTheirsError(
            N_("This run is %(name)s’s. Ask them or a lead to hand it over."),
            run=on.id,
            name=on.assignee.name,
        )
    if isinstance(on, Run) and on.team is not None:
        raise NotTheirsError(
            N_("This run is open to the team %(team)s. A lead can assign it to you."),
            run=on.id,
            team=on.team.name,
        )
    if isinstance(on, Run) and on.role:
        raise NotTheirsError(
            N_("This run is open to the role %(role)s. A lead can assign it to you."), run=on.id, role=on.role
        )
    if actor is not None and _is_held_back_by_pin(actor, action, on):
        raise ForbiddenError(
            N_("A PIN is not enough for this. Sign in with your password, best on a device of your own.")
        )
    raise ForbiddenError(
        N_("Your account may not do this. Somebody with more access can, or can change yours.")
    )


def _require_way(actor: Actor, action: str) -> None:
    """Raise ForbiddenError if a token, the system or the command line may never do this, whatever the
    level."""
    if RULES[action].in_person:
        in_person(actor)
    if actor.way is Way.TOKEN and not _comes_in_for(actor, action):
        raise ForbiddenError(N_("This token was not made for this. Its owner can make another one."))


def _is_held_back_by_pin(actor: Actor, action: str, on: Run | Sop | None) -> bool:
    """Whether only the PIN stands in the way: with their password the actor could do the action."""
    if actor.way is not Way.PIN:
        return False
    if LEVELS.index(actor.holder.access) > access_reach.level(actor) or not RULES[action].by_pin:
        return True
    return RULES[action].named and _is_named(signed_in(actor.holder), on)


def may_hear_of(actor: Actor | None, run: Run) -> bool:
    """Whether the actor may be told whose the run is: they see it, or work where it is done."""
    if actor is None or access_reach.is_shut_out(actor):
        return False
    if may(actor, "run.see", run):
        return True
    return actor.person is not None and access_reach.works_beside(actor.person, run)


def may_run(actor: Actor, roles: Collection[str]) -> bool:
    """Whether the actor may start an SOP that names these roles: it is their job, or they lead."""
    if not roles or access_reach.level(actor) > 0:
        return True
    return access_reach.has_role(actor.holder, *roles)


def require_step(actor: Actor, run: Run, step: Step) -> None:
    """Raise ForbiddenError unless the person may record that this step of the run is done, or failed.

    A step with a role is for people with that job, and for leads; also in a run that is not theirs. Nobody
    but the person themselves may: not a token, not the system.
    """
    person = in_person(actor)
    # beside `.verify`, the role is that of the person who signs, not of who does the step
    if step.role is None or step.verify:
        return require(actor, "run.record", run)
    if not may_run(actor, [step.role]):
        raise ForbiddenError(
            N_("“%(step)s” is for: %(role)s. It is on their Today page, and a lead’s."),
            step=step.name,
            role=step.role,
        )
    if not _is_for(person, run, step.role):
        require(actor, "run.see", run)
    return None


def may_do(actor: Actor, run: Run, step: Step) -> bool:
    """Whether the person may record that this step is done or failed: `require_step` as a question."""
    try:
        require_step(actor, run, step)
    except ForbiddenError:
        return False
    return True


def require_record(actor: Actor, run: Run, step: Step | None, kind: str) -> None:
    """Raise ForbiddenError unless the person may record this about the step; None is a step that is gone.

    A step with a role is done, or fails, by whoever has it; skipped by anybody who works on the run. What
    may be undone is judged by who recorded it.
    """
    if step is None or kind == "skipped" or (kind == "undone" and may(actor, "run.record", run)):
        require(actor, "run.record", run)
    else:
        require_step(actor, run, step)


def may_record(actor: Actor, run: Run, step: Step | None, kind: str) -> bool:
    """Whether the person may record this about the step: `require_record` as a question."""
    try:
        require_record(actor, run, step, kind)
    except ForbiddenError:
        return False
    return True


def may_sign(actor: Actor, run: Run, role: str | None) -> bool:
    """Whether the person may sign for the role, or for anybody if it is "".

    Who did the work is not looked at.
    """
    if actor.way not in IN_PERSON:
        return False
    if _is_for(actor.holder, run, role):
        return True
    return may_run(actor, [role] if role else []) and may(actor, "step.sign", run)


def _is_for(person: Person, run: Run, role: str | None) -> bool:
    """Whether the person may help in the run by this role: the rule of `reach.helping` without a query."""
    theirs = not role or access_reach.has_role(person, role)
    return theirs and access_reach.is_at_place(person, run) and person.disabled_at is None
