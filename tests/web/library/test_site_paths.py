"""A file of the site has one address, and its rules are those of the file, however the address is spelled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.installation import Cast, Visitor
from tracker.models import Person

Visit = Callable[[Person | None], Visitor]


@pytest.fixture(autouse=True)
def site(workspace: Path) -> None:
    for name, text in {
        "index.html": "<p>home",
        "returns/index.html": "<p>returns",
        "assets/app.css": "p {}",
        "returns/plan.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "returns/PLAN.SVG": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "returns/x.xhtml": "<html xmlns='http://www.w3.org/1999/xhtml'/>",
        "returns/PAGE.HTML": "<p>page",
        "csp.json": '{"script-src": ["the-policy"]}',
        ".hidden": "what is hidden",
    }.items():
        (workspace / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (workspace / "site" / name).write_text(text)


@pytest.mark.parametrize(
    ("asked", "right"),
    [
        ("/docs/./returns/", "/docs/returns/"),
        ("/docs/%2e/returns/", "/docs/returns/"),
        ("/docs/returns", "/docs/returns/"),
        ("/docs/returns/.", "/docs/returns/"),
        ("/docs//returns//plan.svg", "/docs/returns/plan.svg"),
        ("/docs/returns/./plan.svg?x=1&y=%20", "/docs/returns/plan.svg?x=1&y=%20"),
        ("/docs/./", "/docs/"),
        ("/docs/.", "/docs/"),
    ],
)
def test_another_spelling_leads_to_the_address(visit: Visit, cast: Cast, asked: str, right: str) -> None:
    answer = visit(cast.staff).get(asked)
    assert (answer.status_code, answer.location) == (308, right)
    assert visit(cast.staff).get(right).status_code == 200


@pytest.mark.parametrize(
    "asked",
    ["csp.json", "./csp.json", "%2e/csp.json", "CSP.JSON", "csp.json.", "csp.json%20", "x/../csp.json",
     "csp.json/", "csp.json/.",
     "returns/../csp.json", "..%2fsite/csp.json", "returns\\..\\csp.json", "returns%5cplan.svg", ".hidden",
     "./.hidden", "returns/plan.svg.", "returns/plan.svg/", "RETURNS/",
     "returns/%2e%2e/%2e%2e/instance/secret.key",
     "%252e/csp.json", "csp.json%00", "csp.json%0a", "c\u017fp.json", "\uff43sp.json"],
)  # fmt: skip
def test_what_is_no_page_is_not_there(visit: Visit, cast: Cast, workspace: Path, asked: str) -> None:
    answer = visit(cast.staff).get(f"/docs/{asked}", follow_redirects=True)
    assert answer.status_code in (404, 422)
    key = workspace / "instance" / "secret.key"
    for content in (b"the-policy", b"what is hidden", key.read_bytes().strip()):
        assert content not in answer.data


@pytest.mark.parametrize("name", ["plan.svg", "PLAN.SVG", "x.xhtml"])
def test_a_picture_that_is_a_page_runs_nothing(visit: Visit, cast: Cast, name: str) -> None:
    answer = visit(cast.staff).get(f"/docs/./returns/{name}", follow_redirects=True)
    assert answer.status_code == 200 and "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["", "returns/", "returns/PAGE.HTML", "./returns/index.html"])
def test_a_page_has_the_sites_policy(visit: Visit, cast: Cast, path: str) -> None:
    answer = visit(cast.staff).get(f"/docs/{path}", follow_redirects=True)
    assert "the-policy" in answer.headers["Content-Security-Policy"]
