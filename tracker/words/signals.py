"""What the signs of a weak operation say."""

from __future__ import annotations

from collections.abc import Callable

from tracker.domain.signals.ceiling import ScopeCeiling
from tracker.domain.signals.flags import Hasty
from tracker.errors import N_
from tracker.models import SpotCheck
from tracker.words.figures import amount, day
from tracker.words.subjects import isolated
from tracker.words.voice import Texts, Voice


def near(texts: Texts, load: float, whole: Callable[[float], int] = round) -> str:
    """A load as people say it: to about a twentieth, made whole by `whole` (floor, round or ceil)."""
    step = 10 if load >= 100 else 5 if load >= 50 else 1 if load >= 10 else 0.5
    return amount(texts, step * whole(load / step))


_UNITS = {
    ("order", False): N_("orders a day"),
    ("order", True): N_("orders a day per person"),
    ("", False): N_("runs a day"),
    ("", True): N_("runs a day per person"),
}


def unit(voice: Voice, curve: ScopeCeiling) -> str:
    what = "order" if curve.unit == "order" else ""
    words = _UNITS[what, curve.per_person]
    return voice.gettext(words)


def title(voice: Voice, curve: ScopeCeiling) -> str:
    """What the days of a scope say about load and failures, in a sentence."""
    if curve.early:
        return voice.gettext("Too early to say at what load errors begin to climb.")
    words = {
        "unit": unit(voice, curve),
        "busiest": amount(voice, round(curve.busiest, 1 if curve.per_person else None)),
    }
    if curve.ceiling is None:
        return voice.gettext(
            N_(
                "No load can be shown at which errors begin to climb; nothing is known above your "
                "busiest day (%(busiest)s %(unit)s)."
            ),
            **words,
        )
    return voice.gettext(
        N_(
            "Errors begin to climb near %(load)s %(unit)s; nothing is known above your busiest day "
            "(%(busiest)s)."
        ),
        load=near(voice, curve.ceiling),
        **words,
    )


def hastily(voice: Voice, hasty: Hasty) -> str:
    """How many runs of an SOP were ticked faster than the work takes, on which days and where."""
    first, last = (day(voice, voice.local(at).date()) for at in (hasty.first, hasty.last))
    return voice.ngettext(
        "%(runs)s run of %(title)s was ticked faster than the work takes, %(days)s%(place)s.",
        "%(runs)s runs of %(title)s were ticked faster than the work takes, %(days)s%(place)s.",
        hasty.runs,
        runs=amount(voice, hasty.runs),
        title=isolated(hasty.sop.title),
        days=voice.gettext("on %(day)s", day=first)
        if first == last
        else voice.gettext("from %(first)s to %(last)s", first=first, last=last),
        place=voice.gettext(", in %(place)s", place=hasty.place) if hasty.place else "",
    )


_WHY = {
    "burst": N_(
        "%(below)s of %(of)s steps were ticked sooner after the one before than the work usually takes."
    ),
    "shift-end": N_("%(late)s of the %(of)s runs of one shift were ticked in its last tenth."),
    "same-answers": N_("Exactly the same was measured in %(runs)s runs in a row."),
    "digits": N_(
        "The last digits of %(values)s values at “%(at)s” are less even than measuring makes them; "
        "those of others are even."
    ),
    "limit": N_(
        "Of %(values)s values at “%(at)s”, %(inside)s lie just inside the limit of %(limit)s and "
        "%(beside)s a little further in; with others it is not so."
    ),
}


def why(voice: Voice, mark: SpotCheck) -> str:
    """Why a run is worth a look, with its figures."""
    return voice.gettext(
        _WHY[mark.signal], **{name: amount(voice, value) for name, value in mark.data.items()}
    )
