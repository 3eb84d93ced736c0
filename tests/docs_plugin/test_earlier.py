"""The page of every SOP tells its history: revision, date, who, what changed, and the earlier text."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.docs_plugin.conftest import Build
from tests.support.installation import COUNT, PACK
from tracker.authoring.build import build_site
from tracker.authoring.sync import publish
from tracker.domain.library.publishers import Author

NEWER = PACK.replace("Weigh the parcel", "Weigh the parcel twice").replace("owner: olga", "owner: lena")


@pytest.fixture
def page(app: Flask, workspace: Path) -> Callable[..., str]:
    """Publish each text of the SOP in turn, build the site; its page."""

    def read(*texts: str, by: str = "Ada") -> str:
        for text in texts:
            (workspace / "sops/fulfillment/pack.md").write_text(text)
            publish(app, app.config["HOLDFAST"], by=Author(by))
        site = build_site(workspace).site
        return (site / "fulfillment/pack/index.html").read_text().split('<section class="hf-past"', 1)[1]

    return read


def test_a_first_revision_says_when_and_by_whom(page: Callable[..., str]) -> None:
    history = page(PACK + "\nMind the tape.\n", by="Ada Blake")
    assert "Revision 2" in history and "First published." in history and "Ada Blake" in history
    assert "olga" not in history.replace(PACK.split("---")[1], "")  # the owner need not have published it


def test_each_revision_says_who_what_changed_and_the_earlier_text(page: Callable[..., str]) -> None:
    history = page(PACK, NEWER, NEWER.replace("4. Add a flyer {#flyer .optional}\n", ""))
    third, second, first = history.split("<strong>Revision ")[1:]
    assert "“Add a flyer” is gone." in third and "Ada" in third and "Text of revision 3" not in third
    assert "“Weigh the parcel” now reads “Weigh the parcel twice”." in second and "Ada" in second
    assert "Text of revision 2" in second and "2. Weigh the parcel twice {#weigh" in second
    assert "First published." in first and "2. Weigh the parcel {#weigh" in first


def test_back_to_an_older_text_is_told_as_it_was(page: Callable[..., str]) -> None:
    third = page(PACK, NEWER, PACK).split("<strong>Revision ")[1]
    assert third.startswith("3</strong>")
    assert "“Weigh the parcel twice” now reads “Weigh the parcel”." in third


def test_what_is_no_step_is_told_too(page: Callable[..., str]) -> None:
    assert "Beside the steps is new: “Mind the tape”." in page(PACK, PACK + "\nMind the tape.\n")


def test_script_in_an_earlier_text_is_text(page: Callable[..., str]) -> None:
    history = page(PACK + "\n<script>alert(1)</script></pre><img src=x onerror=alert(2)>\n", PACK)
    assert "&lt;script&gt;alert(1)" in history and "<script>alert(1)" not in history
    assert "<img src=x" not in history


def test_many_revisions_do_not_blow_up_the_page(page: Callable[..., str], workspace: Path) -> None:
    texts = [PACK.replace("max=30000", f"max={30000 + n}") for n in range(60)]
    history = page(*texts)
    assert history.count("<strong>Revision ") == 50 and history.count("<pre") == 10
    assert "10 older revisions are kept in the tracker." in history
    assert len(history) < 60_000
    (told,) = (workspace / "instance/earlier").glob("*.json")  # those before it are swept away
    assert len(json.loads(told.read_text())["revisions"]) == 50
    assert (workspace / "instance/published.json").stat().st_size < len(PACK + COUNT) * 4


def test_a_lost_history_is_written_again_by_the_next_sync(app: Flask, page: Callable[..., str]) -> None:
    told = app.config["HOLDFAST"].instance / "earlier"
    before = page(PACK, NEWER)
    (file,) = told.iterdir()
    file.unlink()
    assert page(NEWER) == before


def test_without_the_file_the_page_is_built_all_the_same(build: Build) -> None:
    site = build({"pack.md": PACK}, {"pack": {"path": "pack.md", "source": PACK, "earlier": "../../x"}})
    assert "Scan the tote" in (site / "pack/index.html").read_text()


def test_without_a_sync_there_is_no_history(build: Build) -> None:
    assert "hf-past" not in (build({"pack.md": PACK}) / "pack/index.html").read_text()
