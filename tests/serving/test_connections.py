"""What a connection may take of time and memory, and who has to go when there is no room for all."""

from __future__ import annotations

import resource
import socket
import tempfile
import time
from contextlib import ExitStack

import pytest

from tests.support.doors import HELLO, QUICK, answer, ask, connect, ended, opened
from tests.support.patience import PATIENCE, until
from tracker.serving import loop
from tracker.serving.crowd import Candidate, to_close
from tracker.serving.limits import SPARE, connections
from tracker.serving.turns import Turns

POST = b"POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
SHORT = 0.4  # s


def other_address() -> str:
    """A second address of this machine, or none of it."""
    try:
        with socket.create_server(("127.0.0.2", 0)):
            return "127.0.0.2"
    except OSError:
        pytest.skip("this system has one loopback address only")


def trickle(line: socket.socket, piece: bytes, pause: float = 0.05) -> float:
    """Send a piece now and then until the server hangs up; the seconds it took."""
    began = time.monotonic()
    line.settimeout(pause)
    while time.monotonic() - began < PATIENCE:
        try:
            line.sendall(piece)
            if not line.recv(1000):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - began


@pytest.fixture(params=["epoll", "poll"])
def loops(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both loops: ours, and waitress's where the system has no epoll."""
    if request.param == "poll":
        monkeypatch.setattr(loop, "AVAILABLE", False)


@pytest.mark.usefixtures("loops")
def test_who_says_nothing_is_dropped_and_nobody_else() -> None:
    with opened(QUICK(silence=SHORT, kept=PATIENCE)) as door, connect(door) as silent, connect(door) as kept:
        kept.sendall(HELLO)
        assert answer(kept) == b"200 0 came"
        assert ended(silent, PATIENCE)
        kept.sendall(HELLO)
        assert answer(kept) == b"200 0 came"


def test_who_asks_no_more_is_dropped() -> None:
    with opened(QUICK(kept=SHORT)) as door, connect(door) as line:
        for _ in range(3):
            line.sendall(HELLO)
            assert answer(line) == b"200 0 came"
        assert ended(line, PATIENCE)


@pytest.mark.usefixtures("loops")
def test_headers_have_to_be_whole_in_time_however_often_a_byte_comes() -> None:
    with opened(QUICK(headers=SHORT)) as door, connect(door) as line:
        line.sendall(b"GET / HTTP/1.1\r\n")
        assert SHORT * 0.9 < trickle(line, b"X-More: x\r\n") < PATIENCE


def test_a_slow_body_is_taken_and_a_trickle_is_not() -> None:
    limits = QUICK(headers=SHORT, silence=SHORT, grace=SHORT, body_rate=100)
    with opened(limits) as door, connect(door) as slow, connect(door) as trickling:
        slow.sendall(POST % 400)
        for _ in range(8):  # twice as fast as it has to be, and longer than any other deadline
            slow.sendall(b"x" * 50)
            time.sleep(0.25)
        slow.settimeout(PATIENCE)
        assert answer(slow) == b"200 400 came"
        trickling.sendall(POST % 400)
        assert trickle(trickling, b"x", 0.2) < PATIENCE


def test_a_body_may_not_stall_however_much_of_it_came() -> None:
    limits = QUICK(stall=SHORT, body_rate=1)
    with opened(limits) as door, connect(door) as line:
        line.sendall(POST % 5000 + b"x" * 4000)
        assert ended(line, PATIENCE)


def test_who_waits_to_be_told_to_go_on_has_the_same_time() -> None:
    with opened(QUICK(grace=SHORT)) as door, connect(door) as line:
        line.sendall((POST % 400).replace(b"Host", b"Expect: 100-continue\r\nHost"))
        assert b"100 Continue" in line.recv(1000)
        assert ended(line, PATIENCE)


@pytest.mark.usefixtures("loops")
def test_who_does_not_read_holds_no_thread_and_is_dropped() -> None:
    with opened(QUICK(stall=SHORT)) as door, connect(door) as line:
        line.sendall(b"GET /30000000 HTTP/1.1\r\nHost: x\r\n\r\n" * 5)
        until(lambda: any(one.total_outbufs_len for one in door.active_channels.values()))
        for _ in range(3):
            assert ask(door) == b"200 0 came"  # there is one thread
        until(lambda: not door.active_channels)


def test_an_answer_that_takes_its_time_to_read_comes_whole() -> None:
    with opened(QUICK(grace=SHORT, stall=PATIENCE, answer_rate=1_000_000)) as door, connect(door) as line:
        line.sendall(b"GET /20000000 HTTP/1.1\r\nHost: x\r\n\r\n")
        came = 0
        while came < 20_000_000:
            came += len(line.recv(1_000_000))
            time.sleep(0.01)


@pytest.mark.usefixtures("loops")
def test_some_requests_at_once_are_answered_in_order_and_many_are_not() -> None:
    with opened(QUICK(at_once=20)) as door:
        with connect(door) as line:
            line.sendall(b"".join(b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % size for size in range(1, 21)))
            said = b""
            while said.count(b"200 OK") < 20 or not said.endswith(b"x" * 20):
                said += line.recv(65_536)
            assert [len(part.rpartition(b"\n")[2]) for part in said.split(b"HTTP/1.1")[1:]] == [*range(1, 21)]
        with connect(door) as line:
            line.sendall(HELLO * 200)
            assert ended(line, PATIENCE)


@pytest.mark.usefixtures("loops")
def test_many_who_ask_at_once_and_read_late_get_every_answer() -> None:
    """The next request of a connection waits until the answer before is sent, and is never forgotten."""
    with opened(QUICK(), threads=4) as door, ExitStack() as stack:
        lines = [stack.enter_context(connect(door)) for _ in range(20)]
        for line in lines:
            line.sendall(b"GET /3000000 HTTP/1.1\r\nHost: x\r\n\r\n" * 3)
        for line in lines:
            came = 0
            while came < 9_000_000:
                came += len(line.recv(1_000_000))


@pytest.mark.usefixtures("loops")
def test_when_it_is_full_newcomers_are_served_and_the_oldest_idle_go() -> None:
    with opened(QUICK(connections=20, young=0.01)) as door, ExitStack() as stack:
        first = stack.enter_context(connect(door))
        for _ in range(40):
            stack.enter_context(connect(door))
            assert ask(door) == b"200 0 came"
        assert ended(first, PATIENCE) and len(door.active_channels) <= 20


def test_an_address_that_holds_most_of_them_loses_its_own() -> None:
    greedy = other_address()
    with opened(QUICK(connections=20, young=0.01)) as door, ExitStack() as stack:
        mine = stack.enter_context(connect(door))
        mine.sendall(HELLO)
        assert answer(mine) == b"200 0 came"
        for _ in range(60):
            line = stack.enter_context(connect(door, greedy))
            line.sendall(HELLO)
            assert answer(line) == b"200 0 came"
        mine.sendall(HELLO)
        assert answer(mine) == b"200 0 came"


def test_bodies_have_a_bound_together_and_the_greedy_lose_first() -> None:
    greedy = other_address()
    with opened(QUICK(bodies=1_000_000)) as door, ExitStack() as stack:
        for _ in range(20):
            line = stack.enter_context(connect(door, greedy))
            line.sendall(POST % 200_000 + b"x" * 100_000)
            until(lambda: door.held.by_address.get(greedy))
        with connect(door) as mine:
            mine.sendall(POST % 300_000 + b"x" * 300_000)
            assert answer(mine) == b"200 300000 came"
        assert door.held.by_address[greedy] <= 600_000
        stack.close()
        until(lambda: not door.held.total and not door.held.by_address)


def test_a_disk_without_room_is_said_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/no/such/folder")
    with opened(QUICK()) as door:
        assert b"503 " in ask(door, POST % 300_000 + b"x" * 300_000)
        assert b"7 came" in ask(door, POST % 7 + b"x" * 7)
        until(lambda: not door.held.total)


def test_of_what_is_too_large_only_some_is_read_to_its_end() -> None:
    with opened(QUICK(in_vain=2), max_request_body_size=200_000) as door, ExitStack() as stack:
        for _ in range(2):
            line = stack.enter_context(connect(door))
            line.sendall(POST % 1_000_000)
        until(lambda: len(door._in_vain) == 2)
        assert ask(door, POST % 1_000_000).startswith(b"413")
        line.sendall(b"x" * 1_000_000)
        assert answer(line) == b"200 0 came"  # the application, which says it in words
        until(lambda: ask(door, POST % 300_000 + b"x" * 300_000) == b"200 0 came")


def test_as_many_connections_as_there_are_descriptors_for() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert connections(100) == 100
    if most != resource.RLIM_INFINITY:
        assert connections(most) == (most - SPARE) // 2
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == most


def test_turns_go_round_the_addresses() -> None:
    line: Turns[str] = Turns(lambda task: task[0])
    for task in ("a1", "a2", "a3", "b1", "c1", "c2"):
        line.append(task)
    assert [line.popleft() for _ in range(len(line))] == ["a1", "b1", "c1", "a2", "c2", "a3"]
    assert not line


def test_idle_ones_leave_before_those_that_send_and_the_greedy_before_all() -> None:
    idle = [(Candidate("a", 1, second), f"idle {second}") for second in range(3)]
    sending = [(Candidate("a", 2, -1), "sending"), (Candidate("b", 2, -1), "other")]
    assert to_close([*sending, *idle], 4, most=None) == ["idle 0", "idle 1", "idle 2", "sending"]
    assert to_close([(Candidate("b", 0, -9), "first"), *sending, *idle], 4, most=3)[-1] == "sending"
