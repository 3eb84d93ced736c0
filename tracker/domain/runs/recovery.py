"""A step fails, and its recovery says to run another SOP: that run is started from here, and linked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from tracker.domain.library import addresses, media
from tracker.domain.runs import loading
from tracker.errors import N_, InvalidError
from tracker.models import Run, Sop, Translation
from tracker.sop import translations

_LINK = re.compile(rf'href="({media.DOCS}[^"#]*)(?:#[^"]*)?"')


def startable(session: Session) -> dict[str, str]:
    """The SOPs that can be started, by the addresses that their pages have and had, in any language."""
    in_force = Sop.retired_at.is_(None)
    own = session.execute(select(Sop.path, Sop.id).where(in_force, Sop.path.is_not(None)))
    others = session.execute(
        select(Sop.path, Translation.path, Sop.id)
        .join(Sop, Sop.in_force_id == Translation.revision_id)
        .where(in_force, Sop.path.is_not(None))
    )
    beside = [(translations.beside(place or "", path), id) for place, path, id in others]
    return addresses.former(session) | {media.address(path): id for path, id in [*beside, *own]}


def leads_on(html: str) -> bool:
    """Whether a recovery's HTML links to a page of the site, which may be that of an SOP."""
    return _LINK.search(html) is not None


def recovery(ids: Mapping[str, str], run: Run, step_key: str, html: str) -> str:
    """A recovery's HTML in an open run: links to SOPs of `startable` start a run of them about the same
    subject."""
    given = urlencode({"subject": run.subject_ref, "from": run.id, "step": step_key}).replace("&", "&amp;")

    def link(match: re.Match[str]) -> str:
        id = ids.get(match[1])
        return match[0] if id is None else f'class="hf-starts" href="/start/{quote(id)}?{given}"'

    return _LINK.sub(link, html)


def origin(session: Session, run_id: int | None, step_key: str) -> tuple[Run, str] | None:
    """The run and step from which a link of `recovery` came; None if it came from no run.

    Raises InvalidError where they are not, or not any more.
    """
    if run_id is None:
        return None
    run = session.get(Run, run_id)
    if run is None or all(step.key != step_key for step in loading.steps(run)):
        raise InvalidError(N_("The run that this was started from is not there. Start it afresh."))
    return run, step_key


def started_from(session: Session, run: Run) -> Sequence[Run]:
    """The runs that the run's recoveries have started, first one first."""
    query = (
        select(Run).where(Run.from_run_id == run.id).options(joinedload(Run.sop), joinedload(Run.assignee))
    )
    return session.scalars(query.order_by(Run.id)).all()
