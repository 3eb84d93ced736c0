"""Requests that no page of ours makes get a clear refusal, never a broken page."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest

from tests.support.installation import PASSWORD, Cast, Visitor
from tracker.db import new_id
from tracker.models import Person

Visit = Callable[[Person | None], Visitor]

HUGE = "9" * 30


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/runs/{HUGE}", 404),
        (f"/runs/{HUGE}/history", 404),
        ("/board?who=²", 422),
        (f"/board?who={HUGE}", 422),
        ("/board?sop=%00", 422),
        ("/sops/pack?revision=²", 404),
        (f"/sops/pack?revision={HUGE}", 404),
        ("/search?q=%00", 422),
        ("/start/%00", 422),
        (f"/people/{HUGE}", 404),
    ],
)
def test_an_impossible_address_is_refused(visit: Visit, cast: Cast, path: str, status: int) -> None:
    assert visit(cast.admin).get(path).status_code == status


@pytest.mark.parametrize("name", ["x" * 300, "x" * 300 + "/", "%00", "..%2finstance%2fsecret.key"])
def test_an_impossible_file_of_the_site_is_no_page(visit: Visit, cast: Cast, name: str) -> None:
    place = visit(cast.staff).client.application.config["HOLDFAST"].site
    place.mkdir(exist_ok=True)
    (place / "index.html").touch()
    assert visit(cast.staff).get(f"/docs/{name}").status_code in (404, 422)


@pytest.mark.parametrize("field", ["device_seq", "device_at", "value", "note", "reason", "id"])
@pytest.mark.parametrize("content", ["a\0b", "²", HUGE])
def test_a_strange_field_breaks_neither_the_record_nor_the_history(
    visit: Visit, cast: Cast, field: str, content: str
) -> None:
    visitor = visit(cast.staff)
    run = visitor.post("/start/opening", {"ref": str(new_id())}).headers["Location"]
    form = {"id": str(new_id()), "step": "switch-on-the-light", "kind": "done"} | {field: content}
    assert visitor.post(f"{run}/records", form).status_code in (303, 422)
    assert visitor.get(f"{run}/history").status_code == 200


def test_a_nul_is_found_wherever_it_is_sent(visit: Visit, cast: Cast) -> None:
    lena = visit(cast.lead)
    named = {"sop": "pack", "whom": "all", "file": (BytesIO(b"subject\n1042\n"), "a\0b.csv")}
    assert lena.post("/assign/list", named).status_code == 422
    assert lena.post("/board/assignments", {"run": ["1", "a\0b"], "whom": "all"}).status_code == 422
    assert lena.get("/search?q=1042&q=%00").status_code == 422


@pytest.mark.parametrize(
    "at", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+00:00", "1969-01-01", "2099-01-01"]
)
def test_a_clock_at_the_end_of_the_calendar_does_not_break_the_history(
    visit: Visit, cast: Cast, at: str
) -> None:
    visitor = visit(cast.staff)
    run = visitor.post("/start/opening", {"ref": str(new_id())}).headers["Location"]
    form = {"id": str(new_id()), "step": "switch-on-the-light", "kind": "done", "device_at": at}
    expected = 422 if at[:4] in ("9999", "0001") else 303
    assert visitor.post(f"{run}/records", form).status_code == expected
    assert visitor.get(f"{run}/history").status_code == 200


@pytest.mark.parametrize("whom", ["person:²", f"person:{HUGE}", "person:0", "person:"])
def test_a_run_is_not_given_to_nobody_by_mistake(visit: Visit, cast: Cast, whom: str) -> None:
    visitor = visit(cast.lead)
    assert visitor.post("/assign", {"sop": "opening", "whom": whom}).status_code == 422


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\t/evil.example", "/\n/evil.example", "/\\evil.example", "https://evil.example"],
)
def test_signing_in_leads_to_no_other_host(visit: Visit, cast: Cast, target: str) -> None:
    answer = visit(None).post("/login", {"login": "sam", "password": PASSWORD}, query_string={"next": target})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"


def test_of_a_field_that_is_sent_twice_the_first_counts_and_an_address_is_no_form(
    visit: Visit, cast: Cast
) -> None:
    sam = visit(cast.staff)
    assert 'value="first"' in sam.get("/search?q=first&q=second").text
    answer = sam.post("/start/pack?subject=of+the+address", {"subject": ["7001", "7002"]})
    page = sam.get(answer.location).text
    assert "7001" in page and "7002" not in page and "of the address" not in page
