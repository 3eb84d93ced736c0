"""What every answer says to browsers and to whoever keeps answers in between."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from flask import Flask

from tests.conftest import AppWith
from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tracker.db import writing
from tracker.domain.people import devices
from tracker.models import Person
from tracker.web.entrance.seats import cookie_name
from tracker.web.interface import digest as version

Visit = Callable[[Person | None], Visitor]

TLS = {"HOLDFAST_TLS": "1", "HOLDFAST_TLS_NAMES": "floor.example"}
SITE = {
    "index.html": "<p>the site</p>",
    "search/search_index.json": "{}",
    "assets/app.css": "p {}",
    "assets/live.js": "",
    "assets/logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "sitemap.xml": "<x/>",
    "csp.json": json.dumps({"script-src": ["'sha256-x'"]}),
}


@pytest.fixture
def site(workspace: Path) -> Path:
    for name, text in SITE.items():
        (workspace / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (workspace / "site" / name).write_text(text)
    (workspace / "instance/media").mkdir(exist_ok=True)
    (workspace / "instance/media" / f"{'a' * 64}.png").write_bytes(b"x")
    return workspace / "site"


def sent(app: Flask, address: str, path: str = "/login", **more: str) -> dict[str, str]:
    return dict(app.test_client().get(path, base_url=address, **more).headers)  # type: ignore[arg-type]


def test_over_https_browsers_are_told_to_stay_there(app_with: AppWith) -> None:
    for environ in (
        TLS,
        {"HOLDFAST_ADDRESS": "https://floor.example", "HOLDFAST_TRUSTED_PROXY": "127.0.0.1"},
    ):
        app = app_with(environ)
        for path in ("/login", "/nothing", "/static/holdfast.css", "/"):
            told = sent(app, "https://floor.example", path).get("Strict-Transport-Security", "")
            assert told == "max-age=31536000", path  # no subdomains, no list in browsers: not ours to say


def test_over_http_and_on_this_machine_itself_they_are_not(app_with: AppWith) -> None:
    app = app_with(TLS)
    for address, path in (("http://floor.example", "/trust"), ("https://localhost:8000", "/login")):
        if path == "/login":
            assert "Strict-Transport-Security" not in sent(app, address, path)
    assert "Strict-Transport-Security" not in sent(app_with({}), "http://floor.example")


ANYWHERE = ["/", "/search", "/start/pack", "/nothing", "/login", "/healthz", "/static/holdfast.css", "/docs/",
            "/docs/assets/app.css", "/people", "/overview.csv", "/lock", "/start/pack/qr"]  # fmt: skip


@pytest.mark.parametrize("path", ANYWHERE)
def test_every_answer_closes_what_it_does_not_need(site: Path, visit: Visit, cast: Cast, path: str) -> None:
    for person in (cast.admin, None):
        headers = visit(person).get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        if not path.startswith("/static/"):  # a part of pages, which runs under theirs
            assert headers["Cross-Origin-Opener-Policy"] == headers["Referrer-Policy"] == "same-origin"
            assert headers["Content-Security-Policy"]
        assert "Server" not in headers and "X-Powered-By" not in headers
        if headers["Content-Type"].split(";")[0] != "text/html":  # documents alone have permissions
            continue
        permissions = dict(re.findall(r"([a-z-]+)=(\([a-z]*\))", headers["Permissions-Policy"]))
        assert permissions.pop("camera") == "(self)"
        assert (
            set(permissions.values()) == {"()"} and {"microphone", "geolocation", "usb"} <= permissions.keys()
        )


@pytest.mark.parametrize("name", ["holdfast.css", "onestep.js", "vendor/scanner/zxing_reader.wasm"])
def test_a_part_of_pages_brings_nothing_over_the_line_that_only_documents_heed(
    visit: Visit, cast: Cast, name: str
) -> None:
    answer = visit(cast.staff).get(f"/static/{version()}/{name}", headers={"Accept-Encoding": "br"})
    assert answer.status_code == 200 and answer.headers["Content-Encoding"] == "br"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer.headers["Cache-Control"]
    assert sum(len(f"{name}: {value}") + 2 for name, value in answer.headers) < 500
    whole = visit(cast.staff).get(f"/static/{version()}/{name}")
    assert brotli.decompress(answer.data) == whole.data


def test_a_picture_that_could_be_opened_by_itself_keeps_its_policy(visit: Visit, cast: Cast) -> None:
    headers = visit(cast.staff).get(f"/static/{version()}/logo.svg").headers
    assert "default-src 'self'" in headers["Content-Security-Policy"] and headers["Permissions-Policy"]


PRIVATE = ["/", "/search?q=1", "/start/pack", "/board", "/board.csv", "/overview.csv", "/weak-points.csv",
           "/sops/pack/health.csv", "/people", "/healthz", "/nothing", "/start/pack/qr", "/board/live",
           "/live/sops/pack", "/login", "/find?q=pack", "/lock", "/logout"]  # fmt: skip


@pytest.mark.parametrize("path", PRIVATE)
def test_what_is_for_one_person_is_kept_nowhere(visit: Visit, cast: Cast, path: str) -> None:
    for more in ({}, {"HX-Request": "true"}, {"Accept": "application/json"}):
        assert visit(cast.admin).get(path, headers=more).headers["Cache-Control"] == "no-store"


def test_a_page_that_asks_again_and_again_still_gets_a_short_answer(visit: Visit, cast: Cast) -> None:
    """Its script keeps the ETag by itself, so that the browser need not keep the page."""
    olga = visit(cast.owner)
    for path in ("/board/live", "/live/sops/pack"):
        first = olga.get(path)
        again = olga.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (first.status_code, again.status_code) == (200, 304)
        assert again.headers["Cache-Control"] == "no-store"


FILES = {"": "no-cache", "search/search_index.json": "no-cache", "assets/app.css": "max-age=3600",
         "assets/live.js": "no-cache", "assets/logo.svg": "max-age=3600"}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_site_that_one_signs_in_for_is_kept_by_browsers_alone(
    site: Path, visit: Visit, cast: Cast, name: str
) -> None:
    answer = visit(cast.staff).get(f"/docs/{name}")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == f"private, {FILES[name]}"


@pytest.mark.parametrize("name", FILES)
def test_a_public_site_may_be_kept_by_all(site: Path, name: str, app_with: AppWith) -> None:
    app = app_with({"HOLDFAST_PUBLIC_SITE": "1"})
    whose = "private" if name == "assets/live.js" else "public"  # who is signed in gets another
    assert sent(app, "http://localhost", f"/docs/{name}")["Cache-Control"] == f"{whose}, {FILES[name]}"


def test_a_frozen_image_is_kept_for_ever_by_browsers_alone(site: Path, visit: Visit, cast: Cast) -> None:
    answer = visit(cast.staff).get(f"/media/{'a' * 64}.png")
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    for name in (".x.png", f"{'A' * 64}.png", f"{'a' * 63}.png", f"{'a' * 64}.png.", f".{'a' * 64}.png"):
        assert visit(cast.staff).get(f"/media/{name}").status_code == 404


def test_signing_out_empties_the_browsers_cache_and_not_what_waits_to_be_sent(
    visit: Visit, cast: Cast
) -> None:
    assert visit(cast.staff).post("/logout").headers["Clear-Site-Data"] == '"cache"'


def test_cookies_are_of_this_host_alone_over_https(cast: Cast, app_with: AppWith) -> None:
    app = app_with(TLS)
    with app.app_context(), writing() as session:
        lena = session.get_one(Person, cast.lead.id)
        devices_token = devices.register(session, by(lena), NOW, name="Bench", location=lena.location)[1]
    with app.test_request_context():
        name = cookie_name()
    assert name.startswith("__Host-")
    client = app.test_client()
    client.set_cookie(name, devices_token, domain="floor.example", secure=True)
    given = client.get("/login", base_url="https://floor.example").headers.getlist("Set-Cookie")
    for cookie in given:
        assert cookie.startswith("__Host-holdfast") and "Path=/" in cookie and "Domain" not in cookie
        assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax"))
    assert given


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "DEBUG"])
def test_a_method_that_nothing_asks_for_is_refused(visit: Visit, cast: Cast, method: str) -> None:
    for path in ("/", "/login", "/static/holdfast.css"):
        answer = visit(cast.admin).client.open(path, method=method, headers={"X-Secret": "told again"})
        assert answer.status_code == 405 and "told again" not in answer.text
