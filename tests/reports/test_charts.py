"""Charts say their finding to everybody: as a title, in shapes, and well-formed whatever the texts hold."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from tracker.reports.render import charts
from tracker.reports.render.charts import Ceiling, Point

SVG = "{http://www.w3.org/2000/svg}"
ODD = 'Weigh <script>alert("1")</script> & "count"'
COUNTS = {"done": 400, "skipped": 20, "failed": 14, "omitted": 1, "na": 30}


def all_five(text: str, many: int) -> dict[str, Markup]:
    """A chart of each kind, every text of it this one."""
    points = [Point(text, 0.04 + 0.2 * (i % 7 == 0), 0.0, 0.13) for i in range(many)]
    days = [(60.0 + i, 0.03 + i / 4000) for i in range(many * 3)]
    return {
        "outcomes": charts.outcome_bar(COUNTS, text),
        "pareto": charts.pareto([(text, 40, 0.5), (text, 22, 0.8), (text, 18, 1.0)] * (many // 20), text),
        "control": charts.control(points, [(3, text), (9.5, text)], text, text, (0.05, text), text),
        "load": charts.load(days, Ceiling(125, 140, 160, text), text, text, text, text, days[::20]),
        "trend": charts.trend([0.1, None, 0.2] * (many // 20), text),
    }  # fmt: skip


def test_each_is_an_image_with_its_finding_as_title() -> None:
    for kind, svg in all_five(ODD, 60).items():
        root = ElementTree.fromstring(svg)
        assert root.get("role") == "img", kind
        assert root[0].tag == f"{SVG}title" and root[0].text == ODD, kind
        assert not re.search(r"\sstyle=|<style|<script", svg), kind  # the policy of the pages forbids them


def test_none_is_larger_than_six_kilobytes() -> None:
    for kind, svg in all_five("Fails more since revision 3", 60).items():
        assert len(svg.encode()) <= 6000, (kind, len(svg))


@pytest.mark.parametrize("many", [0, 1])
def test_little_or_nothing_is_drawn_without_complaint(many: int) -> None:
    points = [Point("1 Mar", None, 0.0, 1.0)] * many
    for svg in (
        charts.outcome_bar({}, "nothing"),
        charts.pareto([("Damaged", 1, None)] * many, "nothing"),
        charts.control(points, [(0, "1")] * many, "nothing"),
        charts.load([(0.0, 0.0)] * many, None, "nothing"),
        charts.trend([0.0] * many, "nothing"),
    ):
        assert ElementTree.fromstring(svg) is not None and "nan" not in svg


def test_the_bar_is_full_and_shows_even_what_is_rare() -> None:
    bar = charts.outcome_bar({"done": 99_998, "skipped": 1, "failed": 1, "omitted": 0, "na": 0}, "rare")
    widths = {
        path.get("class"): float(re.search(r"h([\d.]+)", path.get("d", "")).group(1))  # type: ignore[union-attr]
        for path in ElementTree.fromstring(bar).iter(f"{SVG}path")
    }
    assert widths == {"hf-bar-done": 97.0, "hf-bar-skipped": 1.5, "hf-bar-failed": 1.5}


def test_what_lies_outside_of_its_limits_is_a_triangle_up_or_down() -> None:
    points = [Point("a", 0.05, 0.02, 0.1), Point("b", 0.2, 0.02, 0.1), Point("c", 0.0, 0.02, 0.1)]
    svg = charts.control(points, [], "One too high, one too low")
    assert svg.count('class="c-find"') == 2 and "l7 12h-14z" in svg and "l7 -12h-14z" in svg
    assert ">20%</text>" in svg  # the highest says how high


def test_what_makes_up_four_fifths_stands_out() -> None:
    svg = charts.pareto([("a", 60, 0.6), ("b", 30, 0.9), ("c", 10, 1.0)], "Two of three")
    assert (svg.count('class="c-find"'), svg.count('class="c-grey"')) == (2, 1)
    assert "60 · 60%" in svg and "30 · 30%" in svg and "10 · 10%" in svg  # its own share, not the sum
