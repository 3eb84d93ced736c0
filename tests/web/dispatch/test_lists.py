"""A lead sends a list, looks at what it would do, and lets it be opened."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.support.installation import Cast, Visitor
from tracker.models import Person, Run
from tracker.worker import loop
from tracker.worker.jobs import PROMPT

Visit = Callable[[Person | None], Visitor]


def sent(visitor: Visitor, text: str | bytes, **more: Any) -> str:
    """The address of the list's page."""
    form = {"sop": "pack", "whom": "role:picker", **more}
    if isinstance(text, bytes):
        form["file"] = (io.BytesIO(text), "orders.csv")
    else:
        form["list"] = text
    answer = visitor.post("/assign/list", form, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def work(app: Flask) -> None:
    """What a worker does beside the requests."""
    loop.look(app, PROMPT)


def test_two_hundred_orders_are_looked_at_and_opened(
    visit: Visit, cast: Cast, app: Flask, session: Session
) -> None:
    lena = visit(cast.lead)
    place = sent(lena, "\n".join(str(number) for number in range(1000, 1200)) + "\n1000\n")
    page = lena.get(place).text
    assert "200 runs of “Pack an order” will be opened; 1 line has an error." in page
    assert "line 1 already" in page and "open to picker" in page and "order 1009" in page
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Run)) == 0
    assert lena.post(f"{place}/opening").status_code == 303
    page = lena.get(place)
    assert "0 of 201 lines are done." in page.text and page.headers["Refresh"] == "2"
    lena.post(f"{place}/opening")  # a double tap
    work(app)
    page = lena.get(place)
    assert "200 runs of “Pack an order” were opened; 1 line had an error." in page.text
    assert "Refresh" not in page.headers
    left = list(csv.DictReader(io.StringIO(lena.get(f"{place}/unopened.csv").text.removeprefix("\ufeff"))))
    assert [(row["subject"], row["line"]) for row in left] == [("1000", "201")]
    assert "200 runs are open to you" in visit(cast.staff).get("/").text
    assert sent(lena, "\n".join(str(n) for n in range(1000, 1200)) + "\r\n1000") == place


def test_a_file_of_a_spreadsheet_with_its_own_columns(visit: Visit, cast: Cast, app: Flask) -> None:
    lena = visit(cast.lead)
    text = "Order;Assignee;Due;Gewicht\nÄ-1;sam;31.12.2099 14:30;3\nÄ-2;pia;;\n"
    place = sent(lena, text.encode("cp1252"))
    page = lena.get(place).text
    assert "1 run of “Pack an order” will be opened; 1 line has an error." in page
    assert "Not used: Gewicht." in page and "Ä-1" in page and "“pia”" in page and "orders.csv" in page
    assert lena.get(f"{place}/unopened.csv").text.count("Ä-2") == 1


def test_what_is_open_already_is_left_out_unless_asked_for(visit: Visit, cast: Cast, app: Flask) -> None:
    lena = visit(cast.lead)
    lena.post(f"{sent(lena, '1')}/opening")
    work(app)
    place = sent(lena, "1\n2")
    page = lena.get(place).text
    assert "1 has an open run already" in page and "Also open the 1" in page
    lena.post(f"{place}/opening", {"anyway": "1"})
    work(app)
    assert "2 runs of" in lena.get(place).text
    copy = lena.post(f"{place}/copy").location
    assert copy != place and "2 have an open run already" in lena.get(str(copy)).text


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"list": " \n"}, "The list is empty"),
        ({"list": "1", "sop": "nothing"}, "There is no SOP"),
        ({"list": "1", "whom": "person:99"}, "no such person"),
        ({"list": "1", "due": "2020-01-01T10:00"}, "passed already"),
        ({"list": "1", "location": "99"}, "no such location"),
        ({"list": "assignee;due\nsam;"}, "No column is called subject"),
        ({"file": (io.BytesIO(b"PK\x03\x04..."), "orders.xlsx")}, "workbook"),
        ({"list": "1", "file": (io.BytesIO(b"2"), "orders.csv")}, "not both"),
    ],
)
def test_what_can_t_be_taken_is_told_and_kept_in_the_form(
    visit: Visit, cast: Cast, form: dict[str, Any], why: str
) -> None:
    answer = visit(cast.lead).post(
        "/assign/list", {"sop": "pack", "whom": "all", **form}, content_type="multipart/form-data"
    )
    assert answer.status_code in (404, 422) and why in answer.text
    if "1" in form.get("list", ""):
        assert ">1</textarea>" in answer.text


def test_a_long_pasted_list_is_taken_and_too_long_a_one_is_told(visit: Visit, cast: Cast) -> None:
    lena = visit(cast.lead)
    place = sent(lena, "\n".join(f"order number {n:060}" for n in range(10_000)))
    assert "10000 runs" in lena.get(place).text.replace("\u202f", "").replace(",", "")
    answer = lena.post("/assign/list", {"sop": "pack", "list": "1\n" * 100_002})
    assert answer.status_code == 422 and "at most 100000" in answer.text


def test_a_list_is_its_leads(visit: Visit, cast: Cast) -> None:
    place = sent(visit(cast.lead), "1")
    for stranger in (cast.staff, cast.other_lead):
        assert visit(stranger).get(place).status_code == 403
        assert visit(stranger).post(f"{place}/opening").status_code == 403
    assert visit(cast.lead).get("/batches/99").status_code == 404


def test_a_due_time_of_a_list_is_told_by_the_clocks_of_where_it_is_done(
    visit: Visit, cast: Cast, session: Session
) -> None:
    session.get_one(Person, cast.admin.id).location_id = None
    session.commit()
    day = datetime.now(UTC) + timedelta(days=40)
    text = f"subject;location;due\nK-1;Berlin;{day:%Y-%m-%d} 14:30\n"
    for who, told in ((cast.admin, "14:30 (Berlin)"), (cast.lead, "14:30</span></time>")):
        assert told in visit(who).get(sent(visit(who), text)).text
