"""What comes from people is shown, never run; what comes from elsewhere is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from markupsafe import escape
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, PASSWORD, Cast, Visitor, token_in
from tracker.app import create_app
from tracker.authoring.sync import publish
from tracker.config import load
from tracker.db import new_id
from tracker.domain.runs import lifecycle
from tracker.models import Person
from tracker.share import share

Visit = Callable[[Person | None], Visitor]

PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "{{ 7*7 }}{% debug %}",
    "</textarea><iframe srcdoc='<script>alert(1)</script>'>",
]
PAGES = [
    "/",
    "/search?q=1042",
    "/start/pack",
    "/board",
    "/assign",
    "/overview",
    "/weak-points?band=too-early",
    "/sops/pack",
    "/library",
    "/people",
]


def tags(page: str) -> str:
    """The page without what stands as text or in quotes: only there can something run."""
    return " ".join(re.findall(r"<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", page))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_people_write_is_shown_as_they_wrote_it(
    visit: Visit, cast: Cast, session: Session, payload: str
) -> None:
    sam = visit(cast.staff)
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject=payload, assignee=cast.staff)
    session.commit()
    for form in ({"step": "scan", "kind": "done", "value": payload, "note": payload},
                 {"step": "hand", "kind": "failed", "reason": payload}):  # fmt: skip
        answer = sam.htmx(f"/runs/{run.id}/records", {"id": str(new_id())} | form)
        assert answer.status_code == 200 and escaped(answer.text, payload)
    for path in (f"/runs/{run.id}", f"/runs/{run.id}/history", "/"):
        page = sam.get(path).text
        assert escaped(page, payload) and str(escape(payload)) in page
    for person, path in ((cast.lead, "/board"), (cast.staff, "/search?" + urlencode({"q": payload[:60]}))):
        assert escaped(visit(person).get(path).text, payload)


def escaped(page: str, payload: str) -> bool:
    """Whether the payload stands nowhere as markup; braces are text in a page."""
    return payload not in page or escape(payload) == payload


def test_what_an_sop_says_is_sanitised(app: Flask, visit: Visit, cast: Cast, session: Session) -> None:
    text = "\n".join(f"{n}. Open the box {payload}" for n, payload in enumerate(PAYLOADS, 1))
    place = app.config["HOLDFAST"].workspace
    (place / "sops/opening.md").write_text(f"# Open <script>alert(2)</script>\n\n{text}\n")
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    run = lifecycle.start(session, by(cast.staff), NOW, "opening", assignee=cast.staff)
    session.commit()
    for person, path in (
        (cast.staff, f"/runs/{run.id}"),
        (cast.owner, "/sops/opening"),
        (cast.staff, "/start/opening"),
    ):
        page = visit(person).get(path).text
        assert "<script>" not in page and "<iframe" not in page and "<img src=x" not in page
        assert not re.search(r"<[^<>]*\sonload=|<[^<>]*\sonerror=|<[^<>]*href=\W?javascript:", tags(page))


@pytest.mark.parametrize("path", PAGES)
def test_pages_run_only_what_the_policy_allows(visit: Visit, cast: Cast, path: str) -> None:
    answer = visit(cast.admin).get(path)
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert (
        "default-src 'self'" in policy
        and "unsafe-inline" not in policy
        and "frame-ancestors 'none'" in policy
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(
        r"<script(?![^>]*\s(?:src=|type=.application/json.))|<style|\sstyle=|\son[a-z]+=",
        tags(answer.text),
    )


def test_no_template_has_inline_script_or_style() -> None:
    found = []
    for file in (share("templates")).rglob("*.html"):
        if "site" in file.relative_to(share("templates")).parts:
            continue  # the site's policy carries hashes of its inline scripts
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if re.search(
                r"<script(?![^>]*\s(?:src=|type=.application/json.))|<style|\sstyle=|\son[a-z]+=\"|javascript:",
                line,
            ):
                found.append(f"{file.name}:{number}")
    assert found == []


@pytest.mark.parametrize("path", ["/start/pack", "/people", "/logout", "/login", "/setup"])
def test_a_form_from_elsewhere_is_refused(visit: Visit, cast: Cast, path: str) -> None:
    answer = visit(cast.admin).client.post(path, data={"subject": "1042", "ref": "x"})
    assert answer.status_code == 400 and "nothing was saved" in answer.text


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "\n//evil.example",
     "javascript:alert(1)", "evil.example", "/%09/evil.example"],
)  # fmt: skip
def test_signing_in_never_leads_elsewhere(visit: Visit, session: Session, target: str) -> None:
    nobody = visit(None)
    token = token_in(nobody.get("/login").text)
    form = {"login": "sam", "password": PASSWORD, "csrf_token": token}
    answer = nobody.post("/login", form, query_string={"next": target})
    assert answer.status_code == 302
    assert re.fullmatch(r"/(?![/\\]).*", answer.location) and "\t" not in answer.location


def test_signing_in_leads_back_to_where_one_was(visit: Visit, session: Session) -> None:
    nobody = visit(None)
    answer = nobody.get("/start/pack?subject=7")
    assert answer.status_code == 302 and "next=" in answer.location
    form = {"login": "SAM ", "password": PASSWORD, "csrf_token": token_in(nobody.get(answer.location).text)}
    assert nobody.post(answer.location, form).location == "/start/pack?subject=7"


@pytest.mark.parametrize("path", ["/runs/1/../../etc/passwd", "/docs/../instance/secret.key",
                                  "/docs/%2e%2e/instance/secret.key", "/media/..%2fsecret.key",
                                  "/static/../app.py", "/runs/99999999999999999999", "/runs/0", "/runs/-1",
                                  "/sops/pack?revision=²", "/sops/nothing", "/start/nothing",
                                  "/a\0b"])  # fmt: skip
def test_what_is_not_there_is_a_friendly_404(app: Flask, visit: Visit, cast: Cast, path: str) -> None:
    place = app.config["HOLDFAST"].workspace
    (place / "site").mkdir()
    (place / "site/index.html").write_text("site")
    answer = visit(cast.admin).get(path)
    assert answer.status_code in (404, 422) and "<h1>" in answer.text
    assert app.secret_key not in answer.text and "Traceback" not in answer.text


def test_an_error_of_ours_shows_no_trace_and_saves_nothing(workspace: Path, cast: Cast) -> None:
    def broken() -> None:
        raise RuntimeError("the secret of " + str(workspace))

    broken.action = "open"  # type: ignore[attr-defined]
    app = create_app(load(workspace, {}))
    app.add_url_rule("/broken", "broken", broken)
    answer = Visitor(app, cast.admin).get("/broken")
    assert answer.status_code == 500 and "nothing was saved" in answer.text
    assert (
        "secret" not in answer.text and "Traceback" not in answer.text and "RuntimeError" not in answer.text
    )


def test_what_is_too_large_is_refused(visit: Visit, cast: Cast) -> None:
    answer = visit(cast.staff).post("/start/pack", {"subject": "x" * 3_000_000})
    assert answer.status_code == 413 and "2 MB" in answer.text


def test_a_program_gets_its_answer_as_json(visit: Visit, cast: Cast) -> None:
    answer = visit(cast.staff).get("/people", headers={"Accept": "application/json"})
    assert answer.status_code == 403 and set(answer.get_json()) == {"error"}


def test_no_environment_makes_it_tell_more(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    app = create_app(load(workspace, {}))
    assert not app.debug and not app.jinja_env.auto_reload
