"""A step has the anchor of its key and says in words what it asks for."""

from __future__ import annotations

import re

from tests.docs_plugin.conftest import PICK, Build
from tracker.sop.badges import duration, limits
from tracker.sop.numbering import numbers
from tracker.sop.parse import read


def test_anchors_are_the_keys_of_the_checklist(build: Build) -> None:
    page = (build({"fulfillment/pick.md": PICK}) / "fulfillment/pick/index.html").read_text()
    shown = re.findall(r'<li(?=[^>]*class="step)[^>]*id="sop:([^"]+)"', page)
    assert (
        shown == [step.key for step in read(PICK, "fulfillment/pick.md").steps] == ["scan", "weigh", "sign"]
    )


def test_a_step_has_the_number_that_it_has_in_a_run(build: Build) -> None:
    first = "## In\n\n1. Lock the door\n    1. Turn the key\n    2. Pull the handle\n"
    source = f"# Close\n\n{first}\n## Out\n\n1. Go home\n"
    page = (build({"a/close.md": source}) / "a/close/index.html").read_text()
    assert re.findall(r'data-number="(\w+)"', page) == ["1", "1a", "1b", "2"]
    steps = read(source, "a/close.md").steps
    assert list(numbers(steps).values()) == ["1", "1a", "1b", "2"]


def test_published_keys_win(build: Build) -> None:
    source = "# Close\n\n1. Lock the door\n2. Switch off the light\n"
    site = build(
        {"a/close.md": source}, {"a-close": {"path": "a/close.md", "source": source, "keys": ["k1", "k2"]}}
    )
    page = (site / "a/close/index.html").read_text()
    assert 'id="sop:k1"' in page and 'id="sop:k2"' in page


def test_badges_say_what_is_asked(build: Build) -> None:
    page = (build({"fulfillment/pick.md": PICK}) / "fulfillment/pick/index.html").read_text()
    for words in ("Critical", "Scan", "Number 20 – 30\u202f000 g", "A second person signs (lead)", "2 min"):
        assert re.search(rf'class="hf-badge [^>]*>{re.escape(words)}</span>', page), words
    assert 'class="admonition recovery"' in page


def test_rows_and_titled_paragraphs_are_anchored_with_their_badges(build: Build) -> None:
    table = "| Done | What |\n| --- | --- |\n| ☐ | Air the room {#air .critical} |\n"
    source = f"# Open\n\n**Step 1: Walk round** {{#walk .optional}}\n\n{table}\n**Step 2: Sign** {{#sign}}\n"
    page = (build({"a/open.md": source}) / "a/open/index.html").read_text()
    assert re.findall(r'<(p|tr)(?=[^>]*class="step)[^>]*id="sop:(\w+)"', page) == [
        ("p", "walk"),
        ("tr", "air"),
        ("p", "sign"),
    ]
    assert re.search(r'</p>\s*<p class="hf-badges"><span class="hf-badge hf-badge--optional">', page)
    assert re.search(r'<td>Air the room<p class="hf-badges"><span class="hf-badge hf-badge--critical">', page)


def test_the_checklist_gets_no_badges() -> None:
    assert not any("hf-badge" in step.html for step in read(PICK, "fulfillment/pick.md").steps)


def test_words_of_limits_and_durations() -> None:
    assert limits({"max": 5.0, "unit": "°C"}) == "at most 5 °C"
    assert limits({"min": 0.0}) == "at least 0"
    assert limits({"options": ("S", "M")}) == "S / M"
    assert [duration(s) for s in (20, 90, 3600, 5400, 172800)] == [
        "20 s",
        "2 min",
        "1 h",
        "1 h 30 min",
        "2 days",
    ]
