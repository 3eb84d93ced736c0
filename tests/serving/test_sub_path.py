"""Below a path of a host that others share: every link and form of every page leads to a page of ours."""

from __future__ import annotations

import http.client
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import PHONE
from tests.support import installation
from tests.support.installation import PASSWORD
from tests.support.patience import PATIENCE
from tests.support.proxy import Proxy, proxied
from tests.support.serving import House, serving
from tracker.authoring.build import build_site
from tracker.db import db, new_id

SHIP = """\
---
id: ship
title: Ship an order
owner: olga
subject: order
---
See [how we pack](fulfillment/pack.md), [the front page](/docs/) and [start it](/start/pack).

![A box](box.png)

1. Weigh it {#weigh input=number unit=g min=20 max=30000}

    ![A box](box.png) as in [Pack an order](fulfillment/pack.md)

    !!! recovery "Too heavy"
        [Pack an order](fulfillment/pack.md) again.

2. Hand it over {#hand}
"""
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415478da63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
FOLLOWED = {"href", "src", "hx-get", "data-live", "data-awake", "srcset"}
SENT = {"action", "formaction", "hx-post", "data-options-from", "data-report"}


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    text: str


class Reader:
    """Somebody's browser without JavaScript, behind the proxy."""

    def __init__(self, proxy: Proxy, scheme: str = "http") -> None:
        self.url, self.cookies, self.scheme = proxy.url, dict[str, tuple[str, str]](), scheme

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> Answer:
        host = urlsplit(self.url).netloc
        sent = "; ".join(f"{n}={v}" for n, (v, below) in self.cookies.items() if path.startswith(below))
        headers = {"Cookie": sent, "Accept": "text/html", "X-Forwarded-Proto": self.scheme}
        if form is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"{self.scheme}://{host}{path}",
            }
        connection = http.client.HTTPConnection(host, timeout=PATIENCE)
        connection.request(method, path, urlencode(form) if form is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value, re.search(r"Path=([^;]+)", cookie)[1]  # type: ignore[index]
        return Answer(answer.status, answer.headers, text)

    def get(self, path: str) -> Answer:
        """The page, wherever it leads to."""
        answer = self.ask("GET", path)
        while answer.status in (302, 303, 307, 308):
            path = urljoin(path, answer.headers["Location"])
            answer = self.ask("GET", path)
        return answer

    def send(self, path: str, form: dict[str, str], of: str) -> Answer:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(of).text)
        assert token
        return self.ask("POST", path, {"csrf_token": token[1], **form})


class Links(HTMLParser):
    """The addresses that a page gives: those to follow, and those to send forms to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.followed, self.sent = page, set[str](), set[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for name, value in attrs:
            post = name == "action" and (given.get("method") or "get") == "post"
            if name in SENT and (post or name != "action"):
                self.sent.add(self._whole(value or ""))
            elif name in FOLLOWED or name == "action":
                self.followed.add(self._whole(value or ""))
            elif name.startswith(("data-", "hx-")) and (value or "").startswith("/"):
                self.sent.add(self._whole(value or ""))

    def _whole(self, address: str) -> str:
        return urljoin(self.page, address).split("#")[0]

    @classmethod
    def of(cls, page: str, text: str) -> Links:
        links = cls(page)
        links.feed(text)
        return links


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installation with its site, and a document that links to others and shows a picture."""
    place = tmp_path_factory.mktemp("below") / "workspace"
    (place / "sops/guide").mkdir(parents=True)
    (place / "sops/guide/index.md").write_text("# How to use it\n")
    (place / "sops/ship.md").write_text(SHIP)
    (place / "sops/box.png").write_bytes(PNG)
    with installation.build(place).app_context():
        db.engine.dispose()
    build_site(place)
    return place


@contextmanager
def below(place: Path, tmp_path: Path, *, strips: bool, **more: str) -> Iterator[tuple[House, Proxy]]:
    workspace = shutil.copytree(place, tmp_path / "workspace")
    settings = {"HOLDFAST_TRUSTED_PROXY": "127.0.0.1"} if strips else {"HOLDFAST_PREFIX": "/ops"}
    with (
        serving(workspace, **settings, HOLDFAST_PROCESSES="1", **more) as house,
        proxied(re.sub(r"/ops/?$", "", house.url), "/ops", strips=strips) as proxy,
    ):
        yield house, proxy


def kind_of(address: str) -> str:
    """What pages of one kind have in common: a walk needs no more than a few of each."""
    parts = urlsplit(address)
    return re.sub(r"[0-9a-f-]{8,}|\d+", "#", parts.path) + "?" + re.sub(r"=[^&]*", "", parts.query)


def walk(reader: Reader, begin: str, most: int = 2) -> tuple[dict[str, int], set[str], dict[str, str]]:
    """Follow every address from `begin`; the status of each, the addresses of forms, and what was wrong."""
    seen, sent, waiting, by_kind = dict[str, int](), set[str](), {begin: ""}, dict[str, int]()
    wrong = dict[str, str]()
    while waiting:
        address, origin = waiting.popitem()
        path = urlsplit(address)._replace(scheme="", netloc="").geturl()
        kind = kind_of(path)
        if path in seen or by_kind.get(kind, 0) >= most:
            continue
        by_kind[kind] = by_kind.get(kind, 0) + 1
        answer = reader.get(path)
        seen[path] = answer.status
        if answer.status != 200:
            wrong[path] = f"{answer.status} from {origin}"
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        links = Links.of(f"http://here{path}", answer.text)
        for found in links.followed | links.sent:
            if urlsplit(found).netloc == "here" and not urlsplit(found).path.startswith("/ops/"):
                wrong[found] = f"not below the path, from {path}"
        ours = {one for one in links.followed if urlsplit(one).netloc == "here"}
        ours = {one for one in ours if not one.endswith("/0")}  # a script puts the run's name for the 0
        waiting |= {one: path for one in ours if "/lock" not in one}
        sent |= {urlsplit(one).path for one in links.sent}
    return seen, sent, wrong


@pytest.mark.parametrize("strips", [False, True], ids=["HOLDFAST_PREFIX", "X-Forwarded-Prefix"])
def test_every_link_and_form_leads_to_a_page_of_ours(place: Path, tmp_path: Path, strips: bool) -> None:
    with below(place, tmp_path, strips=strips) as (_, proxy):
        reader = Reader(proxy, "https" if strips else "http")
        first = reader.ask("GET", "/ops/start/ship?subject=7")
        login = first.headers["Location"]
        assert login.startswith("/ops/login?next=%2Fops%2Fstart%2Fship")
        entered = reader.send(login, {"login": "ada", "password": PASSWORD}, login)
        assert (entered.status, entered.headers["Location"]) == (302, "/ops/start/ship?subject=7")
        assert {below for _, below in reader.cookies.values()} == {"/ops"}
        assert all(name.startswith("__Secure-holdfast" if strips else "holdfast") for name in reader.cookies)
        form = {"subject": "7", "ref": "a"}
        begun = reader.send("/ops/start/ship", form, "/ops/start/ship?subject=7").headers["Location"]
        assert begun.startswith("/ops/runs/")
        to_records = re.search(r'action="(/ops/runs/\d+/records[^"]*)"', reader.get(begun).text)
        assert to_records
        failed = {"id": str(new_id()), "step": "weigh", "kind": "failed", "reason": "Too heavy"}
        assert reader.send(unescape(to_records[1]), failed, begun).status in (200, 302, 303)
        page = reader.get(begun).text
        recovery = re.search(r'class="hf-starts" href="([^"]+)"', page)
        assert recovery and unescape(recovery[1]).startswith("/ops/start/pack?subject=7")
        assert '="/ops/media/' in page and '="/ops/docs/fulfillment/pack/"' in page
        seen, sent, wrong = walk(reader, "/ops/")
        kinds = {kind_of(path) for path in seen}
        assert wrong == {} and proxy.strays == []
        assert len(kinds) > 60 and {"/ops/docs/ship/?", "/ops/board?", "/ops/people?"} <= kinds
        allowed = {path: reader.ask("OPTIONS", path).headers.get("Allow", "") for path in sent}
        assert len(sent) > 10 and all("POST" in methods or "GET" in methods for methods in allowed.values())


def test_codes_policy_and_codes_of_other_days_name_the_path(place: Path, tmp_path: Path) -> None:
    address = {"HOLDFAST_ADDRESS": "http://127.0.0.1"}
    with below(place, tmp_path, strips=False, **address) as (_, proxy):
        reader = Reader(proxy)
        reader.send("/ops/login", {"login": "ada", "password": PASSWORD}, "/ops/login")
        sheet = reader.get("/ops/start/pack/sheet")
        assert "http://127.0.0.1/ops/start/pack" in sheet.text
        allowed = sheet.headers["Content-Security-Policy"]
        assert "/ops/static/" in allowed and "report-uri /ops/csp-reports" in allowed
        assert sheet.headers["Reporting-Endpoints"] == 'csp="/ops/csp-reports"'
        assert "/ops/docs/assets/" in reader.get("/ops/docs/ship/").headers["Content-Security-Policy"]
        for printed in ("http://127.0.0.1/ops/start/pack", "http://127.0.0.1/start/pack"):
            scanned = reader.ask("GET", "/ops/find?" + urlencode({"q": printed}))
            assert scanned.headers["Location"] == "/ops/start/pack"
        slash = reader.ask("GET", "/ops/board/?state=open")
        assert (slash.status, slash.headers["Location"]) == (308, "/ops/board?state=open")
        out = reader.send("/ops/logout", {}, "/ops/account")
        assert out.headers["Location"] == "/ops/login"
        elsewhere = "/ops/login?next=/wiki"
        entered = reader.send(elsewhere, {"login": "ada", "password": PASSWORD}, elsewhere)
        assert entered.headers["Location"] == "/ops/"


def test_nobody_but_the_trusted_proxy_says_below_which_path_we_are(place: Path, tmp_path: Path) -> None:
    workspace = shutil.copytree(place, tmp_path / "workspace")
    with serving(workspace, HOLDFAST_PROCESSES="1", HOLDFAST_TRUSTED_PROXY="192.0.2.1") as house:
        assert asked(house, "/ops").startswith("/login")
    with serving(workspace, HOLDFAST_PROCESSES="1", HOLDFAST_TRUSTED_PROXY="127.0.0.1") as house:
        assert asked(house, "/ops").startswith("/ops/login")
        for wrong in ("//evil.example", "ops", "/a b", "/..", "/ops//x", "https://evil.example", '/"x'):
            assert asked(house, wrong).startswith("/login")


def asked(house: House, prefix: str) -> str:
    connection = http.client.HTTPConnection(urlsplit(house.url).netloc, timeout=PATIENCE)
    connection.request("GET", "/board", headers={"X-Forwarded-Prefix": prefix})
    location = connection.getresponse().headers["Location"]
    connection.close()
    return location or ""


def test_a_phone_signs_in_reads_searches_and_does_a_run_below_a_path(
    place: Path, tmp_path: Path, chromium: Browser
) -> None:
    said: list[str] = []
    with (
        below(place, tmp_path, strips=False) as (_, proxy),
        chromium.new_context(**PHONE, base_url=proxy.url) as context,
    ):
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto("/ops/start/pack")
        page.get_by_label("Login name").fill("ada")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(f"{proxy.url}/ops/start/pack")
        page.goto("/ops/docs/ship/")
        expect(page.locator(".hf-glance")).to_be_attached()  # the site asks the tracker how it goes
        page.get_by_role("link", name="Start this SOP").first.click()
        expect(page).to_have_url(f"{proxy.url}/ops/start/ship")
        page.get_by_label("Which order?").fill("1042")
        page.get_by_role("button", name="Start").click()
        expect(page).to_have_url(re.compile(rf"{proxy.url}/ops/runs/\d+"))
        page.locator(".hf-do-number [name=value]").first.fill("500")
        page.get_by_role("button", name="Done").first.click()
        expect(page.get_by_text("500 g").first).to_be_attached()
        page.goto("/ops/docs/")
        page.locator("label[for=__search]").first.click()
        with page.expect_response(
            f"{proxy.url}/ops/search/site?q=weigh"
        ):  # the site's box asks us, no neighbour
            page.locator(".md-search__input").press_sequentially("weigh")
        assert said == [] and proxy.strays == []
        page.locator(".hf-answers .md-search-result__link").first.click()
        expect(page).to_have_url(re.compile(rf"{proxy.url}/ops/docs/.+"))
        assert proxy.strays == [] and said == []
