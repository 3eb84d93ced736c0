"""What takes long never keeps what is quick waiting."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask

from tests.support.doors import HELLO, QUICK, answer, ask, connect, opened
from tests.support.patience import PATIENCE, until
from tracker.serving import lanes
from tracker.serving.lanes import LARGE, LONG, Lane, lane

SIGN_IN = b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx"


def test_a_tick_does_not_wait_for_those_who_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "MOST", 10)
    go_on = threading.Event()

    def application(environ: Any, start_response: Any) -> list[bytes]:
        if environ["PATH_INFO"] == "/login":
            assert go_on.wait(PATIENCE)
        start_response("200 OK", [("Content-Length", "1")])
        return [b"x"]

    with opened(QUICK(), application=application) as door, ExitStack() as stack:
        lines = [stack.enter_context(connect(door)) for _ in range(11)]
        for number, line in enumerate(lines):
            line.sendall(SIGN_IN)
            until(lambda number=number: door._lanes.waiting(Lane.ENTRANCE) == number)
        assert ask(door, SIGN_IN).startswith(b"503 ")  # so many wait that another would wait too long
        assert ask(door, HELLO) == b"200 x"  # with one thread
        go_on.set()
        assert [answer(line) for line in lines] == [b"200 x"] * 11


def test_a_tick_does_not_wait_for_phones_that_bring_their_photos() -> None:
    """A queue with photos takes seconds of a thread; one without is a few ticks."""
    go_on = threading.Event()

    def application(environ: Any, start_response: Any) -> list[bytes]:
        if int(environ.get("CONTENT_LENGTH", 0)) > LARGE:
            assert go_on.wait(20)
        start_response("200 OK", [("Content-Length", "1")])
        return [b"x"]

    queue = b"POST /queue HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
    with opened(QUICK(), application=application) as door, ExitStack() as stack:
        lines = [stack.enter_context(connect(door)) for _ in range(3)]
        for number, line in enumerate(lines):
            line.sendall(queue % (LARGE + 1) + b"x" * (LARGE + 1))
            until(lambda number=number: door._lanes.waiting(Lane.PHOTOS) == number)
        assert ask(door, queue % LARGE + b"x" * LARGE) == ask(door, HELLO) == b"200 x"  # with one thread
        go_on.set()
        assert [answer(line) for line in lines] == [b"200 x"] * 3


def test_every_path_of_a_slow_lane_is_one_of_ours(app: Flask) -> None:
    ours = [(method, str(rule)) for rule in app.url_map.iter_rules() for method in rule.methods or ()]
    for where, command, path in LONG:
        assert any(command == method and path.match(rule) for method, rule in ours), (where, path)
    for method, rule in ours:
        if method == "POST" and rule.startswith(("/runs", "/start", "/lock")):
            assert lane(method, rule) is Lane.FLOOR
    assert lane("POST", "/login") is Lane.ENTRANCE and lane("GET", "/login") is Lane.FLOOR
    assert lane("GET", "/sops/pack/health.csv") is lane("GET", "/board.csv") is Lane.FIGURES


@pytest.mark.parametrize(
    ("settings", "request_"),
    [
        ({}, b"HEAD /overview HTTP/1.1\r\nHost: x\r\n\r\n"),  # answered by the same work, without its content
        ({}, b"GET /%6fverview HTTP/1.1\r\nHost: x\r\n\r\n"),
        ({}, b"GET http://x/overview HTTP/1.1\r\nHost: x\r\n\r\n"),
        ({"prefix": "/ops"}, b"GET /ops/overview HTTP/1.1\r\nHost: x\r\n\r\n"),
        (
            {"trusted_proxy": "127.0.0.1"},
            b"GET /ops/overview HTTP/1.1\r\nHost: x\r\nX-Forwarded-Prefix: /ops\r\n\r\n",
        ),
    ],
    ids=["head", "escaped", "with its host", "below a path", "below the path of a proxy"],
)
def test_no_way_of_asking_leads_past_the_slow_lane(settings: dict[str, Any], request_: bytes) -> None:
    go_on = threading.Event()

    def application(environ: Any, start_response: Any) -> list[bytes]:
        if environ["PATH_INFO"].endswith("overview"):
            assert go_on.wait(PATIENCE)
        start_response("200 OK", [("Content-Length", "1")])
        return [b"x"]

    with opened(QUICK(), application=application, **settings) as door, ExitStack() as stack:
        for number in range(3):
            stack.enter_context(connect(door)).sendall(request_)
            until(lambda number=number: door._lanes.waiting(Lane.FIGURES) == number)
        assert ask(door, HELLO) == b"200 x"
        go_on.set()
