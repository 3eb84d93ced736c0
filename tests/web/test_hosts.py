"""No redirect and no printed code leads to a host that a request made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.conftest import AppWith
from tests.support.installation import PASSWORD, Cast, Visitor, token_in
from tracker import certificates
from tracker.config import load
from tracker.errors import WorkspaceError
from tracker.models import Person
from tracker.web import hosts

Visit = Callable[[Person | None], Visitor]

ADDRESS = {"HOLDFAST_ADDRESS": "https://floor.example"}
TLS = {"HOLDFAST_TLS": "1", "HOLDFAST_TLS_NAMES": "floor.example, *.shop.example"}
MADE_UP = [
    *("evil.example", "floor.example.evil.example", "evil@floor.example", "floor.example/..", "a b", "x:y"),
    *("", "xfloor.example", "192.0.2.7", "[2001:db8::9]", "shop.example.evil"),
]


@pytest.mark.parametrize("environ", [ADDRESS, TLS], ids=["address", "tls"])
@pytest.mark.parametrize("host", MADE_UP)
def test_a_name_that_is_not_ours_is_refused_in_words(
    environ: dict[str, str], host: str, app_with: AppWith
) -> None:
    app = app_with(environ)
    for path in ("/", "/login", "/docs//x", "/static/holdfast.css", "/nothing"):
        answer = app.test_client().get(path, environ_overrides={"HTTP_HOST": host})
        assert answer.status_code == 400 and "<h1>Holdfast has" in answer.text
        assert not host or host not in answer.text
        assert "Location" not in answer.headers
    assert app.test_client().get("/healthz", environ_overrides={"HTTP_HOST": host}).status_code == 200


@pytest.mark.parametrize(
    ("environ", "names"),
    [
        (ADDRESS, ["floor.example", "FLOOR.example:443", "floor.example.", "localhost:8000", "127.0.0.1"]),
        (TLS, ["floor.example:8443", "a.shop.example", "localhost", "[::1]:8443"]),
    ],
    ids=["address", "tls"],
)
def test_our_names_are_answered(
    workspace: Path, environ: dict[str, str], names: list[str], app_with: AppWith
) -> None:
    settings = load(workspace, environ)
    own = certificates.names(settings) if settings.tls else []
    app = app_with(environ)
    for name in [*names, *(f"[{name}]" if ":" in name else name for name in own if "*" not in name)]:
        answer = app.test_client().get("/login", environ_overrides={"HTTP_HOST": name})
        assert answer.status_code == 200, name


def test_without_a_setting_any_name_is_answered_and_nothing_is_made_of_it(app: Flask, cast: Cast) -> None:
    sam = Visitor(app, cast.staff, "evil.example:8000")
    for path in ("/start/pack/sheet", "/sheets?area=Fulfillment", "/", "/search", "/start/pack"):
        answer = sam.get(path)
        assert answer.status_code == 200 and "evil.example" not in answer.text
    answer = sam.get("/docs//returns/x")
    assert answer.status_code == 308 and answer.location == "/docs/returns/x"


def test_no_other_header_says_where_we_are(app: Flask, cast: Cast) -> None:
    """Only the server believes a proxy that it trusts, before the application sees the request."""
    more = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "X-Host": "evil.example"}
    answer = Visitor(app, cast.staff).get("/start/pack/sheet", headers=more)
    assert "evil.example" not in answer.text and "http://localhost/start/pack" in answer.text


def test_codes_have_the_public_address_wherever_they_are_printed(cast: Cast, app_with: AppWith) -> None:
    app = app_with({"HOLDFAST_ADDRESS": "https://floor.example:8443/"})
    page = Visitor(app, cast.staff).get("/start/pack/sheet").text
    assert ">https://floor.example:8443/start/pack</p>" in page and "on this machine only" not in page


def test_a_code_of_ours_is_found_again_by_its_public_address(cast: Cast, app_with: AppWith) -> None:
    app = app_with(ADDRESS)
    sam = Visitor(app, cast.staff)
    assert sam.get("/find?q=https://floor.example/start/pack").location == "/start/pack"
    assert sam.get("/find?q=https://other.example/start/pack").location == "/start/pack"
    assert sam.get("/find?q=https://other.example/anything/else").status_code == 200


def test_an_address_of_this_machine_is_printed_as_asked_for(app: Flask, cast: Cast) -> None:
    addresses = certificates.addresses(app.config["HOLDFAST"])
    if not addresses:
        pytest.skip("this machine is in no network")
    host = f"[{addresses[0]}]:81" if ":" in addresses[0] else f"{addresses[0]}:81"
    assert f">http://{host}/start/pack</p>" in Visitor(app, cast.staff, host).get("/start/pack/sheet").text


def test_a_trusted_proxy_says_what_our_name_is(cast: Cast, app_with: AppWith) -> None:
    app = app_with({"HOLDFAST_TRUSTED_PROXY": "127.0.0.1"})
    with app.test_request_context("/", base_url="https://floor.example"):
        assert hosts.origin() == "https://floor.example"


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("https://floor.example", "https://floor.example"),
        (" HTTPS://Floor.Example:443/ ", "https://floor.example"),
        ("http://192.168.1.20:8000", "http://192.168.1.20:8000"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("", ""),
    ],
)
def test_the_public_address_is_kept_in_one_spelling(tmp_path: Path, given: str, address: str) -> None:
    settings = load(tmp_path, {"HOLDFAST_ADDRESS": given})
    assert settings.address == address and settings.https == address.startswith("https")


@pytest.mark.parametrize(
    "given", ["floor.example", "ftp://x", "https://", "https://a/b", "https://u@a", "https://a?b", "https://a#b",
              "https://a b", "https://a:x", "https://a:99999", "javascript:alert(1)", "https://-x", "https://a\n.b"]
)  # fmt: skip
def test_what_is_no_address_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(WorkspaceError, match="HOLDFAST_ADDRESS"):
        load(tmp_path, {"HOLDFAST_ADDRESS": given})


ELSEWHERE = [
    *("//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example"),
    *("\n//evil.example", "/\r\n/evil.example", "javascript:alert(1)", "evil.example", "/\\/evil.example"),
    *(
        "/x\\..\\\\evil.example",
        "///evil.example",
        " //evil.example",
        "\u200b//evil.example",
        "/\u2028/evil.example",
    ),
    *("\uff0f\uff0fevil.example", "/\x00/evil.example", "http:evil.example", "//", "/\\"),
]
HERE = [
    "/%09/evil.example",
    "/\uff0fevil.example",
    "/.//evil.example",
    "/%5cevil.example",
    "/start/pack?next=//x",
]


@pytest.mark.parametrize("target", [*ELSEWHERE, *HERE])
def test_signing_in_leads_to_a_page_of_ours(visit: Visit, session: Session, target: str) -> None:
    nobody = visit(None)
    form = {"login": "sam", "password": PASSWORD, "csrf_token": token_in(nobody.get("/login").text)}
    answer = nobody.post("/login", form, query_string={"next": target})
    assert answer.status_code in (302, 422)  # a NUL is refused before
    if answer.status_code == 302:
        parts = urlsplit(answer.location)
        assert (parts.scheme, parts.netloc) == ("", "") and answer.location.isascii()
        assert answer.location.startswith("/") and answer.location[1:2] not in ("/", "\\")
        assert (answer.location == "/") == (target in ELSEWHERE)


def test_who_is_signed_in_already_is_sent_to_today(visit: Visit, cast: Cast) -> None:
    assert visit(cast.staff).get("/login?next=//evil.example").location == "/"


def test_an_error_leads_back_to_pages_of_ours_only(visit: Visit, cast: Cast) -> None:
    sam = visit(cast.staff)
    for referrer, shown in (
        ("http://localhost/search?q=1", 'href="/search?q=1"'),
        ("http://evil.example/x", ""),
    ):
        page = sam.get("/nothing", headers={"Referer": referrer}).text
        assert (shown or "There is no such page") in page and "evil.example" not in page
        assert ("Go back" in page) == bool(shown)
