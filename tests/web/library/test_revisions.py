"""The revisions of an SOP, two of them side by side, and the owner's word on whether a change matters."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.forms import Form, forms_in
from tests.support.installation import NOW, PACK, Cast, Visitor
from tracker.authoring.sync import publish
from tracker.domain import event_kinds as kinds
from tracker.domain.library import reviews, revisions
from tracker.errors import ForbiddenError, InvalidError, NotFoundError
from tracker.models import Event, Person, Revision, Sop

Visit = Callable[[Person | None], Visitor]


@pytest.fixture
def three(app: Flask, session: Session) -> Sop:
    """Revision 2 has other limits and a new step, revision 3 a corrected typo."""
    file = app.config["HOLDFAST"].workspace / "sops/fulfillment/pack.md"
    second = PACK.replace("max=30000", "max=25000") + "6. Wave goodby {#wave}\n"
    for text in (second, second.replace("goodby", "goodbye")):
        file.write_text(text)
        publish(app, app.config["HOLDFAST"])
    session.expire_all()
    return session.get_one(Sop, "pack")


def test_every_revision_is_listed_with_what_it_changed(three: Sop, cast: Cast, visit: Visit) -> None:
    page = visit(cast.lead).get("/sops/pack/revisions").text
    assert "Revision 3 is in force." in page and "The first one." in page
    assert "“Weigh the parcel”: max is now 25000; it was 30000." in page
    assert "“Wave goodby” is new." in page and "“Wave goodby” now reads “Wave goodbye”." in page


def test_an_owner_gets_there_from_the_sop_and_from_the_documents(
    three: Sop, cast: Cast, visit: Visit
) -> None:
    for page in ("/sops/pack", "/library"):
        assert 'href="/sops/pack/revisions"' in visit(cast.owner).get(page).text


def test_two_revisions_stand_side_by_side(three: Sop, cast: Cast, visit: Visit) -> None:
    page = visit(cast.owner).get("/sops/pack/diff?from=1&to=2").text
    assert "2 steps differ." in page and "material" in page and "(proposed)" in page
    assert 'data-label="Revision 1"' in page and 'data-label="Revision 2"' in page
    latest = visit(cast.owner).get("/sops/pack/diff").text
    assert "1 step differs." in latest and "editorial" in latest


def test_the_owner_decides_and_the_last_word_counts(three: Sop, cast: Cast, visit: Visit) -> None:
    owner = visit(cast.owner)
    for word in ("editorial", "material", "editorial"):
        answer = owner.change(
            "/sops/pack/diff?from=1&to=2", "/sops/pack/judgements", {"revision": "2", "judgement": word}
        )
        assert answer.status_code == 303 and "/sops/pack/diff?" in answer.location
    page = owner.get("/sops/pack/diff?from=1&to=2").text
    assert "editorial" in page and "(proposed)" not in page
    assert visit(cast.lead).post("/sops/pack/judgements", {"revision": "2"}).status_code == 403
    assert "Call revision" not in visit(cast.lead).get("/sops/pack/diff?from=1&to=2").text


def test_a_decision_of_another_is_not_taken_back_unseen(three: Sop, cast: Cast, visit: Visit) -> None:
    page, path = "/sops/pack/diff?from=1&to=2", "/sops/pack/judgements"
    form = {
        "revision": "2",
        "made_from": the_form(visit(cast.owner).get(page).text, path).fields["made_from"],
    }
    assert visit(cast.owner).post(path, {**form, "judgement": "editorial"}).status_code == 303
    ada = visit(cast.admin)
    answer = ada.post(path, {**form, "judgement": "material"})
    assert answer.status_code == 409 and "The last change is from Olga" in answer.text
    assert the_form(answer.text, path).fields["judgement"] == ["material"]
    assert "(proposed)" not in visit(cast.owner).get(page).text
    again = the_form(answer.text, path).fields
    assert ada.post(path, again).status_code == 303


def the_form(html: str, path: str) -> Form:
    return next(form for form in forms_in(html) if form.path == path)


def test_a_decision_is_one_event_and_leaves_the_revision_alone(
    three: Sop, session: Session, cast: Cast
) -> None:
    digests = session.scalars(select(Revision.digest).order_by(Revision.id)).all()
    assert reviews.judge(session, by(cast.owner), NOW, three, 2, "editorial")
    assert reviews.judge(session, by(cast.owner), NOW, three, 2, "editorial") is None
    session.commit()
    count = select(func.count()).select_from(Event).where(Event.kind == kinds.RevisionJudged.kind)
    assert session.scalar(count) == 1
    assert session.scalars(select(Revision.digest).order_by(Revision.id)).all() == digests
    assert revisions.judgements(session, three.id)[2].data["judgement"] == "editorial"


def test_what_can_not_be_decided_is_said(three: Sop, session: Session, cast: Cast) -> None:
    for number, word, error in (
        (1, "editorial", InvalidError),
        (2, "nice", InvalidError),
        (9, "material", NotFoundError),
    ):
        with pytest.raises(error):
            reviews.judge(session, by(cast.owner), NOW, three, number, word)
    with pytest.raises(ForbiddenError):
        reviews.judge(session, by(cast.lead), NOW, three, 2, "material")


def test_a_revision_that_is_not_there_is_not_found(three: Sop, cast: Cast, visit: Visit) -> None:
    assert visit(cast.owner).get("/sops/pack/diff?from=1&to=77").status_code == 404
    assert visit(cast.owner).get("/sops/nothing/revisions").status_code == 404


def test_old_revisions_are_on_pages_of_their_own(three: Sop, session: Session) -> None:
    assert [r.number for r in revisions.latest(session, three, most=2)] == [3, 2]
    assert [r.number for r in revisions.latest(session, three, before=2)] == [1]


def test_prose_and_recovery_are_shown_word_by_word(
    app: Flask, session: Session, cast: Cast, visit: Visit
) -> None:
    file = app.config["HOLDFAST"].workspace / "sops/fulfillment/pack.md"
    text = (
        PACK
        + '\n    !!! recovery "It is torn"\n        Call the lead by 14:00.\n\nInvoices are paid by 14:00.\n'
    )
    for content in (text, text.replace("14:00", "12:00")):
        file.write_text(content)
        publish(app, app.config["HOLDFAST"])
    owner = visit(cast.owner)
    page = owner.get("/sops/pack/revisions").text
    assert "“Invoices are paid by 14:00” now reads “Invoices are paid by 12:00”" in page
    assert "“… torn Call the lead by 14:00” now reads “… torn Call the lead by 12:00”" in page
    page = owner.get("/sops/pack/diff").text
    assert page.count("<del>14:00.</del><ins>12:00.</ins>") == 2
    assert "outside of the steps" not in page and "material" in page
