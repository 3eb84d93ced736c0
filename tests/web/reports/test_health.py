"""The pages of an SOP and of its steps: what is true now in words, every count one click from its runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.support.installation import Cast, Visitor
from tests.support.reading import words
from tracker.authoring.sync import publish
from tracker.db import db
from tracker.domain.facts import counts
from tracker.models import Location, Outcome, Person, Revision, Run, Sop, Step, Verdict, WeakPoint
from tracker.worker import counting

Visit = Callable[[Person | None], Visitor]
START = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)  # a Monday


def close(
    session: Session, outcomes: Sequence[str], *, sop: str = "pack", key: str = "weigh", day: int = 0,
    reason: str = "", revision: int | None = None, location: int | None = None, hour: int = 10,
) -> None:  # fmt: skip
    """Closed runs on a day in which a step came to these outcomes."""
    revision = revision or session.get_one(Sop, sop).in_force_id
    at = START.replace(hour=hour) + timedelta(days=day)
    for n, outcome in enumerate(outcomes):
        when = at + timedelta(minutes=n)
        run = Run(
            sop_id=sop, revision_id=revision, state="done", subject_kind="order", subject_ref=f"{day}-{n}",
            started_at=when, closed_at=when, location_id=location,
        )  # fmt: skip
        session.add(run)
        session.flush()
        session.add(
            Outcome(
                run_id=run.id, step_key=key, sop_id=sop, revision_id=revision, outcome=outcome,
                reason=reason if outcome in ("skipped", "failed") else "", closed_at=when,
            )
        )  # fmt: skip
    session.commit()


def judge(session: Session, **more: object) -> None:
    """What the worker keeps about weigh: 14 of 180 failed."""
    row = {
        "sop_id": "pack", "step_key": "weigh", "kind": "failed", "n": 180, "count": 14, "low": 0.047,
        "high": 0.126, "posterior": 0.075, "probability": 0.97, "tolerance": 0.05, "critical": False,
        "flagged": True, "band": "fix-first", "per_month": 60.0, "cost": 4.5, "priority": 4.5,
        "since": date(2026, 1, 5), "since_revision_id": session.get_one(Sop, "pack").in_force_id,
    }  # fmt: skip
    session.add(WeakPoint(**(row | more)))
    session.commit()


def records(page: str) -> list[str]:
    """The runs that a list shows, as text."""
    return [words(row) for row in re.findall(r"<tr><td.*?</tr>", page, re.S)]


def test_it_says_first_what_is_to_be_fixed(visit: Visit, cast: Cast, session: Session) -> None:
    close(session, ["failed"] * 2 + ["done"] * 10)
    olga = visit(cast.owner)
    assert "Which steps are weak is being worked out" in olga.get("/sops/pack?period=all").text
    judge(session)
    page = olga.get("/sops/pack?period=all").text
    assert "1 step is to be fixed first: Weigh the parcel ." in words(page)
    assert "14 of 180 failed (plausibly 4.7% to 13%), since revision 1 ." in words(page).replace("1.", "1 .")
    assert "fix first" in words(page)
    assert "about 4 a month; 5.0% are accepted" in words(page)


@pytest.mark.parametrize(
    ("band", "said"),
    [
        ("watch", "1 step is to be watched: Weigh the parcel"),
        ("fine", "No run was closed in the last 90 days, by which steps are judged."),
    ],
)
def test_it_says_too_when_nothing_is(
    visit: Visit, cast: Cast, session: Session, band: str, said: str
) -> None:
    close(session, ["done"] * 12)
    judge(session, band=band, flagged=False)
    assert said in words(visit(cast.owner).get("/sops/pack?period=all").text)


def test_what_is_above_what_is_accepted_is_not_only_to_be_watched(
    visit: Visit, cast: Cast, session: Session
) -> None:
    close(session, ["failed"] * 3 + ["done"] * 17)
    judge(session, band="watch")
    olga = visit(cast.owner)
    assert "1 step is above what is accepted: Weigh the parcel ." in words(
        olga.get("/sops/pack?period=all").text
    )
    step = words(olga.get("/sops/pack/steps/weigh?period=all").text)
    assert "More is lost here than is accepted" in step and "is to be watched" not in step


def test_thin_data_says_how_many_runs_are_missing(visit: Visit, cast: Cast, session: Session) -> None:
    close(session, ["failed"] * 2 + ["done"] * 4)
    judge(session, band="too-early", flagged=False, n=6, count=2)
    olga = visit(cast.owner)
    for path in ("/sops/pack?period=all", "/sops/pack/steps/weigh?period=all"):
        page = words(olga.get(path).text)
        assert "too early: about 4 more runs" in page and "%" not in page, path
    assert "Too early for a chart" in words(olga.get("/sops/pack?period=all").text)


def test_nothing_is_closed_yet(visit: Visit, cast: Cast) -> None:
    olga = visit(cast.owner)
    assert "No run of this SOP is closed yet." in words(olga.get("/sops/pack?period=all").text)
    assert "No run with this step is closed yet." in words(olga.get("/sops/pack/steps/weigh?period=all").text)


def test_each_count_leads_to_its_runs(visit: Visit, cast: Cast, session: Session) -> None:
    close(session, ["failed"] * 3 + ["skipped"] * 2 + ["omitted"] + ["done"] * 6)
    judge(session)
    olga = visit(cast.owner)
    page = olga.get("/sops/pack?period=all").text
    for kind, count in (("failed", 3), ("skipped", 2), ("omitted", 1)):
        link = re.search(rf'href="(/closed-runs[^"]*step=weigh&amp;what={kind}[^"]*)">{count}</a>', page)
        assert link and len(records(olga.get(unescape(link[1])).text)) == count
    claim = re.search(r'href="([^"]+)">14</a> of', page)
    assert claim and len(records(olga.get(unescape(claim[1])).text)) == 3
    assert re.search(r'href="/runs/\d+"', olga.get(unescape(claim[1])).text)


def test_the_runs_of_a_step_are_found_by_kind_reason_place_revision_and_day(
    visit: Visit, cast: Cast, session: Session
) -> None:
    berlin = session.query(Location).first()
    assert berlin
    long = "It rained, " * 60
    close(session, ["failed", "done"], reason="Damaged  by\nrain", location=berlin.id)
    close(session, ["failed"], reason=long, day=1)
    close(session, ["skipped"], day=2)
    olga = visit(cast.owner)

    def found(query: str, what: str = "lost") -> list[str]:
        address = f"/closed-runs?sop=pack&step=weigh&period=all&what={what}&{query}"
        return records(olga.get(address).text)

    assert [row.split()[1] for row in found("")] == ["2-0", "1-0", "0-0"]  # latest first
    assert len(found("", "failed")) == 2 and len(found("", "any")) == 4
    assert ["Damaged" in row for row in found("reason=Damaged+by+rain")] == [True]  # as the facts count it
    (cut,) = (r for r in counts.apart(session, "failed", "pack", "weigh") if r.startswith("It rained"))
    assert ["1-0" in row for row in found(f"reason={quote(cut)}")] == [True]
    assert ["2-0" in row for row in found("without=reason")] == [True]
    assert ["Damaged" in row for row in found(f"place={berlin.id}")] == [True]
    assert len(found("place=0")) == 2
    assert len(found("since=2026-01-06")) == 2 and len(found("since=2026-01-06&until=2026-01-06")) == 1
    assert len(found("weekday=0")) == 1 and len(found("hour=11")) == 1  # 10:00 UTC is 11:00 in Berlin
    revision = session.get_one(Sop, "pack").in_force_id
    assert len(found(f"revisions={revision}", "skipped")) == 1
    nothing = olga.get("/closed-runs?sop=pack&since=2030-01-01").text
    assert "Choose other days, or fewer filters." in nothing


def test_a_list_says_which_runs_it_holds_and_how_many(visit: Visit, cast: Cast, session: Session) -> None:
    close(session, ["skipped"] * 3 + ["done"])
    close(session, ["skipped"], day=1)
    olga = visit(cast.owner)

    def heading(query: str) -> str:
        (title,) = re.findall(r"<h1.*?</h1>", olga.get(f"/closed-runs?sop=pack&{query}").text, re.S)
        return words(title)

    days = "since=2026-01-01&until=2026-01-31"
    said = heading(f"step=weigh&what=skipped&weekday=0&{days}")
    assert re.fullmatch(r"Skipped step 2 · every Monday · 1 Jan( 2026)? – 31 Jan( 2026)?: 3 runs", said)
    assert heading("period=all") == "Closed runs · Pack an order · all time: 5 runs"
    assert heading("period=all&what=skipped") == "Skipped steps · Pack an order · all time: 4 times in 4 runs"
    assert heading("period=7d").endswith(": 0 runs")


def test_a_long_list_goes_on_where_it_ended(visit: Visit, cast: Cast, session: Session) -> None:
    close(session, ["failed"] * 30 + ["skipped"] * 30)
    olga = visit(cast.owner)
    path, seen = "/closed-runs?sop=pack&step=weigh&what=lost&period=all", []
    while path:
        page = olga.get(path).text
        seen += records(page)
        more = re.search(r'rel="next"\s+href="([^"]+)"', page)
        path = unescape(more[1]) if more else ""
    assert len(seen) == 60 == len(set(seen))
    assert [row.split()[1] for row in seen] == [f"0-{n}" for n in range(59, -1, -1)]


@pytest.mark.parametrize(
    "query",
    [
        "what=none", "since=soon", "since=0001-01-01", "until=9999-12-31", "revisions=999999",
        "revisions=1,x", "place=x", "place=999999", "weekday=7", "hour=24", "who=999999", "had=done",
        "late=no", "step=nonsense", "band=1", "band=all&of=all",
        "period=week", "first=2026-02-01&last=2026-01-01", "since=2026-02-01&until=2026-01-01", "page=0",
    ],
)  # fmt: skip
def test_an_address_that_makes_no_sense_is_refused(visit: Visit, cast: Cast, query: str) -> None:
    assert visit(cast.owner).get(f"/closed-runs?sop=pack&{query}").status_code in (404, 422)


@pytest.mark.parametrize(
    "path", ["/sops/pack", "/sops/pack/steps/weigh", "/overview", "/sops/pack/health.csv"]
)
def test_a_period_that_makes_no_sense_is_refused(visit: Visit, cast: Cast, path: str) -> None:
    for query in ("period=week", "first=soon", "first=2026-02-01&last=2026-01-01", "kind=none&period=1"):
        assert visit(cast.owner).get(f"{path}?{query}").status_code == 422, query


def test_a_step_to_draw_that_does_not_exist_is_refused(visit: Visit, cast: Cast, session: Session) -> None:
    assert visit(cast.owner).get("/sops/pack?step=nonsense").status_code == 404


def test_the_chart_says_its_finding_and_the_table_its_figures(
    visit: Visit, cast: Cast, session: Session
) -> None:
    for week in range(10):
        close(session, ["failed"] * (8 if week == 8 else 1) + ["done"] * 19, day=7 * week, reason="Damaged")
    counting.fold(session, START)
    olga = visit(cast.owner)
    page = olga.get("/sops/pack?step=weigh&kind=failed&period=all").text
    title = "Weigh the parcel: failed more than usual in 1 of 10 weeks"
    assert f"<title>{title}" in page and title in words(page)
    assert page.count('class="hf-chart"') == 2  # over time, and the reasons
    assert "1 reason makes up 100% of the failures" in words(page)
    assert "By weekday" not in words(page)  # all on Mondays: nothing to compare
    whole = words(olga.get("/sops/pack?step=&kind=failed&period=all").text)
    assert "Pack an order: failed more than usual in 1 of 10 weeks" in whole


def test_a_change_is_said_with_its_rates(visit: Visit, cast: Cast, session: Session) -> None:
    for week in range(10):
        close(session, ["failed"] * (6 if week > 5 else 1) + ["done"] * 19, day=7 * week)
    counting.fold(session, START)
    judge(session, began=START.date() + timedelta(days=42))
    page = words(visit(cast.owner).get("/sops/pack/steps/weigh?period=all").text)
    assert re.search(r"failed more often since around 16 Feb[^,]*, 5.0% before, 24% since", page)
    assert "It began around 16 Feb" in page


def test_a_place_below_ten_has_no_percentage(visit: Visit, cast: Cast, session: Session) -> None:
    berlin = session.query(Location).first()
    assert berlin
    for week in range(3):
        close(session, ["failed"] * 2 + ["done"] * 10, day=7 * week, location=berlin.id)
    close(session, ["failed"] + ["done"] * 4, day=3)
    page = visit(cast.owner).get("/sops/pack?step=weigh&kind=failed&period=all").text
    place = words(page.split("By location: no difference beyond chance</h3>")[1].split("</section>")[0])
    assert "6 failed 6 of 36 17%" in place and "no location 4 done, 1 failed 1 of 5" in place
    assert "20%" not in place


def test_a_place_where_more_is_lost_than_chance_explains_stands_out(
    visit: Visit, cast: Cast, session: Session
) -> None:
    here, there = session.query(Location).order_by(Location.id).limit(2)
    for week in range(6):
        close(session, ["omitted"] * (5 if week < 5 else 0) + ["done"] * 15, day=7 * week, location=here.id)
        close(session, ["omitted"] * (week == 0) + ["done"] * 19, day=7 * week, location=there.id)
    counting.fold(session, START)
    page = visit(cast.owner).get("/sops/pack/steps/weigh?kind=omitted&period=all").text
    places = page.split(f"By location: more than by chance: {here.name}</h3>")[1].split("</section>")[0]
    assert places.count('class="hf-stands-out"') == 1


def test_revisions_stand_side_by_side_with_the_verdict(
    app: Flask, visit: Visit, cast: Cast, session: Session, workspace: Path
) -> None:
    close(session, ["failed"] * 3 + ["done"] * 17)
    file = workspace / "sops/fulfillment/pack.md"
    file.write_text(file.read_text().replace("Weigh the parcel", "Put the parcel on the scale"))
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    second = session.get_one(Sop, "pack", populate_existing=True).in_force_id
    close(session, ["done"] * 20, day=30)
    verdict = {
        "revision_id": second, "step_key": "weigh", "sop_id": "pack", "before_count": 40, "before_n": 200,
        "after_count": 20, "after_n": 200, "planned": 199, "more": 0,
    }  # fmt: skip
    session.add(Verdict(**verdict, kind="failed", word="better", low=-0.17, high=-0.03))
    session.add(Verdict(**(verdict | {"more": 169}), kind="skipped", word="early"))
    session.commit()
    olga = visit(cast.owner)
    for path in ("/sops/pack?period=all", "/sops/pack/steps/weigh?period=all"):
        page = words(olga.get(path).text)
        assert "failed 40 of 200 before, 20 of 200 after; down by 3 to 17 points" in page, path
        assert "too early: about 169 more runs" in page, path
    step = words(olga.get("/sops/pack/steps/weigh?kind=failed&period=all").text)
    assert "failed less often since revision 2, 40 of 200 before, 20 of 200 after" in step
    assert "Revision 2: better failed 40 of 200 before" in step.split("Over time, why and where")[0]
    assert "since revision 2" not in words(olga.get("/sops/pack/steps/weigh?kind=skipped&period=all").text)


@pytest.mark.parametrize(
    ("band", "n", "said"),
    [
        (
            "fine",
            1200,
            r"No weakness can be shown in 1 200 instances since 5 Jan( 2026)?\. .*19 of 20 done since",
        ),
        (
            "too-early",
            7,
            r"Too early since it was last changed: it came up 7 times\. .*19 of 20 done since",
        ),
    ],
)
def test_a_step_is_judged_on_what_is_lately_so_and_that_is_said(
    visit: Visit, cast: Cast, session: Session, band: str, n: int, said: str
) -> None:
    close(session, ["failed"] + ["done"] * 19)
    judge(session, band=band, n=n, flagged=False, since=date(2026, 1, 5))
    assert re.search(said, words(visit(cast.owner).get("/sops/pack/steps/weigh?period=all").text))


def test_a_history_without_a_document_has_its_pages(visit: Visit, cast: Cast, session: Session) -> None:
    session.add(Sop(id="old", title="An old one", area="Fulfillment"))
    session.flush()
    revision = Revision(sop_id="old", label="a/1", title="An old one", published_at=START)
    session.add(revision)
    session.flush()
    session.add(Step(revision_id=revision.id, position=0, key="first", text="first"))
    session.commit()
    close(session, ["failed"] * 3 + ["done"] * 12, sop="old", key="first", revision=revision.id)
    close(session, ["done"] * 3, sop="old", key="gone", revision=revision.id)
    olga = visit(cast.owner)
    page = words(olga.get("/sops/old?period=all").text)
    assert "first run 5 Jan" in page and "no longer in the SOP" in page
    assert olga.get("/sops/old/steps/first?period=all").status_code == 200


def test_a_step_that_has_left_the_document_keeps_its_page(
    app: Flask, visit: Visit, cast: Cast, session: Session, workspace: Path
) -> None:
    close(session, ["failed"] * 2 + ["done"] * 10, key="flyer")
    file = workspace / "sops/fulfillment/pack.md"
    file.write_text(file.read_text().replace("4. Add a flyer {#flyer .optional}\n", ""))
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    olga = visit(cast.owner)
    assert "Add a flyer no longer in the SOP" in words(olga.get("/sops/pack?period=all").text)
    page = words(olga.get("/sops/pack/steps/flyer?period=all").text)
    assert "not in this revision" in page and "Add a flyer" in page


def test_a_retired_sop_says_so(visit: Visit, cast: Cast, session: Session) -> None:
    session.get_one(Sop, "pack").retired_at = START
    session.commit()
    assert "This SOP is retired" in words(visit(cast.owner).get("/sops/pack?period=all").text)


def test_who_does_not_answer_for_an_sop_does_not_see_its_figures(visit: Visit, cast: Cast) -> None:
    for path in ("/sops/pack", "/sops/pack/steps/weigh"):
        assert visit(cast.area_owner).get(path).status_code == 403


def test_what_is_not_folded_yet_is_added_up_once_for_the_page(
    visit: Visit, cast: Cast, session: Session
) -> None:
    looks: list[str] = []
    note = lambda *given: looks.append(given[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert visit(cast.owner).get("/sops/pack?period=all").status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    tails = [look for look in looks if "folded" in look and "ORDER BY runs.id" in look]
    assert len(tails) == 1
