"""Every SOP page says whose it is, how long it takes and where to start it; a page without steps does not."""

from __future__ import annotations

import pytest

from tests.docs_plugin.conftest import PICK, Build


def test_header_of_a_published_sop(build: Build) -> None:
    site = build({"fulfillment/pick.md": "newer"}, {"pick": {"path": "fulfillment/pick.md", "source": PICK}})
    page = (site / "fulfillment/pick/index.html").read_text()
    assert 'href="../../../start/pick">Start this SOP</a>' in page
    for words in ("Revision 3", "maria", "picker, packer", "order", "2 min", "1 Nov 2026", "30 Jan 2027"):
        assert words in page, words
    assert "<b>3</b> steps · <b>1</b> critical · <b>1</b> signed by a second person" in page


def test_without_a_sync_the_file_can_be_started(build: Build) -> None:
    page = (build({"fulfillment/pick.md": PICK}) / "fulfillment/pick/index.html").read_text()
    assert 'href="../../../start/pick"' in page and "Not published" not in page and "Revision" not in page


def test_a_file_that_is_not_published_says_so_and_can_not_be_started(build: Build) -> None:
    page = (build({"fulfillment/pick.md": PICK}, {}) / "fulfillment/pick/index.html").read_text()
    assert "Not published" in page and "/start/" not in page


def test_a_retired_sop_can_not_be_started(build: Build) -> None:
    entry = {"path": "fulfillment/pick.md", "source": PICK, "retired": True}
    site = build({"fulfillment/pick.md": PICK}, {"pick": entry})
    page = (site / "fulfillment/pick/index.html").read_text()
    assert "Retired" in page and "/start/" not in page
    assert 'class="hf-card"' not in (site / "fulfillment/index.html").read_text()


def test_a_guide_page_has_no_start(build: Build) -> None:
    page = (build({"guide/staff.md": "# For staff\n\nRead on.\n"}) / "guide/staff/index.html").read_text()
    assert "Start this SOP" not in page and "Read on." in page


@pytest.mark.parametrize(("given", "shown"), [("quality", "quality"), ("yes", "A second person")])
def test_the_header_says_who_signs_each_run(build: Build, given: str, shown: str) -> None:
    signed = PICK.replace("subject:", f"verify: {given}\nsubject:")
    page = (build({"fulfillment/pick.md": signed}) / "fulfillment/pick/index.html").read_text()
    assert f"<dt>Who signs it</dt><dd>{shown}</dd>" in page


@pytest.mark.parametrize("title", ["Weigh it", "Weigh & close", "1 < 2"])
def test_a_title_with_text_above_it_stands_once(build: Build, title: str) -> None:
    text = f"Draft of March.\n\n# {title}\n\n1. Take the box\n2. Close the box\n"
    page = (build({"fulfillment/weigh.md": text}) / "fulfillment/weigh/index.html").read_text()
    assert page.count("<h1") == 1 and "Draft of March." in page


def test_a_first_heading_that_is_not_the_title_stays_below_the_text(build: Build) -> None:
    text = "---\ntitle: Weigh it\n---\nDraft.\n\n# The scale\n\n1. Take the box\n2. Close the box\n"
    page = (build({"fulfillment/weigh.md": text}) / "fulfillment/weigh/index.html").read_text()
    assert "The scale" in page and page.count("<h1") == 2
