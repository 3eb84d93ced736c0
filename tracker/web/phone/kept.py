"""What belongs on a person's phone to go on without network: the most needed first, and bounded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from flask import Blueprint, Flask, Response, current_app, g, make_response, request, url_for
from sqlalchemy import select

from tracker.config import Settings
from tracker.db import db
from tracker.domain import access
from tracker.domain.library import catalogue
from tracker.domain.library.media import address
from tracker.domain.runs import changes_since, loading
from tracker.domain.runs.handover import offered_to
from tracker.domain.work import lists, signing_queue
from tracker.models import Run, Sop, Translation
from tracker.sop import translations
from tracker.web import interface
from tracker.web.actions import needs
from tracker.web.library import site_parts
from tracker.web.phone.worker import LATER, files
from tracker.web.reader import actor, language, now, person
from tracker.web.runs import parts

bp = Blueprint("kept", __name__)

MOST_RUNS = 40
"""Runs on a phone: offered ones and one's own, then those that are open to one."""

MOST_SOPS = 60
"""SOPs on a phone, each with the page that starts it and its page on the site."""

MOST_BYTES = 40_000_000
"""On a phone, of all pages and pictures."""

DAYS = 7
"""After which a page that the server has not confirmed is not shown any more."""

DAYS_SEEN = 1
"""For which a page stays that somebody has looked at, though it does not belong there."""


HAS = "Holdfast-Has"
"""The header in which a phone says which version of a run's page it has, or "" for none."""


class Item(NamedTuple):
    """Something to be kept: its address below the root, the version of what it shows, how much it is needed
    (page, run, start, sop, file), and its bytes where they are known."""

    address: str
    version: str
    need: str
    bytes: int | None = None


@bp.get("/kept")
@needs("phone.keep")
def kept() -> Any:
    """The list for who is signed in. It changes only with what they would see."""
    g.by_itself = True
    items = list(_each_once(_items()))
    told = {
        "holdfast": "kept",
        "person": person().id,
        "version": interface.version(),
        "bytes": MOST_BYTES,
        "days": DAYS,
        "days_seen": DAYS_SEEN,
        "items": [item._asdict() for item in items],
    }
    answer = make_response(told)
    answer.add_etag(weak=True)
    return answer.make_conditional(request)


def _items() -> Iterator[Item]:
    session = db.session()
    basis = _basis()
    runs = _runs()
    sops = catalogue.startable(session, actor())[:MOST_SOPS]
    shown = [(run, _of_run(basis, run)) for run in runs]
    yield Item("offline", basis, "page")
    yield Item("", _today(basis, shown, sops), "page")
    yield Item(_below("phone.page"), basis, "page")
    yield Item(parts.address().removeprefix(f"{request.script_root}/"), "1", "page")
    yield Item(_below("start.choose"), _digest(basis, *(sop.in_force_id for sop in sops)), "page")
    yield from (Item(_below("runs.run", run_id=run.id), version, "run") for run, version in shown)
    for run in runs:
        yield from _pictures(run.revision.meta.images.values(), "run")
    for sop in sops:
        version = _digest(basis, str(sop.in_force_id))
        yield Item(_below("start.start_page", sop_id=sop.id), version, "start")
        yield Item(_below("unsent.blank", sop_id=sop.id), version, "start")
        yield from _pictures(catalogue.meta(sop).images.values(), "start")
    yield from _site(sops)
    yield from (_interface_file(name) for name in files() if name.startswith(LATER[0]))


def _runs() -> Sequence[Run]:
    """Those that are offered to the reader, their own, and those open to them, each due first."""
    session = db.session()
    offered = offered_to(session, actor())
    own = lists.runs(session, Run.assignee_id == actor().id, most=MOST_RUNS)
    others = lists.runs(session, access.open_to(person()), most=MOST_RUNS)
    return list({run.id: run for run in (*offered, *own, *others)}.values())[:MOST_RUNS]


def _basis() -> str:
    """What every page depends on: the interface, and who reads in which language."""
    reader = person()
    roles = sorted(role.name for role in reader.roles)
    may = reader.access, actor().way, reader.location_id
    return _digest(interface.version(), language(), reader.name, *may, *roles)


def _of_run(basis: str, run: Run) -> str:
    """What the page of a run shows: all that happens to it is a record or an event."""
    mark = changes_since.mark(db.session(), run.id)
    return _digest(basis, mark, run.revision_id, run.sop.in_force_id, run.sop.retired_at)


def same() -> Any:
    """Answer for a run's page that a phone has kept: nothing, where it is still the same."""
    has = request.headers.get(HAS)
    if has is None or request.endpoint != "runs.run" or request.args:
        return None
    run = loading.find(db.session(), actor(), (request.view_args or {})["run_id"], "run.see")
    g.kept_version = _of_run(_basis(), run)
    return make_response("", 204) if g.kept_version == has else None


def tell(response: Response) -> Response:
    """Say which version a page has that a phone may keep."""
    if version := g.get("kept_version"):
        response.headers["Holdfast-Version"] = version
    return response


def register(app: Flask) -> None:
    """Watch for pages that a phone has kept already. Who may see them is asked first."""
    app.before_request(same)
    app.after_request(tell)


def _today(basis: str, runs: Iterable[tuple[Run, str]], sops: Iterable[Sop]) -> str:
    late = lists.open_runs(db.session(), now(), Run.assignee_id == actor().id).late
    waiting = signing_queue.first(db.session(), actor(), 5)[0]
    return _digest(
        basis, late, waiting, *(version for _, version in runs), *(sop.in_force_id for sop in sops)
    )


def _site(sops: Sequence[Sop]) -> Iterator[Item]:
    """The pages of SOPs on the site, in the reader's language where there is one, and all that they need."""
    settings: Settings = current_app.config["HOLDFAST"]
    query = select(Translation.revision_id).where(
        Translation.revision_id.in_([sop.in_force_id for sop in sops]), Translation.language == language()
    )
    translated = set(db.session.scalars(query))
    places = [""]
    for sop in sops:
        if sop.path is not None:
            others = translations.beside(sop.path, language())
            places.append(
                address(others if sop.in_force_id in translated else sop.path).removeprefix("/docs/")
            )
    names = list(site_parts.needed(settings.site, places))
    yield from (_place(name, interface.version()) for name in site_parts.IN_PLACE if names)
    parts = ((name, site_parts.part(settings.site, name)) for name in names)
    yield from (_place(name, part.digest, part.size) for name, part in parts if part)


def _place(name: str, version: str, size: int | None = None) -> Item:
    return Item(f"docs/{name.removesuffix('index.html')}", version, "sop", size)


def _pictures(names: Iterable[str], need: str) -> Iterator[Item]:
    """Frozen pictures, which never change."""
    media = current_app.config["HOLDFAST"].instance / "media"
    for name in names:
        file = media / name
        yield Item(
            _below("site.media", name=name), "1", need, file.stat().st_size if file.is_file() else None
        )


def _interface_file(name: str) -> Item:
    return Item(_below("static", filename=name), interface.version(), "file")


def _below(endpoint: str, **values: Any) -> str:
    """The address of a route, below the root of the application."""
    return url_for(endpoint, **values).removeprefix(f"{request.script_root}/")


def _digest(*parts: Any) -> str:
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:16]


def _each_once(items: Iterable[Item]) -> Iterator[Item]:
    seen = set[str]()
    for item in items:
        if item.address not in seen:
            seen.add(item.address)
            yield item
