"""One bad document never stops the others, and nothing in a document can run."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.docs_plugin.conftest import Build
from tests.sop.bombs import MATTER, TEXTS
from tracker.docs_plugin.overdue import OverdueError, within
from tracker.sop import limits
from tracker.sop.limits import Limits

GOOD = "# Good\n\n1. Do this\n2. Do that\n"
BAD = {
    "binary": (b"\xff\xfe\x00\x01", "bad.md:1"),
    "huge": (b"# Big\n" + b"x" * 2_000_001, "too large"),
    "matter": ("---\ntitle: [oops\nowner: x\n---\n# T\n", "bad.md:3"),
    "latin": ("# Caf\xe9\n".encode("latin-1"), "UTF-8"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_page_with_a_note_and_the_others_are_built(build: Build, name: str) -> None:
    content, said = BAD[name]
    site = build({"a/bad.md": content, "a/good.md": GOOD})
    page = (site / "a/bad/index.html").read_text()
    assert "hf-problems" in page and said in page
    assert "Start this SOP" in (site / "a/good/index.html").read_text()


def test_the_last_good_revision_is_shown(build: Build) -> None:
    site = build({"a/good.md": "---\nid: [\n---\n"}, {"a-good": {"path": "a/good.md", "source": GOOD}})
    page = (site / "a/good/index.html").read_text()
    assert "Do that" in page and "hf-problems" not in page


def test_front_matter_can_not_choose_a_template(build: Build) -> None:
    matter = "---\ntemplate: nosuch.html\nhide: 7\ntags: {a: b}\n---\n"
    assert "Do that" in (build({"a/odd.md": matter + GOOD}) / "a/odd/index.html").read_text()


def test_a_first_line_with_a_colon_stays(build: Build) -> None:
    assert (
        "Purpose: sell" in (build({"a/odd.md": "Purpose: sell\n\n" + GOOD}) / "a/odd/index.html").read_text()
    )


ATTACKS = ("</title><script>alert(1)</script>", '"><img src=x onerror=alert(1)>')


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_in_a_document_runs(build: Build, attack: str) -> None:
    fields = ("title", "description", "owner", "area", "subject")
    matter = (
        "".join(f"{name}: '{attack}'\n" for name in fields) + f"tags: ['{attack}']\nroles: ['{attack}']\n"
    )
    body = f'{GOOD}\n{attack}\n\n{attack}\n\n[x](javascript:alert%281%29)\n\n3. Tell {{#k when="{attack}"}}\n'
    heading = "# " + attack.replace("<", "&lt;").replace(">", "&gt;")
    files = {"a/matter.md": f"---\n{matter}---\n{body}", "a/body.md": f"{heading}\n\n{body}"}
    site = build(files)
    for path in ("a/matter/index.html", "a/body/index.html", "a/index.html", "index.html", "tags/index.html"):
        page = (site / path).read_text()
        for bad in ("<script>alert", "<img src=x", 'href="javascript:'):
            assert bad not in page, (path, page[page.index(bad) - 200 :][:300])


def test_a_link_out_of_the_folder_is_left_out(build: Build, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("# Secret\n\n1. The key\n2. The lock\n")
    (tmp_path / "sops/a").mkdir(parents=True)
    os.symlink(secret, tmp_path / "sops/a/leak.md")
    site = build({"a/good.md": GOOD})
    assert not (site / "a/leak").exists() and "The key" not in (site / "search/search_index.json").read_text()


def test_no_name_of_a_file_or_folder_runs(build: Build) -> None:
    attack = "<script>alert(1)<"
    site = build({f"{attack}/{attack}/script>.md": "1. Do this\n", f"{attack}/script>.md": "1. Do this\n"})
    for page in site.rglob("*.html"):
        assert "<script>alert" not in page.read_text(), page


def test_a_page_that_is_html_already_is_left_out(build: Build) -> None:
    raw = "<script>alert(1)</script>"
    site = build(
        {
            "a/good.md": GOOD + "\n[Form](form.pdf)\n",
            "a/raw.html": raw,
            "a/RAW.HTM": raw,
            "a/form.pdf": b"%PDF-",
        }
    )
    assert sorted(file.name for file in (site / "a").iterdir()) == ["form.pdf", "good", "index.html"]


def test_linked_folders_and_pipes_are_left_out(build: Build, tmp_path: Path) -> None:
    (tmp_path / "sops/a").mkdir(parents=True)
    os.symlink(".", tmp_path / "sops/a/loop")
    os.mkfifo(tmp_path / "sops/a/pipe.md")
    site = build({"a/good.md": GOOD, b"a/q\xff.md".decode("utf-8", "surrogateescape"): GOOD})
    assert sorted(file.name for file in (site / "a").iterdir()) == ["good", "index.html"]


def test_an_unreadable_published_file_shows_the_files(build: Build, tmp_path: Path) -> None:
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance/published.json").write_text("{")
    assert "Start this SOP" in (build({"a/good.md": GOOD}) / "a/good/index.html").read_text()


@pytest.mark.parametrize("bomb", [MATTER["an alias"][0], TEXTS["paragraphs"], TEXTS["a table"]])
def test_a_bomb_is_a_page_that_says_so_and_the_others_are_built(
    build: Build, monkeypatch: pytest.MonkeyPatch, bomb: str
) -> None:
    monkeypatch.setattr(limits, "READING", Limits(0.4, 0.0, memory=250_000_000, page=2_000_000))
    site = build({"a/bomb.md": bomb, "a/good.md": GOOD})
    page = (site / "a/bomb/index.html").read_text()
    assert "hf-problems" in page and "a/bomb.md:" in page and len(page) < 100_000
    assert "Start this SOP" in (site / "a/good/index.html").read_text()


def _lost() -> None:
    with within(0.05):
        while True:
            pass


def test_an_extension_that_is_lost_in_a_page_is_stopped() -> None:
    with pytest.raises(OverdueError):
        _lost()
    with within(0.05):
        pass
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)
