"""A file beside the documents is served so that it can't act; the scripts of the site are the theme's."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.support.installation import Cast, Visitor
from tracker.authoring.build import build_site
from tracker.models import Person

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
Visit = Callable[[Person | None], Visitor]


@pytest.fixture
def site(workspace: Path, app: Flask) -> Path:
    (workspace / "sops/files.md").write_text(
        "# Files\n\n[a](a.txt) [b](b.csv) [c](c.pdf)\n\n<script>alert(1)</script>\n"
    )
    for name in ("a.txt", "b.csv", "c.pdf"):
        (workspace / "sops" / name).write_text("<script>alert(1)</script>")
    (workspace / "sops/d.png").write_bytes(PNG)
    (workspace / "sops/e.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>')
    return build_site(workspace).site


@pytest.mark.parametrize("name", ["a.txt", "b.csv", "c.pdf", "d.png", "e.svg"])
def test_a_file_of_people_is_no_page_script_or_frame(site: Path, visit: Visit, cast: Cast, name: str) -> None:
    answer = visit(cast.admin).get(f"/docs/{name}")
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "object-src 'none'" in policy and "base-uri 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not any(kind in answer.mimetype for kind in ("html", "script", "css", "json", "wasm"))
    attached = answer.headers.get("Content-Disposition", "").startswith("attachment")
    assert attached == name.endswith(("txt", "csv", "pdf"))


def test_scripts_come_from_the_theme_alone(site: Path, visit: Visit, cast: Cast) -> None:
    policy = visit(cast.admin).get("/docs/files/").headers["Content-Security-Policy"]
    parts = dict(part.split(" ", 1) for part in policy.split("; "))
    first, *others = parts["script-src"].split()
    assert first == "localhost/docs/assets/" and all(other.startswith("'sha256-") for other in others)
    assert parts["worker-src"] == "localhost/docs/assets/javascripts/" and parts["base-uri"] == "'none'"
    assert "unsafe" not in policy and "blob:" not in policy


def test_the_page_that_draws_diagrams_is_framed_by_the_site_and_styles_nothing_else(
    workspace: Path, app: Flask, visit: Visit, cast: Cast
) -> None:
    (workspace / "sops/flow.md").write_text("# Flow\n\n```mermaid\nflowchart LR\n  A --> B\n```\n")
    built = build_site(workspace).site
    assert (built / "assets/mermaid.tiny.js").is_file()
    page = visit(cast.admin).get("/docs/flow/")
    assert "flowchart LR\n  A --&gt; B" in page.text and "assets/diagrams.js" in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "frame-src localhost/docs/assets/diagram.html;" in policy and "unsafe" not in policy
    answer = visit(cast.admin).get("/docs/assets/diagram.html")
    parts = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert parts["frame-ancestors"] == "'self'" and parts["default-src"] == "'none'"
    assert parts["script-src"] == "localhost/docs/assets/" and "connect-src" not in parts


def test_a_site_without_diagrams_has_nothing_that_draws_them(site: Path) -> None:
    assert not list(site.glob("assets/*mermaid*")) and not (site / "assets/diagram.html").exists()


def test_the_tracker_takes_scripts_from_its_own_folder(visit: Visit, cast: Cast) -> None:
    policies = [
        visit(cast.admin).get(path).headers["Content-Security-Policy"]
        for path in ("/", "/people", "/find?q=x")
    ]
    for policy in policies:
        assert "script-src localhost/static/" in policy and "'unsafe" not in policy
    assert "'wasm-unsafe-eval'" in policies[0]


@pytest.mark.parametrize(
    ("host", "source"),
    [("shop.example", "shop.example/static/"), ("localhost:8000", "localhost:8000/static/"),
     ("192.168.1.5:8000", "'self'"), ("127.0.0.1:8000", "127.0.0.1:8000/static/"),
     ("[::1]:8000", "'self'"), ("a_b", "'self'")],
)  # fmt: skip
def test_a_host_that_no_policy_can_name_is_named_as_itself(
    app: Flask, cast: Cast, host: str, source: str
) -> None:
    policy = Visitor(app, cast.admin, host).get("/").headers["Content-Security-Policy"]
    assert f"script-src {source}" in re.split("; | 'wasm", policy)
