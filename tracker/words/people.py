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
