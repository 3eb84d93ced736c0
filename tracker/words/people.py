"""Words for access levels and for how people show who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.errors import N_

if TYPE_CHECKING:
    from tracker.words.voice import Texts

LEVELS = {
    "staff": (N_("staff"), N_("does runs")),
    "lead": (N_("lead"), N_("assigns runs")),
    "owner": (N_("owner"), N_("reads reports")),
    "admin": (N_("admin"), N_("manages people")),
}


def level_name(texts: Texts, level: str) -> str:
    """The word for an access level."""
    return texts.gettext(LEVELS[level][0])


def level_description(texts: Texts, level: str) -> str:
    """The word for an access level, with what that level is for."""
    return f"{level_name(texts, level)}: {texts.gettext(LEVELS[level][1])}"


_WAYS = {
    "password": N_("password"),
    "pin": N_("PIN"),
    "totp": N_("password and code"),
    "passkey": N_("passkey"),
    "recovery": N_("recovery code"),
}


def way_name(texts: Texts, via: str) -> str:
    """How somebody has shown who they are, as people say it."""
    return texts.gettext(_WAYS[via]) if via in _WAYS else via


def browser_name(texts: Texts, words: str) -> str:
    """A browser as the security log keeps it, such as "Chrome on Android", as people say it."""
    browser, on, system = words.partition(" on ")
    if on:
        return texts.gettext("%(browser)s on %(system)s", browser=browser, system=system)
    return texts.gettext(words) if words else ""


_ENDS = {
    "person": N_("You were signed out here from another device."),
    "admin": N_("An admin has signed you out here."),
    "password": N_("Your password was changed, so you were signed out here."),
    "idle": N_("You were signed out here, because nobody has used it for long."),
    "longest": N_("You were signed out here, as everybody is now and then."),
}


def why_signed_out(texts: Texts, why: str | None) -> str:
    """Why somebody is not signed in any more; "" where they have done so themselves, or nobody knows."""
    return texts.gettext(_ENDS[why]) if why in _ENDS else ""
