"""Who may do what, in words: made from the one table of rules, so that it can't say anything else."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, render_template
from flask_babel import gettext

from tracker.domain.access import ANYONE, RULES, Rule
from tracker.errors import N_
from tracker.models import LEVELS
from tracker.web.actions import needs

bp = Blueprint("permissions", __name__)

SENTENCES = {
    "open": N_("Sign in and out, choose a language, lock a shared tablet, trust the certificate"),
    "site.read": N_("Read the SOPs on the site; everybody may, where the site is public"),
    "phone.keep": N_("Keep on their own phone what they may read, to go on without network"),
    "sop.find": N_("Search SOPs, and runs that they may see"),
    "sop.glance": N_("See on the site how an SOP runs just now, as far as they may see its runs"),
    "run.start": N_("Start a run of an SOP that is for their role"),
    "run.see": N_("See a run, its history and its evidence"),
    "run.comment": N_("Say something on a run, and mention others who may see it"),
    "run.record": N_("Record that a step is done, skipped or failed; steps of a role are for that role"),
    "run.close": N_("Close a run"),
    "run.claim": N_("Take a run that is open to them"),
    "run.pause": N_("Pause a run and go on with it"),
    "run.offer": N_("Ask somebody to take a run on"),
    "run.answer": N_("Take on a run that they are asked to, or leave it"),
    "step.sign": N_("Sign a step that somebody else did"),
    "board.see": N_("See the board of open runs"),
    "board.export": N_("Download the board as CSV"),
    "people.see": N_("See the people whom they lead, and their open runs"),
    "run.assign": N_("Give runs to people, teams and roles, also by a list; set when they are due"),
    "run.take-over": N_("Take over a run, and undo what another recorded"),
    "run.cancel": N_("Cancel a run"),
    "run.move": N_("Move a run to another revision"),
    "run.amend": N_("Put right what a closed run says, with a reason"),
    "record.accept": N_("Accept or decline what came late, from others"),
    "run.override": N_("Let a run go on past a step that blocks it, with a reason"),
    "report.see": N_("See reports: the overview, weak points, steps, load, key people"),
    "report.export": N_("Download reports as CSV"),
    "run.export": N_("Download closed runs with all that was recorded"),
    "spot-check.look": N_("Look at hasty runs and say what was seen"),
    "revision.see": N_("See the revisions of an SOP and what they changed"),
    "revision.judge": N_("Say whether a changed step is the same as before"),
    "sop.review": N_("Say that an SOP was reviewed"),
    "library.see": N_("See what is wrong with documents, and of whom the SOPs are"),
    "device.manage": N_("Register shared tablets and retire them, take away a PIN"),
    "pin.set": N_("Set their own PIN"),
    "form.resend": N_("Send a form of their own again that came when they were signed out"),
    "account.see": N_("See where they are signed in, and end it there"),
    "account.change": N_("Change their own password, e-mail address and second factor"),
    "security.see": N_("See and download the security log"),
    "people.manage": N_("Add accounts, change what they may, disable them"),
    "owner.name": N_("Say whom the SOPs mean by an owner’s name"),
    "place.manage": N_("Add and change locations and teams"),
    "access.see": N_("See this list"),
}

HOLDS = {  # what must hold of the run or SOP, by the rule's reach and the level
    "own": {
        "staff": N_("their own"),
        "lead": N_("their own, and where they lead"),
        "owner": N_("their own, and of SOPs they answer for"),
    },
    "part": {
        "staff": N_("where they take part"),
        "lead": N_("where they take part or lead"),
        "owner": N_("where they take part, and of SOPs they answer for"),
    },
    "place": {"lead": N_("where they lead"), "owner": N_("of SOPs they answer for")},
    "led": {"lead": N_("where they lead"), "owner": N_("everybody")},
    "sop": {"owner": N_("SOPs they answer for")},
    "text": {"lead": N_("every SOP"), "owner": N_("SOPs they answer for")},
}


class Line(NamedTuple):
    """One action: what it is, what must hold for each level ("" for who may not), whether a PIN is enough."""

    action: str
    sentence: str
    holds: dict[str, str]
    by_pin: str


@bp.get("/access")
@needs("access.see")
def page() -> str:
    """The list for admins."""
    return render_template("people/permissions.html", lines=[_line(name) for name in RULES], levels=LEVELS)


def _line(action: str) -> Line:
    rule = RULES[action]
    pin = gettext("yes") if rule.by_pin and _is_high_enough(rule, "lead") else ""
    return Line(action, gettext(SENTENCES[action]), {level: _holds(rule, level) for level in LEVELS}, pin)


def _holds(rule: Rule, level: str) -> str:
    """What must hold for somebody of this level to do the action, in words; "" if they never may."""
    if not _is_high_enough(rule, level):
        return gettext("SOPs that name them as owner") if rule.named else ""
    if rule.reach == "any":
        return gettext("yes")
    return gettext("all") if level == "admin" else gettext(HOLDS[rule.reach][level])


def _is_high_enough(rule: Rule, level: str) -> bool:
    return rule.level == ANYONE or LEVELS.index(level) >= LEVELS.index(rule.level)
