"""A hostile document takes bounded time and memory, in a process of its own, and is refused by name."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from tests.sop.bombs import MATTER, STEPS, TEXTS
from tracker.sop import frontmatter, limits, parse, reading
from tracker.sop.limits import Limits
from tracker.sop.reader import NoChildError, Reader, RefusedError, Unread

TIGHT = Limits(seconds=0.4, seconds_a_megabyte=0.0, memory=250_000_000, page=2_000_000)


@pytest.fixture(autouse=True)
def _no_child_is_left() -> Iterator[None]:
    reading._refused.clear()
    yield
    reading._end_idle()


@pytest.mark.parametrize("name", MATTER)
def test_front_matter_that_can_blow_up_is_refused_with_its_line(name: str) -> None:
    source, line, words = MATTER[name]
    [problem] = parse.read(source, "a/pack.md").errors
    assert (problem.line, problem.rule) == (line, "front-matter")
    assert words in problem.message and problem.hint.endswith(".")


def test_what_looks_like_an_alias_may_be_written_in_quotes() -> None:
    meta, problems = frontmatter.read('title: "*new* & old"\nlint: {long-step: "!"}', "a.md")
    assert (meta.title, problems) == ("*new* & old", [])


@pytest.mark.parametrize("name", TEXTS)
def test_a_bomb_is_read_apart_and_what_goes_beyond_the_limits_is_refused(name: str) -> None:
    source = TEXTS[name]
    assert not limits.simple(source)
    begun, worked = time.monotonic(), time.thread_time()
    document = reading.check(Unread(source, "a/pack.md"), TIGHT)
    assert time.thread_time() - worked < 0.5 and time.monotonic() - begun < TIGHT.wait
    for problem in document.errors:
        assert (problem.path, problem.rule) == ("a/pack.md", "limits")
        assert any(words in problem.message for words in ("longer than", "more than", "can't be read"))


@pytest.mark.parametrize(
    ("name", "bounds", "words"),
    [
        ("paragraphs", TIGHT, "It takes longer than 0.4 seconds to read."),
        ("a table", TIGHT._replace(seconds=60.0, memory=120_000_000), "more than 120 MB of memory"),
        ("paragraphs", TIGHT._replace(seconds=60.0, wait=-59.0), "It takes too long to read."),
        ("emphasis", TIGHT._replace(seconds=60.0, page=100_000), "more than 0 MB"),
    ],
)
def test_each_limit_says_what_it_is(name: str, bounds: Limits, words: str) -> None:
    [problem] = reading.check(Unread(TEXTS[name], "a.md"), bounds).errors
    assert words in problem.message and problem.error


def test_what_was_refused_is_not_tried_again() -> None:
    unread = Unread(TEXTS["paragraphs"], "a.md")
    first = reading.check(unread, TIGHT)
    begun = time.process_time()
    assert reading.check(unread, TIGHT) == first and first.errors
    assert time.process_time() - begun < 0.2


def test_a_long_document_that_is_well_behaved_is_read_as_ever() -> None:
    source = STEPS + "\n\n".join(f"Paragraph {n} with *some* words and a [link](b.md)." for n in range(700))
    assert not limits.simple(source)
    assert reading.check(Unread(source, "a.md")) == parse.read(source, "a.md")


def test_one_bomb_among_many_documents_in_many_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "READING", TIGHT._replace(seconds=1.5))
    wanted = [Unread(f"# Page {n}\n\n1. Open it\n2. Close it\n", f"{n}.md") for n in range(60)]
    wanted[30] = Unread(TEXTS["paragraphs"], "bomb.md")
    found = reading.read(wanted, 2)
    assert [document.path for document in found if document.errors] == ["bomb.md"]
    assert [len(document.steps) for document in found if not document.errors] == [2] * 59


def test_a_document_with_too_many_steps_or_headings_is_refused_at_the_line() -> None:
    steps = "\n".join(f"{n}. Check item {n}" for n in range(1, limits.STEPS + 2))
    [problem] = parse.read(steps, "a.md").errors
    assert (problem.rule, problem.line) == ("limits", limits.STEPS + 1) and "1000 steps" in problem.message
    [problem] = parse.read("# Part\n\n" * (limits.HEADINGS + 1), "a.md").errors
    assert (problem.rule, problem.line) == ("limits", 2 * limits.HEADINGS + 1)


def test_a_child_that_was_refused_something_is_gone() -> None:
    reader = Reader(TIGHT)
    with pytest.raises(RefusedError):
        reader.read([Unread(TEXTS["paragraphs"], "a.md")])
    assert not reader.alive and reader._child.returncode is not None


def test_without_a_child_what_is_not_simple_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(bounds: Limits) -> Reader:
        raise NoChildError

    monkeypatch.setattr(reading, "Reader", none)
    [problem] = reading.check(Unread(TEXTS["backticks"], "a.md")).errors
    assert "no process can be started" in problem.message


def test_a_child_is_not_shared_with_a_process_that_was_forked() -> None:
    reading.check(Unread("One line of text.\n\n" * 700, "a.md"))
    [reader] = reading._idle
    reader.owner = os.getpid() + 1  # as the copy in a fork sees it
    taken = reading._take_reader(limits.READING)
    assert taken is not reader and reader._child.poll() is None
    reader.owner = os.getpid()
    reader.end()
    taken.end()


def test_a_child_that_nobody_needs_any_more_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "IDLE_SECONDS", 0.01)
    reading.check(Unread("One line of text.\n\n" * 700, "a.md"))
    for reader in list(reading._idle):
        reader.bored.join()
    assert reading._idle == []


SIMPLE = ("[a](b ", "![", "*a* ", "`` ` ", '<a href="', "**_", "[^1] ", "\\`", "&amp;", "](", "_a*")


@pytest.mark.parametrize("piece", SIMPLE)
def test_what_is_simple_is_cheap_however_it_is_written(piece: str) -> None:
    most = max(n for n in range(1, 1_400 // len(piece)) if limits.simple(STEPS + piece * n))
    source = "\n\n".join([STEPS, *[piece * most] * min(500, 30_000 // (len(piece) * most + 2))])
    assert limits.simple(source)
    begun = time.process_time()
    parse.read(source, "a.md")
    assert time.process_time() - begun < 2.0
