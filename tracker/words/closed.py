"""Which closed runs a list holds, in words: "Skipped step 2c · Mondays · Berlin · 1 Aug – 29 Oct"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from babel import Locale

from tracker.domain.facts.closed import Which
from tracker.words import periods
from tracker.words.outcomes import outcome_name
from tracker.words.subjects import isolated
from tracker.words.voice import Voice


@dataclass(frozen=True, slots=True)
class Names:
    """What people call the step, the SOP, the place, the person and the revisions that are asked for."""

    step: str = ""
    sop: str = ""
    place: str = ""
    who: str = ""
    revisions: Sequence[str] = ()


def title(voice: Voice, which: Which, names: Names) -> str:
    """What is in a list of closed runs, without how many they are."""
    return " · ".join(_parts(voice, which, names))


def _parts(voice: Voice, which: Which, names: Names) -> Iterator[str]:
    yield _of_step(voice, which.what, names.step) if which.step else _of_all(voice, which)
    if names.sop and not which.step:
        yield isolated(names.sop)
    if which.area is not None:
        yield isolated(which.area) if which.area else voice.gettext("no area")
    if which.reason is not None:
        yield f"“{isolated(which.reason)}”" if which.reason else voice.gettext("no reason given")
    if which.had and (which.is_of_steps or which.late):
        yield voice.gettext("a step of the run %(outcome)s", outcome=outcome_name(voice, which.had))
    if which.late and which.is_of_steps:
        yield voice.gettext("closed late")
    if names.revisions:
        yield _under(voice, names.revisions)
    if which.place is not None:
        yield names.place or voice.gettext("no location")
    if which.who is not None:
        yield voice.gettext("completed by %(name)s", name=names.who)
    yield from _when(voice, which)


def _when(voice: Voice, which: Which) -> Iterator[str]:
    if which.weekday is not None:
        names = Locale.parse(voice.language).days["format"]["wide"]
        yield voice.gettext("every %(day)s", day=names[which.weekday])
    if which.on:
        yield voice.ngettext("%(num)d day", "%(num)d days", len(which.on))
    if which.hour is not None:
        yield voice.gettext("from %(hour)s:00 to %(hour)s:59", hour=f"{which.hour:02d}")
    yield periods.days(voice, which.days)


def _of_step(voice: Voice, what: str, step: str) -> str:
    """One step of every run, by what came of it."""
    return {
        "done": voice.gettext("Step %(step)s done", step=step),
        "skipped": voice.gettext("Skipped step %(step)s", step=step),
        "failed": voice.gettext("Failed step %(step)s", step=step),
        "omitted": voice.gettext("Omitted step %(step)s", step=step),
        "na": voice.gettext("Step %(step)s not applicable", step=step),
        "lost": voice.gettext("Step %(step)s skipped, failed or omitted", step=step),
    }.get(what, voice.gettext("Step %(step)s", step=step))


def _of_all(voice: Voice, which: Which) -> str:
    """Every step of every run, by what came of it; or the runs."""
    if which.what:
        return {
            "done": voice.gettext("Steps done"),
            "skipped": voice.gettext("Skipped steps"),
            "failed": voice.gettext("Failed steps"),
            "omitted": voice.gettext("Omitted steps"),
            "na": voice.gettext("Steps not applicable"),
            "lost": voice.gettext("Steps skipped, failed or omitted"),
        }.get(which.what, voice.gettext("Steps"))
    if which.late:
        return voice.gettext("Runs closed late")
    if which.had == "failed":
        return voice.gettext("Runs with a failed step")
    if which.had == "skipped":
        return voice.gettext("Runs with a skipped step")
    if which.had == "omitted":
        return voice.gettext("Runs with an omitted step")
    return voice.gettext("Closed runs")


def _under(voice: Voice, labels: Sequence[str]) -> str:
    if len(labels) == 1:
        return voice.gettext("revision %(label)s", label=labels[0])
    return voice.gettext("revisions %(first)s to %(last)s", first=labels[0], last=labels[-1])
