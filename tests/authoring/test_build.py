"""The site is swapped in whole or not at all, and carries what its content security policy needs."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tracker.authoring.build import build_site
from tracker.errors import WorkspaceError
from tracker.share import share


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    shutil.copy(share("mkdocs.yml"), tmp_path)
    (tmp_path / "sops").mkdir()
    (tmp_path / "sops/close.md").write_text("# Close\n\n1. Lock the door\n2. Switch off the light\n")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/.gitignore").write_text("*\n")
    return tmp_path


def test_build_reports_and_keeps_gitignore(workspace: Path) -> None:
    report = build_site(workspace)
    assert report.pages >= 2 and report.site == workspace / "site" and report.warnings == ()
    assert (workspace / "site/.gitignore").read_text() == "*\n"
    assert sorted(path.name for path in workspace.iterdir()) == ["mkdocs.yml", "site", "sops"]


def test_mkdocs_alone_builds_the_same_page(workspace: Path) -> None:
    build_site(workspace, workspace / "ours")
    subprocess.run([sys.executable, "-m", "mkdocs", "build", "-q", "-d", "theirs"], cwd=workspace, check=True)
    assert (workspace / "ours/close/index.html").read_bytes() == (
        workspace / "theirs/close/index.html"
    ).read_bytes()


def test_every_inline_script_has_its_hash(workspace: Path) -> None:
    site = build_site(workspace).site
    allowed = json.loads((site / "csp.json").read_text())["script-src"]
    scripts = re.findall(r"<script>(.*?)</script>", (site / "close/index.html").read_text(), re.S)
    assert scripts
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in allowed


def test_no_page_names_another_host(workspace: Path) -> None:
    site = build_site(workspace).site
    for page in site.rglob("*.html"):
        assert not re.findall(r'(?:src|href)="(?:https?:)?//[^"]+', page.read_text()), page


def test_a_failed_build_leaves_the_site(workspace: Path) -> None:
    build_site(workspace)
    before = (workspace / "site/close/index.html").read_bytes()
    (workspace / "mkdocs.yml").write_text("site_name: X\ntheme: {name: nosuch}\n")
    with pytest.raises(WorkspaceError, match="nosuch"):
        build_site(workspace)
    assert (workspace / "site/close/index.html").read_bytes() == before
    assert not list(workspace.glob(".site-*"))


def test_without_mkdocs_yml_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="holdfast init"):
        build_site(tmp_path)


def test_builds_at_once_leave_one_whole_site(workspace: Path) -> None:
    code = "import sys, pathlib, tracker.authoring.build as b; b.build_site(pathlib.Path(sys.argv[1]))"
    running = [subprocess.Popen([sys.executable, "-c", code, str(workspace)]) for _ in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert (workspace / "site/close/index.html").exists() and (workspace / "site/csp.json").exists()
    assert not list(workspace.glob(".site-*"))


def test_a_reader_never_misses_a_page(workspace: Path) -> None:
    page = build_site(workspace).site / "close/index.html"
    done, misses = threading.Event(), []

    def read() -> None:
        while not done.is_set():
            try:
                assert page.read_bytes().endswith(b"</html>")
            except (OSError, AssertionError) as error:
                misses.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(3):
            build_site(workspace)
    finally:
        done.set()
        reader.join()
    assert misses == []
