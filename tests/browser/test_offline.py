"""Without network: what was seen or is needed is there, says how old it is, and is its person's alone."""

from __future__ import annotations

import re

import pytest
from flask import Response, make_response, request
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser.conftest import Come, Enter, House, open_head, session_cookie, sign_in, start
from tests.support.workers import all_kept, answers, look_again, rounds
from tracker.db import db
from tracker.models import Person

pytestmark = pytest.mark.browser


def says(page: Page, words: str) -> None:
    """The line about a page that is kept is there and says this, and nothing else."""
    expect(page.locator("#kept-line p:visible")).to_have_count(1)
    expect(page.locator("#kept-line p:visible")).to_contain_text(words)


def test_what_was_seen_once_is_there_without_network(come: Come) -> None:
    sam = come("sam")
    run = start(sam, "pack", "seen-once")
    sam.goto("/docs/fulfillment/pack/")
    all_kept(sam)
    sam.context.set_offline(True)
    for address, words in (("/", "Today"), (run, "seen-once"), ("/docs/fulfillment/pack/", "Pack an order")):
        sam.goto(address)
        expect(sam).to_have_title(re.compile(words))
        says(sam, "Offline, as of")


def test_what_is_needed_is_there_without_being_seen(come: Come, house: House) -> None:
    sam = come("sam")
    all_kept(sam)
    sam.context.set_offline(True)
    sam.goto("/start/pack")
    expect(sam.locator("#subject")).to_be_visible()
    sam.goto("/docs/fulfillment/pack/")
    says(sam, "Offline, as of")


def test_a_page_that_is_not_kept_says_so_and_what_is(come: Come) -> None:
    sam = come("sam")
    run = start(sam, "pack", "the-list")
    all_kept(sam)
    sam.context.set_offline(True)
    sam.goto("/search?q=box")
    expect(sam.get_by_role("heading", level=1)).to_have_text("This page is not kept on this phone.")
    kept = sam.locator("#on-this-phone")
    expect(kept).to_contain_text("the-list")
    kept.get_by_role("link", name="the-list").click()
    expect(sam).to_have_url(run)
    says(sam, "Offline, as of")


def test_what_waits_on_the_phone_can_be_looked_at_without_network(come: Come) -> None:
    sam = come("sam")
    start(sam, "pack", "looked-at")
    all_kept(sam)
    sam.context.set_offline(True)
    sam.goto("/phone")
    expect(sam.get_by_role("heading", level=1)).to_have_text("On this phone")
    expect(sam.locator("#waiting")).to_contain_text("Nothing is waiting.")


def test_a_link_to_what_is_not_kept_says_so_before_it_is_pressed(come: Come) -> None:
    sam = come("sam")
    run = start(sam, "pack", "links")
    all_kept(sam)
    sam.context.set_offline(True)
    sam.goto(run)
    open_head(sam)
    expect(sam.get_by_role("link", name="History")).to_have_attribute("title", "Not kept on this phone")
    expect(sam.get_by_role("link", name="Read the SOP")).not_to_have_class(re.compile("hf-not-kept"))


def test_another_person_never_sees_what_was_kept(come: Come, house: House) -> None:
    sam = come("sam")
    start(sam, "pack", "of-sam")
    all_kept(sam)
    sam.context.clear_cookies()
    sam.context.add_cookies([session_cookie(house, "lena")])
    sam.goto("/")  # somebody else has signed in on this phone
    sam.context.set_offline(True)
    sam.goto("/")
    says(sam, "Offline, as of")
    expect(sam.locator("html")).to_have_attribute("data-person", str(person_id(house, "lena")))
    expect(sam.get_by_text("of-sam")).to_have_count(0)


def test_signing_out_takes_the_pages_away(come: Come) -> None:
    sam = come("sam")
    sam.context.clear_cookies()
    sign_in(sam, "sam")  # a session of its own: it ends here
    all_kept(sam)
    sam.locator(".hf-me summary").click()
    sam.get_by_role("button", name="Sign out").click()
    expect(sam).to_have_title(re.compile("Sign in"))
    assert [name for name in sam.evaluate("caches.keys()") if " pages " in name] == []
    sam.context.set_offline(True)
    sam.goto("/")
    expect(sam.get_by_role("heading", level=1)).to_have_text("There is no network.")


def test_what_a_network_answers_in_our_place_is_not_taken_for_a_page(come: Come, house: House) -> None:
    sam = come("sam")
    all_kept(sam)
    given = house.app.after_request_funcs[None]

    def portal(response: Response) -> Response:
        response.set_data("<html><title>Free Wi-Fi</title>Sign in here")
        response.status_code = 200
        for name in ("Holdfast-Person", "Holdfast-Interface", "ETag", "Location"):
            response.headers.pop(name, None)
        return response

    given.insert(0, portal)
    try:
        sam.goto("/")
        says(sam, "Something else answers in Holdfast’s place")
        expect(sam).to_have_title("Today · Holdfast")
        sam.get_by_role("link", name="See what answers").click()
        expect(sam).to_have_title("Free Wi-Fi")
    finally:
        given.remove(portal)
    sam.goto("/")
    expect(sam.locator("#kept-line")).to_be_hidden()


REGISTER = """async () => {
  const { installing: worker } =
    await navigator.serviceWorker.register("/service_worker.js", { scope: "/", type: "module" });
  const ended = () => ["redundant", "activated"].includes(worker.state);
  const hear = (done) => worker.addEventListener("statechange", () => ended() && done());
  if (worker && !ended()) await new Promise(hear);
  const shelves = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const kept = (await Promise.all(shelves.map((shelf) => shelf.matchAll()))).flat();
  const isPage = ({ headers }) => headers.get("Content-Type").includes("html");
  return kept.filter((one) => one.url.endsWith(".js") && isPage(one)).length;
}"""


def test_a_page_of_a_portal_is_never_kept_as_a_script(enter: Enter, house: House) -> None:
    """A worker that would have it for good never takes over; the next one has the file."""
    given = house.app.after_request_funcs[None]

    def portal(response: Response) -> Response:
        if request.path.endswith("/on_this_phone.js"):
            response = make_response("<html>Sign in here")
        return response

    given.insert(0, portal)
    try:
        sam = enter("sam", service_workers="allow", watched=False)
        assert sam.evaluate(REGISTER) == 0
    finally:
        given.remove(portal)
    sam.reload()
    sam.evaluate("async () => { await navigator.serviceWorker.ready; }")
    assert sam.evaluate(REGISTER) == 0


def person_id(house: House, login: str) -> int:
    with house.app.app_context():
        found = db.session.scalars(select(Person.id).where(Person.login == login)).one()
        db.session.remove()
    return found


def test_a_run_is_started_and_gone_on_with_offline_and_after_a_reload(come: Come, house: House) -> None:
    sam = come("sam")
    all_kept(sam)
    sam.context.set_offline(True)
    sam.goto("/start/pack")
    sam.locator("#subject").fill("off-1")
    sam.get_by_role("button", name="Start Pack an order").click()
    sam.wait_for_url("**/runs/ref/*")
    expect(sam.get_by_role("heading", level=1)).to_contain_text("off-1")
    expect(sam.locator("html")).to_have_attribute("data-phone", "ready")
    sam.locator(".hf-current [name=value]").fill("TOTE-1")
    sam.locator(".hf-current").get_by_role("button", name="Done").click()
    expect(sam.locator("#so-far")).to_contain_text("1 of")
    sam.reload()
    expect(sam.get_by_role("heading", level=1)).to_contain_text("off-1")
    expect(sam.locator("#so-far")).to_contain_text("1 of")
    sam.context.set_offline(False)
    sam.wait_for_url(re.compile(r"/runs/\d+"))
    expect(sam.get_by_role("heading", level=1)).to_contain_text("off-1")
    expect(sam.locator("#so-far")).to_contain_text("1 of")


def test_what_is_started_offline_is_about_the_same_in_every_language(come: Come, house: House) -> None:
    """Pages name kinds in the reader's language, and people type what they read."""
    sam = come("sam", locale="de")
    all_kept(sam)
    sam.context.set_offline(True)
    sam.goto("/start/pack")
    sam.locator("#subject").fill("Auftrag 4711")
    sam.locator("#subject").press("Enter")
    sam.wait_for_url("**/runs/ref/*")
    expect(sam.locator(".hf-subject")).to_have_text("4711")
    sam.context.set_offline(False)
    sam.wait_for_url(re.compile(r"/runs/\d+"))
    expect(sam.locator(".hf-subject")).to_have_text("Auftrag 4711")


def renewed(house: House, version: str) -> None:
    """Let the server be of another version, with the same files: it knows no other version's addresses."""
    house.app.config["INTERFACE"] = version


def test_a_newer_server_and_an_older_one_again_are_told_and_lose_nothing(come: Come, house: House) -> None:
    """An open page hears of it and keeps what was typed; the worker never mixes the files of two versions."""
    old = house.app.config["INTERFACE"]
    sam = come("sam")
    all_kept(sam)
    complaints: list[str] = []
    sam.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        for version in ("00000000000b", old):  # a new one, and the old one rolled back
            sam.goto("/start/pack")
            sam.locator("#subject").fill("typed before")
            rounds(sam, 1)
            renewed(house, version)
            look_again(sam)
            notice = sam.locator("#other-version")
            expect(notice).to_be_visible()
            notice.get_by_role("button", name="Load it").click()
            expect(sam.locator("html")).to_have_attribute("data-version", version)
            expect(sam.locator("#subject")).to_have_value("typed before")
            answers(sam)
            sam.goto("/")
            assert version in (sam.locator("link[rel=stylesheet]").last.get_attribute("href") or "")
            assert sam.evaluate("getComputedStyle(document.querySelector('.hf-bar')).display") != "inline"
    finally:
        renewed(house, old)
    assert complaints == []


def test_a_kept_page_of_the_old_version_is_whole_beside_a_new_server(come: Come, house: House) -> None:
    old = house.app.config["INTERFACE"]
    sam = come("sam")
    run = start(sam, "pack", "two-versions")
    all_kept(sam)
    try:
        renewed(house, "00000000000c")
        look_again(sam)
        sam.evaluate("async () => { await (await navigator.serviceWorker.getRegistration()).update(); }")
        sam.context.set_offline(True)
        failed: list[str] = []
        sam.on("response", lambda answer: failed.append(answer.url) if answer.status == 404 else None)
        sam.goto(run)
        expect(sam.locator("html")).to_have_attribute("data-phone", "ready")
        says(sam, "Offline, as of")
        assert failed == []
    finally:
        renewed(house, old)


def test_a_file_of_another_version_is_never_another_file(house: House) -> None:
    client = house.app.test_client()
    assert client.get(f"/static/{house.app.config['INTERFACE']}/theme.js").status_code == 200
    answer = client.get("/static/0123456789ab/theme.js")
    assert answer.status_code == 404 and answer.headers["Cache-Control"] == "no-store"
