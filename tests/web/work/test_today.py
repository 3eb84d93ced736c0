"""Today: what one is in the middle of, what is one's own, what is open to one; late first."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.forms import forms_in
from tests.support.installation import NOW, Cast, Visitor
from tracker.db import new_id
from tracker.domain.records import recording
from tracker.domain.runs import assignment, lifecycle, loading
from tracker.models import Person, Run, Sop

Visit = Callable[[Person | None], Visitor]


def tick(
    session: Session, person: Person, run: Run, step: str, minute: int, kind: str = "done", **more: str
) -> None:
    at = NOW + timedelta(minutes=minute)
    if kind == "done":
        more = {"value": {"scan": "T", "weigh": "100"}.get(step, "")} | more
    found = loading.load(session, by(person), run.id, "run.see", lock=True)
    recording.record(session, by(person), at, found, record_id=new_id(), step_key=step, kind=kind, **more)
    session.commit()


def start(session: Session, person: Person, subject: str, **more: object) -> Run:
    run = lifecycle.start(session, by(person), NOW, "pack", subject=subject, **({"assignee": person} | more))  # type: ignore[arg-type]
    session.commit()
    return run


def going(page: str) -> str:
    """The card at the top: what to go on with, in words."""
    found = re.search(r'<article class="hf-card hf-run-card hf-going".*?</article>', page, re.DOTALL)
    return " ".join(re.sub("<[^>]+>", " ", found[0]).split()) if found else ""


def cards(page: str, whose: str) -> list[str]:
    """The cards of the lists, each in words."""
    begins = rf'<article class="hf-card hf-run-card" data-run="\d+" data-sop="\w+" data-whose="{whose}">'
    found = re.findall(rf"{begins}(.*?)</article>", page, re.DOTALL)
    return [" ".join(re.sub("<[^>]+>", " ", card).split()) for card in found]


def test_what_one_is_in_the_middle_of_comes_first(session: Session, cast: Cast, visit: Visit) -> None:
    sam = visit(cast.staff)
    assert going(sam.get("/").text) == ""
    first = start(session, cast.staff, "0")
    page = sam.get("/").text
    assert going(page).startswith("Begin with order 0") and "<h2>Yours</h2>" not in page  # none below
    lifecycle.cancel(session, by(cast.lead), NOW, first, "wrong")
    one, two, opened = (start(session, cast.staff, subject) for subject in ("1", "2", "3"))
    assert going(sam.get("/").text).startswith("Begin with order 1 0/5")  # nothing recorded yet
    tick(session, cast.staff, one, "scan", 2)
    tick(session, cast.staff, two, "scan", 3)
    tick(session, cast.staff, one, "weigh", 4)
    page = sam.get("/").text
    assert going(page).startswith("Continue order 1 2/5 done late, due") and "<h2>Yours</h2>" in page
    assert "Pack an order · next is step 3: Choose the box" in going(page)
    assert page.count("hf-going") == 1 and f"/runs/{one.id}#step-2" in page
    assert f'data-run="{one.id}"' in page and page.count(f'data-run="{one.id}"') == 1  # shown once
    lifecycle.cancel(session, by(cast.lead), NOW, one, "wrong")
    session.commit()
    page = sam.get("/").text
    assert going(page).startswith("Continue order 2") and f"/runs/{opened.id}" in page


def test_a_card_says_what_was_done_only_after_a_failure(session: Session, cast: Cast, visit: Visit) -> None:
    runs = [start(session, cast.staff, subject) for subject in ("1", "2")]
    for run in runs:
        tick(session, cast.staff, run, "scan", 1, kind="failed", reason="torn")
        tick(session, cast.staff, run, "scan", 2)
    page = visit(cast.staff).get("/").text
    for card in (going(page), *cards(page, "me")):
        assert "1/5 done" in card and card.endswith("1 of them after a failure")


def test_also_a_run_that_nobody_has_taken_but_not_one_that_was_handed_on(
    session: Session, cast: Cast, visit: Visit
) -> None:
    run = start(session, cast.lead, "1", assignee=None, role="picker")
    tick(session, cast.staff, run, "scan", 1)
    assert going(visit(cast.staff).get("/").text).startswith("Continue order 1")
    assignment.assign(session, by(cast.lead), NOW, run, assignee=cast.lead, role=None)
    session.commit()
    assert going(visit(cast.staff).get("/").text) == ""
    assert going(visit(cast.lead).get("/").text).startswith("Begin with")  # she has recorded nothing in it


def test_a_paused_run_is_not_gone_on_with(session: Session, cast: Cast, visit: Visit) -> None:
    run = start(session, cast.staff, "1")
    tick(session, cast.staff, run, "scan", 1)
    run.paused_at = NOW
    session.commit()
    page = visit(cast.staff).get("/").text
    assert going(page) == "" and "paused" in cards(page, "me")[0]


def test_when_every_step_is_done_it_says_so(session: Session, cast: Cast, visit: Visit) -> None:
    run = lifecycle.start(session, by(cast.staff), NOW, "opening", assignee=cast.staff)
    session.commit()
    for state in loading.states(run)[:-1]:
        tick(session, cast.staff, run, state.step.key, state.step.position)
    assert "next is step 3" in going(visit(cast.staff).get("/").text)


def test_late_comes_first_and_only_so_many_are_shown(session: Session, cast: Cast, visit: Visit) -> None:
    for number in range(55):
        start(session, cast.staff, f"n{number}").due_at = NOW - timedelta(minutes=number)
    session.commit()
    page = visit(cast.staff).get("/").text
    assert "55 runs are late; 55 runs are yours." in page and "These are the 12 due first." in page
    assert "order n54" in going(page) and cards(page, "me")[0].startswith("order n53 0/5 done late, due")
    assert not any("order n0 " in card for card in cards(page, "me"))
    assert any("order n0 " in card for card in cards(visit(cast.staff).get("/?all=1").text, "me"))


def test_a_run_that_is_open_to_one_has_its_act_on_the_card(
    session: Session, cast: Cast, visit: Visit
) -> None:
    run = start(session, cast.lead, "7", assignee=None, role="picker")
    sam = visit(cast.staff)
    assert (
        "order 7" in cards(sam.get("/").text, "open")[0] and "I do it" in cards(sam.get("/").text, "open")[0]
    )
    assert sam.post(f"/runs/{run.id}/claim").location == f"/runs/{run.id}#step-0"
    assert cards(sam.get("/").text, "open") == [] and "order 7" in going(sam.get("/").text)


def test_what_is_open_to_one_is_narrowed_by_text_sop_and_due(
    session: Session, cast: Cast, visit: Visit
) -> None:
    for number in range(11):
        start(session, cast.lead, f"70{number}", assignee=None, role="picker")
    late = start(session, cast.lead, "x-9", assignee=None, role="picker")
    late.due_at = NOW - timedelta(days=1)
    for run in session.scalars(select(Run).where(Run.id != late.id)):
        run.due_at = datetime.now(UTC) + timedelta(days=9)
    session.commit()
    sam = visit(cast.staff)
    page = sam.get("/").text
    assert len(cards(page, "open")) == 8 and "These are the 8 due first." in page
    assert cards(page, "open")[0].startswith("order x-9")
    for query, shown in (
        ("text=x-", ["x-9"]),
        ("text=X-9", ["x-9"]),
        ("due=late", ["x-9"]),
        ("sop=count", []),
    ):
        page = sam.get(f"/?{query}").text
        assert [card.split()[1] for card in cards(page, "open")] == shown, query
        assert f"{len(shown)} of 12" in page
    assert len(cards(sam.get("/?text=70&open=1").text, "open")) == 11
    assert sam.get("/?due=soon").status_code == 422 and sam.get(f"/?text={'x' * 201}").status_code == 422


def test_what_others_have_of_ones_team_or_role_shows_who_and_how_far(
    session: Session, cast: Cast, visit: Visit
) -> None:
    for subject, whom in (
        ("1", {"role": "picker"}),
        ("2", {"team": cast.lead.team}),
        ("3", {"role": "packer"}),
    ):
        run = start(session, cast.lead, subject, assignee=None, **whom)
        assignment.claim(session, by(cast.lead), NOW, run)
        session.commit()
    tick(session, cast.lead, run, "scan", 1)
    start(session, cast.lead, "4")  # she has begun it by herself
    shown = cards(visit(cast.staff).get("/").text, "other")
    assert [card.split()[1] for card in shown] == ["1", "2"] and all("Lena" in card for card in shown)
    assert "0/5" in shown[0] and "I do it" not in shown[0]
    assert cards(visit(cast.outsider).get("/").text, "other") == []


def test_what_was_finished_today_shows_when_and_what_went_wrong(
    session: Session, cast: Cast, visit: Visit
) -> None:
    now = datetime.now(UTC)
    run = lifecycle.start(session, by(cast.staff), now, "opening", assignee=cast.staff)
    session.commit()
    for state in loading.states(run)[:2]:
        recording.record(
            session, by(cast.staff), now, run, record_id=new_id(), step_key=state.step.key,
            kind="done" if state.step.position else "skipped", reason="no bulb",
        )  # fmt: skip
    lifecycle.close(session, by(cast.staff), now, run, omit=[state.step.key for state in loading.states(run)])
    session.commit()
    page = visit(cast.staff).get("/").text
    text = page[page.index("Finished today") :]
    assert f'data-run="{run.id}"' in text and "data-closed" in text
    assert "1 skipped" in text and "1 omitted" in text and "failed" not in text
    assert "Finished today" not in visit(cast.lead).get("/").text


def test_the_field_is_there_and_what_one_may_not_start_is_not(cast: Cast, visit: Visit) -> None:
    page = visit(cast.outsider).get("/").text
    assert '<form id="find"' in page and 'name="q"' in page
    assert "/start/opening" in page and "/start/pack" not in page


def test_a_person_without_a_role_is_told_what_is_missing(session: Session, cast: Cast, visit: Visit) -> None:
    for sop in session.scalars(select(Sop).where(Sop.id != "pack")):
        sop.retired_at = NOW
    session.commit()
    oskar = visit(cast.outsider)  # no picker, and all that there is is for pickers
    page = oskar.get("/").text
    assert "You have no role yet." in page and 'id="find-q"' in page and "data-next" not in page
    assert "There is nothing here that you may start." in oskar.get("/start").text
    assert "You may start 1 SOP." in visit(cast.staff).get("/start").text


def test_an_installation_without_sops_says_how_to_begin(session: Session, cast: Cast, visit: Visit) -> None:
    for sop in session.scalars(select(Sop)):
        sop.retired_at = NOW
    session.commit()
    page = visit(cast.admin).get("/").text
    assert "Nothing is waiting for you." in page and "There is no SOP to start yet." in page
    assert visit(cast.admin).get("/find?q=1").status_code == 200


def test_start_shows_first_what_was_used_last(session: Session, cast: Cast, visit: Visit) -> None:
    sam = visit(cast.staff)
    assert "Used last" not in sam.get("/start").text
    tick(session, cast.staff, start(session, cast.staff, "1"), "scan", 1)
    page = sam.get("/start").text
    assert page.index("Used last") < page.index("/start/pack") < page.index("/start/count")
    assert any(form.path == "/start/opening" for form in forms_in(page))  # asks for nothing: one press
    assert not any(form.path == "/start/pack" for form in forms_in(page))


def test_a_live_today_is_told_only_of_changes(session: Session, cast: Cast, visit: Visit) -> None:
    run = start(session, cast.lead, "7", assignee=None, role="picker")
    sam = visit(cast.staff)
    seen = sam.get("/").text.split('data-seen="')[1].split('"')[0]
    asked = {"HX-Request": "true", "If-None-Match": f'W/"{seen}"'}
    assert sam.get("/today/live", headers=asked).status_code == 304
    assignment.claim(session, by(cast.lead), NOW, run)
    session.commit()
    answer = sam.get("/today/live", headers=asked)
    assert answer.status_code == 200 and cards(answer.text, "open") == []
    assert "Lena" in cards(answer.text, "other")[0] and 'hx-swap-oob="true"' in answer.text
    assert 'id="find-q"' not in answer.text
