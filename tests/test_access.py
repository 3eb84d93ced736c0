"""Every route has a declared answer for everybody; a route or a row that is missing fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import AppWith
from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tests.support.routes import BY_PROGRAMS, LEVELS, NOBODY, ROUTES
from tracker.app import create_app
from tracker.config import load
from tracker.domain import access
from tracker.domain.runs import lifecycle, loading
from tracker.models import DocumentProblem, Event, Person
from tracker.web.actions import action_of

Visit = Callable[[Person | None], Visitor]

UNKNOWN = "0198c0de-0000-7000-8000-00000000000f"


def routes(app: Flask) -> set[str]:
    methods = ("GET", "POST", "PUT", "PATCH", "DELETE")
    return {f"{m} {rule.rule}" for rule in app.url_map.iter_rules() for m in methods if m in rule.methods}


def test_every_route_has_a_row_and_every_row_a_route(app: Flask) -> None:
    assert routes(app) == set(ROUTES)


def test_every_view_declares_its_action(app: Flask) -> None:
    bare = [name for name, view in app.view_functions.items() if action_of(view) is None]
    assert bare == ["static"]


def test_a_route_without_a_declaration_answers_nobody(workspace: Path, cast: Cast) -> None:
    app = create_app(load(workspace, {}))
    app.add_url_rule("/undeclared", "undeclared", lambda: "secret")
    answer = Visitor(app, cast.admin).get("/undeclared")
    assert answer.status_code == 500 and "secret" not in answer.text


@pytest.fixture
def run_id(session: Session, cast: Cast) -> int:
    """A run of the member of the team."""
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="1042", assignee=cast.staff)
    session.commit()
    return run.id


@pytest.mark.parametrize("level", LEVELS)
def test_every_route_answers_every_level_as_declared(
    session: Session, cast: Cast, visit: Visit, run_id: int, level: str
) -> None:
    person = None if level == NOBODY else getattr(cast, level)
    values = {"<int:run_id>": run_id, "<int:evidence_id>": 1, "<int:person_id>": cast.staff.id,
              "<int:device_id>": 1, "<late_id>": UNKNOWN, "<int:place>": 0,
              "<int:location_id>": 1, "<int:team_id>": 1, "<int:batch_id>": 1, "<int:session_id>": 99,
              "<sop_id>": "pack", "<path:path>": "x.html", "<path:filename>": "holdfast.css",
              "<name>": "x.png", "<int:key_id>": 1, "<token>": "x", "<key:key>": "weigh",
              "<int:view_id>": 1}  # fmt: skip
    for route, lowest in ROUTES.items():
        method, path = route.split(" ")
        for name, value in values.items():
            path = path.replace(name, str(value))
        visitor = visit(person)
        answer = visitor.get(path) if method == "GET" else visitor.post(path)
        allowed = LEVELS.index(level) >= LEVELS.index(lowest)
        if allowed:
            assert answer.status_code not in (401, 403) or path in (
                "/login", "/setup", "/awake", "/link/x", "/login/passkey",
            ), route  # fmt: skip
            assert answer.status_code < 500 or path == "/docs/" or path.startswith("/docs/x"), route
        elif level == NOBODY and route in BY_PROGRAMS:
            assert answer.status_code == 401 and answer.json["holdfast"], route
        elif level == NOBODY:
            assert answer.status_code == (302 if method == "GET" else 303), route
            assert "/login" in answer.location, route
            # pages and workers go on asking after the end: that takes no token away from the sign-in page
            assert method == "POST" or "Set-Cookie" not in answer.headers, route
        else:
            assert answer.status_code == 403, route


@pytest.mark.parametrize("who", ["outsider", "other_lead", "area_owner"])  # whose area is not the run's
def test_strangers_reach_nothing_of_somebodys_run(
    session: Session, cast: Cast, visit: Visit, run_id: int, who: str
) -> None:
    visitor = visit(getattr(cast, who))
    for route in ROUTES:
        if "<int:run_id>" not in route:
            continue
        method, path = route.split(" ")
        path = path.replace("<int:run_id>", str(run_id)).replace("<int:evidence_id>", "1")
        path = path.replace("<late_id>", UNKNOWN).replace("<int:place>", "0")
        form = {"id": "0198c0de-0000-7000-8000-000000000001", "step": "scan", "kind": "done", "value": "T",
                "reason": "x", "verdict": "accept", "record": UNKNOWN}  # fmt: skip
        answer = visitor.get(path) if method == "GET" else visitor.post(path, form)
        assert answer.status_code == 403 and "1042" not in answer.text, route
        session.rollback()
        run = loading.load(session, by(cast.admin), run_id, "run.see")
        assert (run.state, run.assignee_id, run.records) == ("open", cast.staff.id, []), route


def test_an_owner_reaches_nothing_of_an_sop_that_they_do_not_answer_for(cast: Cast, visit: Visit) -> None:
    iris = visit(cast.area_owner)
    for route in ROUTES:
        method, path = route.split(" ")
        if not path.startswith("/sops/<sop_id>") or route == "POST /sops/<sop_id>/open-runs":
            continue
        for sop, step, status in (("pack", "weigh", 403), ("count", "pieces", 0)):
            address = path.replace("<sop_id>", sop).replace("<key:key>", step)
            answer = iris.get(address) if method == "GET" else iris.post(address)
            assert answer.status_code == status or (not status and answer.status_code != 403), address


def test_an_owner_moves_no_runs_of_others(session: Session, cast: Cast, visit: Visit, run_id: int) -> None:
    visit(cast.area_owner).post("/sops/pack/open-runs", {"revision": "1"})
    session.rollback()
    assert "run.moved" not in session.scalars(select(Event.kind)).all()


def test_lists_and_downloads_hold_only_what_an_owner_answers_for(
    session: Session, cast: Cast, visit: Visit, run_id: int
) -> None:
    theirs = lifecycle.start(session, by(cast.staff), NOW, "count", subject="1042", assignee=cast.staff)
    session.add_all(
        DocumentProblem(path=path, line=1, rule="x", message=f"mend {path}", hint="", error=True)
        for path in ("inventory/count.md", "inventory/new.md", "fulfillment/pack.md", "fulfillment/new.md")
    )
    session.commit()
    iris, olga = visit(cast.area_owner), visit(cast.owner)
    for address in ("/board", "/board.csv", "/overview", "/overview.csv", "/library", "/search?q=1042"):
        mine, everything = iris.get(address).text, olga.get(address).text
        main = mine.partition('id="board-load"')[2] if address == "/board" else mine  # past the filters
        assert "Count a shelf" in mine or "count" in mine, address
        assert "Pack an order" not in main or address.startswith("/search"), address
        assert "Pack an order" in everything or "pack" in everything, address
    assert f"/runs/{theirs.id}" in iris.get("/search?q=1042").text
    assert f"/runs/{run_id}" not in iris.get("/search?q=1042").text
    library = iris.get("/library").text
    assert "mend inventory/count.md" in library and "mend inventory/new.md" in library
    assert "mend fulfillment" not in library and "mend fulfillment/new.md" in olga.get("/library").text


def test_a_colleague_does_not_reach_it_either(
    session: Session, cast: Cast, visit: Visit, run_id: int
) -> None:
    cast.outsider.location_id = cast.staff.location_id
    session.commit()
    answer = visit(cast.outsider).get(f"/runs/{run_id}")
    assert answer.status_code == 403 and "Sam" in answer.text


def test_a_lead_does_not_assign_to_another_location(session: Session, cast: Cast, visit: Visit) -> None:
    form = {"sop": "opening", "whom": f"person:{cast.outsider.id}"}
    assert visit(cast.lead).post("/assign", form).status_code == 403
    assert visit(cast.other_lead).post("/assign", form).status_code == 303


def test_search_and_board_show_only_what_one_may_see(cast: Cast, visit: Visit, run_id: int) -> None:
    address = f"/runs/{run_id}"
    assert address in visit(cast.staff).get("/search?q=1042").text
    assert address in visit(cast.lead).get("/board").text
    assert address not in visit(cast.outsider).get("/search?q=1042").text
    assert address not in visit(cast.other_lead).get("/search?q=1042").text
    assert address not in visit(cast.other_lead).get("/board").text


def test_a_public_site_is_read_by_everybody_and_nothing_else_is(
    app: Flask, cast: Cast, app_with: AppWith
) -> None:
    place = app.config["HOLDFAST"].workspace
    (place / "site").mkdir()
    (place / "site/index.html").write_text("<p>the site</p>")
    public = app_with({"HOLDFAST_PUBLIC_SITE": "yes"})
    for made, status in ((app, 302), (public, 200)):
        assert Visitor(made, None).get("/docs/").status_code == status
    assert Visitor(public, None).get("/search").status_code == 302


def test_an_unknown_action_is_a_programming_error(cast: Cast) -> None:
    with pytest.raises(KeyError):
        access.may(by(cast.admin), "run.expolde")


def test_nobody_disabled_may_anything(cast: Cast) -> None:
    cast.admin.disabled_at = NOW
    assert not any(access.may(by(cast.admin), action) for action in access.RULES if action != "open")
