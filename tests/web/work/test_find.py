"""One field for whatever the label says: to the run about it, or to what there is and what can be started."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.forms import forms_in
from tests.support.installation import NOW, Cast, Visitor
from tracker.domain.runs import lifecycle, subjects
from tracker.models import Person, Run

Visit = Callable[[Person | None], Visitor]
Start = Callable[..., Run]


@pytest.fixture
def start(session: Session, cast: Cast) -> Start:
    def begin(sop: str, subject: str, person: Person | None = None, **more: object) -> Run:
        person = person or cast.staff
        run = lifecycle.start(session, by(person), NOW, sop, subject=subject, **({"assignee": person} | more))  # type: ignore[arg-type]
        session.commit()
        return run

    return begin


def find(visitor: Visitor, text: str) -> str:
    """Where the field leads: an address, or the page that it shows."""
    answer = visitor.get("/find", query_string={"q": text})
    return answer.location or answer.text


@pytest.mark.parametrize("text", ["1042", " 1042 ", "order 1042", "Order  1042", "tote 9"])
def test_the_one_open_run_about_it_is_opened(
    session: Session, cast: Cast, visit: Visit, start: Start, text: str
) -> None:
    run = start("pack", "1042")
    subjects.add_alias(session, by(cast.staff), NOW, run, "tote 9")
    session.commit()
    assert find(visit(cast.staff), text) == f"/runs/{run.id}"


def test_a_run_about_the_alias_from_before_is_found_by_the_number(
    session: Session, cast: Cast, visit: Visit, start: Start
) -> None:
    run = start("pack", "tote 9")
    subjects.add_aliases(session, by(cast.lead), NOW, "order", {"1042": ["tote 9"]})
    session.commit()
    assert find(visit(cast.staff), "1042") == f"/runs/{run.id}"


def test_several_are_shown_with_what_is_over_and_what_can_be_started(
    cast: Cast, visit: Visit, start: Start
) -> None:
    one, two = start("pack", "1042"), start("count", "1042")
    page = find(visit(cast.staff), "1042")
    assert "2 runs about “1042” are open." in page
    assert f"/runs/{one.id}" in page and f"/runs/{two.id}" in page


def test_nothing_known_offers_what_asks_for_a_subject_first(cast: Cast, visit: Visit) -> None:
    page = find(visit(cast.staff), "order 7 & co")
    assert "There is no run about “order 7 &amp; co” that you may see." in page
    assert page.index("/start/pack") < page.index("2 other SOPs to start") < page.index("/start/count")


def test_one_press_starts_the_only_sop_that_fits(session: Session, cast: Cast, visit: Visit) -> None:
    sam = visit(cast.staff)
    form = next(form for form in forms_in(find(sam, "order 7 & co")) if form.path == "/start/pack")
    assert form.fields["subject"] == ["7 & co"]
    started = sam.post("/start/pack", {name: values[0] for name, values in form.fields.items()})
    session.commit()
    run = session.get_one(Run, int(started.location.rpartition("/")[2]))
    assert (run.subject_ref, run.assignee_id) == ("7 & co", cast.staff.id)


def test_where_something_is_still_asked_its_page_asks(cast: Cast, visit: Visit) -> None:
    page = find(visit(cast.admin), "77")  # works in Berlin
    assert any(form.path == "/start/pack" for form in forms_in(page))
    page = find(visit(cast.owner), "77")  # works everywhere: at which place is this?
    assert "/start/pack?subject=77" in page and not any(form.path == "/start/pack" for form in forms_in(page))


def test_after_it_is_over_the_same_kind_comes_first(
    session: Session, cast: Cast, visit: Visit, start: Start
) -> None:
    run = start("pack", "1042")
    lifecycle.cancel(session, by(cast.lead), NOW, run, "wrong")
    session.commit()
    page = find(visit(cast.staff), "1042")
    assert "1 run about “1042” is over; none is open." in page and "/start/pack" in page


def test_another_persons_run_is_not_told_of_elsewhere_and_not_opened(
    cast: Cast, visit: Visit, start: Start
) -> None:
    run = start("pack", "1042")
    assert find(visit(cast.lead), "1042") == f"/runs/{run.id}"
    for stranger in (cast.outsider, cast.other_lead, cast.area_owner):
        page = find(visit(stranger), "1042")
        assert "There is no run about “1042” that you may see." in page and f"/runs/{run.id}" not in page
        assert "Sam" not in page


def test_a_run_that_can_only_be_read_is_shown_not_opened(
    session: Session, cast: Cast, visit: Visit, start: Start
) -> None:
    run = start("pack", "1042", cast.lead, assignee=cast.lead)
    page = find(visit(cast.staff), "1042")  # he works beside her: he hears whose it is, and nothing more
    assert "There is a run about “1042”; it is not yours." in page and "Lena has this run since" in page
    assert f"/runs/{run.id}" not in page
    lifecycle.cancel(session, by(cast.lead), NOW, run, "secret reason")
    session.commit()
    page = find(visit(cast.staff), "1042")
    assert "This run was cancelled by Lena" in page and "secret reason" not in page
    run = start("pack", "1042", cast.lead, assignee=cast.lead)
    assert find(visit(cast.admin), "1042") == f"/runs/{run.id}"


@pytest.mark.parametrize(("text", "target"), [
    ("http://localhost/start/pack", "/start/pack"), ("https://localhost:8443/start/pack/", "/start/pack"),
    ("http://localhost/start/a%20b", "/start/a%20b"), ("http://localhost/runs/7", "/runs/7"),
    ("http://localhost/runs/7?x=1#y", "/runs/7"),
    ("http://elsewhere/start/pack", "/start/pack"),
    ("https://old.example:8443/sops/start/count", "/start/count"),
])  # fmt: skip
def test_a_printed_address_of_ours_is_opened(cast: Cast, visit: Visit, text: str, target: str) -> None:
    assert find(visit(cast.staff), text) == target


@pytest.mark.parametrize("text", [
    "http://elsewhere/start/nothing", "http://elsewhere/runs/7", "http://elsewhere/start/pack/x",
    "//localhost/start/pack", "javascript://localhost/start/pack", "http://[x",
    "http://localhost/people/2", "http://localhost/runs/99999999999", "http://localhost/runs/-1", "/runs/7",
    "http://localhost/start/pack/x", "x" * 3000, "%", "_", "\\", "'; DROP TABLE runs; --", "🙂",
])  # fmt: skip
def test_every_other_text_is_a_text(cast: Cast, visit: Visit, text: str) -> None:
    assert "that you may see." in find(visit(cast.staff), text)


def test_nothing_typed_is_today(cast: Cast, visit: Visit) -> None:
    assert find(visit(cast.staff), "  ") == "/"


def test_a_label_of_a_run_is_understood_under_the_name_that_the_host_had(
    cast: Cast, visit: Visit, start: Start
) -> None:
    run = start("pack", "1042")
    assert find(visit(cast.staff), f"http://tracker.old.example/runs/{run.id}") == f"/runs/{run.id}"
