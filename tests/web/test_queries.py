"""What a page asks of the database does not grow with the rows that it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tracker.db import db, new_id
from tracker.domain.records import recording
from tracker.domain.runs import lifecycle, subjects
from tracker.models import Location, OwnerName, Person, Revision, Role, Run, Sop, Team

Visit = Callable[[Person | None], Visitor]

PAGES = (
    ("/board", "lead", 30),
    ("/board", "admin", 30),
    ("/board", "namesake", 30),
    ("/board/live", "lead", 14),
    ("/board/closed", "admin", 25),
    ("/", "staff", 25),
    ("/", "lead", 25),
    ("/runs/5", "staff", 15),
    ("/overview", "owner", 39),
    ("/find?q=1042", "admin", 16),
    ("/find?q=1042", "lead", 16),
    ("/find?q=1042", "namesake", 16),
    ("/search?q=1042", "namesake", 19),
    ("/search?q=1042", "admin", 19),
)
"""Each page, who opens it, and how many statements it may make at most."""


def fill(session: Session, cast: Cast, numbers: range) -> None:
    """Runs as different as they come: of many people, teams, roles and places, offered, held up, over;
    many of them about one thing that has many names.
    """
    for number in numbers:
        team, place = Team(name=f"Team {number}"), Location(name=f"Place {number}", zone="UTC")
        person = Person(
            login=f"p{number}", name=f"Person {number}", access="staff", location=cast.lead.location,
            team=team, roles=[Role(name=f"role {number}")], created_at=NOW,
        )  # fmt: skip
        session.add_all([place, person])
        session.flush()
        for sop, whose in (
            ("count", {"assignee": cast.admin}),
            ("pack", {"assignee": person}),
            ("pack", {"team": team, "location": cast.lead.location}),
            ("count", {"role": f"role {number}", "location": place}),
            ("pack", {"assignee": cast.staff}),
        ):
            subject = "1042" if number % 2 or sop == "count" else f"{number}"
            due = NOW + timedelta(hours=1 + number) if number % 3 else None
            whose |= {"due": due, "ref": str(new_id()), "anyway": True}
            run = lifecycle.start(session, by(cast.admin), NOW, sop, subject=subject, **whose)  # type: ignore[arg-type]
            if run.assignee is person:
                run.offered_to, run.offered_at = cast.staff, NOW
            if run.subject_ref:
                subjects.add_alias(session, by(cast.admin), NOW, run, f"box {number} of {len(whose)}")
            recording.record(
                session, by(cast.admin), NOW, run, record_id=new_id(),
                step_key="scan" if sop == "pack" else "lock", kind="skipped", reason="torn",
            )  # fmt: skip
            if number % 4 == 3 and "team" in whose:
                lifecycle.cancel(session, by(cast.admin), NOW, run, "not needed")
                run.closed_by, run.closed_at = person, datetime.now(UTC)
        behind(session, cast, number)
    session.commit()


def behind(session: Session, cast: Cast, number: int) -> None:
    """An SOP of which a run follows an older revision."""
    sop = Sop(id=f"old-{number}", title=f"Old {number}", area="", path=f"old-{number}.md")
    session.add(sop)
    session.flush()
    first, second = (
        Revision(sop_id=sop.id, number=n, label=str(n), title=sop.title, published_at=NOW) for n in (1, 2)
    )
    session.add_all([first, second])
    session.flush()
    sop.in_force_id = second.id
    where = {"location": cast.lead.location, "assignee": cast.admin}
    session.add(Run(sop_id=sop.id, revision_id=first.id, subject_ref="1042", started_at=NOW, **where))


def asked(app: Flask, visitor: Visitor, path: str) -> list[str]:
    """The statements that a page makes."""
    found: list[str] = []
    with app.app_context():
        engine = db.engine
    note = lambda *given: found.append(given[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert visitor.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return found


def test_pages_ask_as_much_about_many_rows_as_about_few(
    app: Flask, session: Session, cast: Cast, visit: Visit
) -> None:
    fill(session, cast, range(4))
    namesake = Person(login="nora", name="Nora", access="owner", created_at=NOW)
    session.add(namesake)
    session.flush()
    session.add(OwnerName(name="shelf-keeper", person_id=namesake.id))
    session.commit()
    visitors = {who: visit(getattr(cast, who, namesake)) for _, who, _ in PAGES}
    ask_all = lambda: {(path, who): asked(app, visitors[who], path) for path, who, _ in PAGES}  # noqa: E731
    ask_all()  # what is kept in memory is there from now on
    few = ask_all()
    fill(session, cast, range(4, 16))
    ask_all()  # the steps of the revisions that came with them, too
    for path, who, most in PAGES:
        many = asked(app, visitors[who], path)
        at_most = min(len(few[path, who]) + 1, most)  # where there are more than are shown, they are counted
        assert len(many) <= at_most, (path, who, Counter(many).most_common(3))
