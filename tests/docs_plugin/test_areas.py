"""Pages stand by area: a front page with cards for each folder, in a sensible order, the guide last."""

from __future__ import annotations

import json
import re

from tests.docs_plugin.conftest import Build


def test_home_shows_the_areas_in_order_with_their_cards(build: Build) -> None:
    site = build(
        {
            "guide/staff.md": "# For staff\n\nHow to begin.\n",
            "zebra/z.md": "# Zed\n\n1. Do this\n2. Do that\n",
            "fulfillment/pick.md": "---\ndescription: Walk once.\ntakes: 5m\n---\n# Pick\n\n1. Go\n2. Take\n",
            "fulfillment/index.md": "# Order fulfillment\n",
        }
    )
    home = (site / "index.html").read_text()
    assert re.findall(r'id="area-(\w+)"', home) == ["fulfillment", "zebra", "guide"]
    card = home[home.index('href="fulfillment/pick/"') :]
    assert "Walk once." in card and "2 steps" in card and "5 min" in card
    assert ">Order fulfillment</a>" in home
    nav = re.sub(r"\s+", " ", home[: home.index("<article")])
    assert nav.index("Order fulfillment") < nav.index("Zebra") < nav.index("Guide")


def test_an_area_without_front_page_gets_one(build: Build) -> None:
    site = build({"lost-goods/find.md": "# Find\n\n1. Look\n2. Ask\n"})
    page = (site / "lost-goods/index.html").read_text()
    assert "<h1>Lost goods</h1>" in page and 'href="find/"' in page


def test_search_and_tags_know_the_pages(build: Build) -> None:
    site = build({"a/find.md": "---\ntags: [peak]\n---\n# Find it\n\n1. Look under the shelf\n2. Ask\n"})
    index = json.loads((site / "search/search_index.json").read_text())
    assert any("under the shelf" in entry["text"] for entry in index["docs"])
    assert "Find it" in (site / "tags/index.html").read_text()
