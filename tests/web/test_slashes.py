"""A slash too many at the end of an address leads to the page without it, and nowhere else."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests.support.routes import ROUTES

GIVEN = {"int": "7", "name": "pack.png"}


def path_of(route: str) -> str:
    return re.sub(r"<(?:(\w+):)?(\w+)>", lambda match: GIVEN.get(match[1] or "", "pack"), route)


PAGES = sorted(
    path_of(route.removeprefix("GET "))
    for route in ROUTES
    if route.startswith("GET ") and not route.endswith(("/", "<path:path>", "<path:filename>"))
)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_page_is_reached_with_a_slash_and_keeps_its_query(app: Flask, method: str) -> None:
    client = app.test_client()
    wrong = {}
    for page in PAGES:
        answer = client.open(f"{page}/?q=a%26b&x=%C3%BC", method=method)
        if (answer.status_code, answer.headers.get("Location")) != (308, f"{page}?q=a%26b&x=%C3%BC"):
            wrong[page] = (answer.status_code, answer.headers.get("Location"))
    assert len(PAGES) > 50 and wrong == {}


@pytest.mark.parametrize(
    "path",
    [
        *("//evil.example/", "/\\evil.example/", "//evil.example/board/", "///board/", "/%2Fevil.example/"),
        *("/board/%0d%0aX: y/", "/nothing/", "/http://evil.example/"),
    ],
)
def test_no_slash_leads_to_another_host(app: Flask, path: str) -> None:
    answer = app.test_client().get(path, base_url="http://floor.example")
    there = answer.headers.get("Location", "")
    assert answer.status_code in (302, 303, 308, 404) and "X" not in answer.headers
    assert not urlsplit(there).netloc and not there.startswith(("//", "/\\"))


def test_a_form_is_never_sent_elsewhere(app: Flask) -> None:
    assert app.test_client().post("/board/assignments/").status_code in (400, 404)
    assert app.test_client().post("/login/").headers.get("Location") is None
