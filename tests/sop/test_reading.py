"""Many documents are read on every core, and come out as each is read alone."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import pytest

from tracker.sop import limits, parse, reader, reading
from tracker.sop.reading import Unread

STEPS = "---\nid: {id}\n---\n\n## Steps\n\n1. Fill the {thing} with water\n2. Close it {{#close .critical}}\n"


def documents(count: int) -> list[Unread]:
    found = []
    for n in range(count):
        source = STEPS.format(id=f"sop-{n}", thing=f"kettle {n}")
        before = parse.read(source.replace("Fill the", "Fill up the"), f"{n}.md").steps
        found.append(Unread(source.encode(), f"{n}.md", f"sop-{n}", before))
    return found


def alone(wanted: Sequence[Unread]) -> list[object]:
    return [reading.one(unread) for unread in wanted]


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_documents_come_in_the_order_in_which_they_are_wanted(processes: int) -> None:
    wanted = documents(6 * reading.SHARE + 1)
    assert reading.read(wanted, processes) == alone(wanted)


def test_steps_keep_the_keys_they_had() -> None:
    (document,) = reading.read(documents(1))
    assert [step.key for step in document.steps] == ["fill-up-the-kettle-0-with-water", "close"]


def test_a_document_in_the_place_of_another_sop_has_keys_of_its_own() -> None:
    (unread,) = documents(1)
    (document,) = reading.read([unread._replace(id="another")])
    assert [step.key for step in document.steps] == ["fill-the-kettle-0-with-water", "close"]


def test_nothing_to_read_is_nothing_read() -> None:
    assert reading.read([], 2) == []


def test_what_is_wrong_with_a_document_comes_from_a_child_too() -> None:
    wanted = [Unread(b"\xff\xfe", "broken.md") for _ in range(4 * reading.SHARE)]
    assert {p.rule for found in reading.read(wanted, 2) for p in found.errors} == {"encoding"}


@pytest.mark.parametrize("program", ["", "/no/such/python", "/bin/false", "/bin/echo"])
def test_without_a_child_all_is_read_here(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    wanted = documents(3 * reading.SHARE)
    monkeypatch.setattr(sys, "executable", program)
    assert reading.read(wanted, 2) == alone(wanted)


def test_each_process_is_started_once(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []

    class Counted(reader.Reader):
        def __init__(self, bounds: limits.Limits) -> None:
            super().__init__(bounds)
            started.append(self)

    monkeypatch.setattr(reading, "Reader", Counted)
    reading._end_idle()
    reading.read(documents(300), processes=3)
    assert len(started) <= 2 and [one.alive for one in started].count(True) == len(reading._idle) <= 1
    reading._end_idle()
