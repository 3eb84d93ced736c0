"""The search: what one may see, the very subject first, words in bold, each hit with its act."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor, add_cast, cast_of
from tracker.app import create_app
from tracker.authoring.sync import publish
from tracker.config import load
from tracker.db import db, writing
from tracker.domain.runs import lifecycle, subjects
from tracker.domain.work import search
from tracker.models import Person, Run, Sop
from tracker.workspace import init

Visit = Callable[[Person | None], Visitor]


@pytest.fixture
def orders(session: Session, cast: Cast) -> list[Run]:
    """Runs of the member of the team about 104, 1042, 10421, x1042, ORD-7 and 50%_\\."""
    found = [
        lifecycle.start(session, by(cast.staff), NOW, "pack", subject=subject, assignee=cast.staff)
        for subject in ("104", "1042", "10421", "x1042", "ORD-7", "50%_\\")
    ]
    session.commit()
    return found


def named(session: Session, person: Person, query: str) -> list[str]:
    return [run.subject_ref for run in search.runs(session, query, by(person))]


def test_the_very_subject_comes_first_then_what_begins_so(
    session: Session, cast: Cast, orders: list[Run]
) -> None:
    orders[1].started_at = NOW.replace(year=2020)
    session.commit()
    assert named(session, cast.staff, "1042") == ["1042", "10421"]
    assert named(session, cast.staff, "order 1042")[:1] == ["1042"]
    assert named(session, cast.staff, "ord-") == ["ORD-7"]
    assert sorted(named(session, cast.staff, "042")) == ["1042", "10421", "x1042"]  # nothing begins so
    assert named(session, cast.staff, "nothing") == []


@pytest.mark.parametrize("query", ["50%", "50%_\\", "%_", "_\\"])
def test_signs_of_patterns_are_signs(session: Session, cast: Cast, orders: list[Run], query: str) -> None:
    assert named(session, cast.staff, query) == ["50%_\\"]


@pytest.mark.parametrize("query", ["gid://shop/5", "gid://sh", "shop/5", "GID://SHOP/5"])
def test_other_names_are_found_too(session: Session, cast: Cast, orders: list[Run], query: str) -> None:
    subjects.add_alias(session, by(cast.staff), NOW, orders[4], "gid://shop/5")
    session.commit()
    assert named(session, cast.staff, query) == ["ORD-7"]


def test_other_names_of_old_runs_are_found_by_their_ends(
    session: Session, cast: Cast, orders: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "LATEST", 0)
    monkeypatch.setattr(search, "RECENT", 0)
    subjects.add_alias(session, by(cast.staff), NOW, orders[4], "gid://shop/Größe-5718")
    session.commit()
    for query in ("718", "größe-5718", "GRÖSSE-5718", "gid://shop/Größe-5718"):
        assert named(session, cast.staff, query) == ["ORD-7"]


@pytest.mark.parametrize("query", ["Ord-", "what is nowhere"])
def test_no_question_reads_through_all_runs_or_names(
    session: Session, cast: Cast, orders: list[Run], query: str
) -> None:
    asked: list[tuple[str, Any]] = []
    engine = session.get_bind()
    listen(
        engine, "before_cursor_execute", lambda c, cursor, query, values, *_: asked.append((query, values))
    )
    search.runs(session, query, by(cast.lead))
    subjects.known_as(session, orders)
    plans = [
        line[3]
        for query, values in list(asked)
        for line in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)
    ]
    assert len(plans) > 6
    assert [line for line in plans if re.match(r"SCAN (runs|subject_aliases)", line)] == []


def test_each_hit_has_its_act_and_the_words_are_bold(cast: Cast, visit: Visit, orders: list[Run]) -> None:
    page = visit(cast.staff).get("/search?q=1042").text
    assert "Found for “1042”: 2 runs." in page
    assert "order <b>1042</b></strong> <bdi>Pack an order</bdi>" in page
    page = visit(cast.staff).get("/search?q=PARCEL weigh").text
    assert (
        "1 step" in page
        and "<b>Weigh</b> the <b>parcel</b>" in page
        and "/docs/fulfillment/pack/#sop:weigh" in page
    )
    page = visit(cast.staff).get("/search?q=pack").text
    assert "<b>Pack</b> an order" in page and 'href="/start/pack"' in page
    page = visit(cast.outsider).get("/search?q=pack").text
    assert 'href="/start/pack"' not in page and "for picker" in page


def test_a_document_is_found_by_its_text_and_words_of_any_length(cast: Cast, visit: Visit) -> None:
    sam = visit(cast.staff)
    for word in ("flyer", "box", "S", "M"):
        assert "Pack an order" in re.sub("</?b>", "", sam.get(f"/search?q={word}").text)


def test_people_are_for_who_leads_them(cast: Cast, visit: Visit) -> None:
    found = {
        who: set(
            re.findall(r"/board\?who=(\d+)\"><strong>", visit(getattr(cast, who)).get("/search?q=s").text)
        )
        for who in ("staff", "lead", "other_lead", "owner", "admin")
    }
    sam, oskar = str(cast.staff.id), str(cast.outsider.id)
    assert found["staff"] == set()
    assert sam in found["lead"] and oskar not in found["lead"]
    assert oskar in found["other_lead"] and sam not in found["other_lead"]
    assert {sam, oskar} <= found["owner"] & found["admin"]
    assert sam in visit(cast.lead).get("/search?q=picker").text


@pytest.mark.parametrize(
    "query", ["<script>alert(1)</script>", "&lt;", "(", "[a-", "\\", "'", '"', "🙂", "x" * 500]
)
def test_whatever_is_looked_for_is_text(session: Session, cast: Cast, visit: Visit, query: str) -> None:
    lifecycle.start(session, by(cast.staff), NOW, "pack", subject=query[:150], assignee=cast.staff)
    session.get_one(Sop, "opening").title = f"{query} & co"
    session.commit()
    answer = visit(cast.staff).get("/search", query_string={"q": query})
    assert answer.status_code == 200 and "<script>alert" not in answer.text
    assert "&amp;amp;" not in answer.text and "&amp;lt;script" not in answer.text


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("the buyer", "purchase-order"), ("tear up the label", "exception-order"), ("refunds", "refund"),
        ("adress is wrong", "pick-pack-ship"), ("order pack ship pick", "pick-pack-ship"),
    ],
)  # fmt: skip
def test_the_starter_library_answers_plain_words(starter: Visitor, asked: str, first: str) -> None:
    page = starter.get("/search", query_string={"q": asked}).text
    assert re.findall(r'href="/start/([\w-]+)', page)[:1] == [first]


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """Whoever runs an installation that has the starter SOPs alone."""
    place = tmp_path_factory.mktemp("starter") / "workspace"
    init(place)
    app = create_app(load(place, {}))
    publish(app, app.config["HOLDFAST"])
    with app.app_context():
        with writing() as session:
            add_cast(session)
        yield Visitor(app, cast_of(db.session()).admin)
        db.session.remove()
