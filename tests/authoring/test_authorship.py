"""Who published a revision: its author in git, or a person here, or who ran the command."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.installation import COUNT, PACK, Cast, Visitor
from tracker.authoring import authorship
from tracker.authoring.sync import publish
from tracker.domain.library.publishers import Author
from tracker.models import Person, Sop

RUNNER = Author("The server", "", "holdfast")
PACKED, COUNTED = "fulfillment/pack.md", "inventory/count.md"

Commit = Callable[..., None]


@pytest.fixture
def sops(workspace: Path) -> Path:
    return workspace / "sops"


@pytest.fixture
def commit(sops: Path) -> Commit:
    """Commit what lies in the folder, as somebody."""

    def git(*arguments: str) -> None:
        subprocess.run(["git", "-C", str(sops), *arguments], check=True, capture_output=True)

    def run(name: str, email: str = "", *options: str) -> None:
        git("add", "-A")
        who = ["-c", f"user.name={name}", "-c", f"user.email={email or 'nobody@example.org'}"]
        git(*who, "commit", "-q", "-m", "Change", *options)

    git("init", "-q")
    return run


@pytest.fixture
def published(app: Flask, session: Session) -> Callable[[str], str | None]:
    """Publish what lies there; who is said to have published the SOP in force."""

    def run(sop_id: str) -> str | None:
        publish(app, app.config["HOLDFAST"], by=RUNNER)
        session.rollback()
        session.expire_all()
        revision = session.get_one(Sop, sop_id).in_force
        assert revision is not None
        return revision.publisher

    return run


def test_the_author_in_git_has_published_it(
    sops: Path, commit: Commit, published: Callable[[str], str | None]
) -> None:
    (sops / PACKED).write_text(PACK.replace("Add a flyer", "Add two flyers"))
    commit("Ann Lee")
    (sops / COUNTED).write_text(COUNT + "\nMind the racks.\n")
    commit("Bob Ray")
    assert published("pack") == "Ann Lee"
    assert published("count") == "Bob Ray"


def test_an_address_of_somebody_here_is_that_person_under_their_name_today(
    sops: Path, commit: Commit, published: Callable[[str], str | None], session: Session, cast: Cast
) -> None:
    session.get_one(Person, cast.lead.id).email = "Lead@Example.com"
    session.commit()
    (sops / PACKED).write_text(PACK.replace("Add a flyer", "Add two flyers"))
    commit("lc", "lead@example.com")
    assert published("pack") == cast.lead.name


def test_what_is_not_committed_is_of_who_ran_the_command(
    sops: Path, commit: Commit, published: Callable[[str], str | None]
) -> None:
    commit("Ann Lee")
    (sops / PACKED).write_text(PACK.replace("Add a flyer", "Add two flyers"))
    assert published("pack") == "The server"


def test_without_git_it_is_who_ran_the_command(
    sops: Path, published: Callable[[str], str | None], cast: Cast, app: Flask, session: Session
) -> None:
    (sops / PACKED).write_text(PACK.replace("Add a flyer", "Add two flyers"))
    assert published("pack") == "The server"
    (sops / PACKED).write_text(PACK.replace("Add a flyer", "Add three flyers"))
    publish(app, app.config["HOLDFAST"], by=Author("root", "", cast.owner.login))
    session.rollback()
    session.expire_all()
    revision = session.get_one(Sop, "pack").in_force
    assert revision is not None and revision.published_by_person == cast.owner


def test_a_change_that_a_merge_brought_is_its_authors(
    sops: Path, commit: Commit, published: Callable[[str], str | None]
) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", "-C", str(sops), *arguments], check=True, capture_output=True)

    commit("Ann Lee")
    git("checkout", "-q", "-b", "other")
    (sops / PACKED).write_text(PACK.replace("Add a flyer", "Add two flyers"))
    commit("Bob Ray")
    git("checkout", "-q", "-")
    (sops / COUNTED).write_text(COUNT + "\nMind the racks.\n")
    commit("Cid Moe")
    git("-c", "user.name=Merger", "-c", "user.email=m@example.org", "merge", "-q", "-m", "Merge", "other")
    assert published("pack") == "Bob Ray"
    assert published("count") == "Cid Moe"


def test_the_only_commit_of_a_shallow_clone_names_nobody(sops: Path, commit: Commit, tmp_path: Path) -> None:
    commit("Ann Lee")
    (sops / PACKED).write_text(PACK + "\nMind the tape.\n")
    commit("Bob Ray")
    clone = tmp_path / "clone"
    subprocess.run(
        ["git", "clone", "-q", "--depth", "1", f"file://{sops}", str(clone)], check=True, capture_output=True
    )
    wanted = {path: {path} for path in (PACKED, COUNTED)}
    assert set(authorship.authors(clone, wanted, RUNNER).values()) == {RUNNER}


def test_git_is_asked_once_for_all_documents(
    sops: Path, commit: Commit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(30):
        (sops / f"more-{n}.md").write_text(PACK)
    commit("Ann Lee")
    calls = tmp_path / "calls"
    wrapper = tmp_path / "bin/git"
    wrapper.parent.mkdir()
    real = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip()
    wrapper.write_text(f'#!/bin/sh\necho once >> {calls}\nexec {real} "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", str(wrapper.parent), prepend=":")
    wanted = {f"more-{n}.md": {f"more-{n}.md"} for n in range(30)}
    assert {author.name for author in authorship.authors(sops, wanted, RUNNER).values()} == {"Ann Lee"}
    assert calls.read_text().splitlines() == ["once"]


def test_the_pages_of_revisions_name_who_published(
    sops: Path,
    commit: Commit,
    published: Callable[[str], str | None],
    cast: Cast,
    visit: Callable[[Person | None], Visitor],
) -> None:
    (sops / PACKED).write_text(PACK.replace("Add a flyer", "Add two flyers"))
    commit("Ann Lee")
    published("pack")
    for page in ("/sops/pack/revisions", "/sops/pack/diff"):
        assert "published by Ann Lee" in visit(cast.owner).get(page).text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"Ren\xe9 Latin", "Ren\ufffd Latin"),  # no UTF-8, as old mail clients leave it in a patch
        (b"Ann\x1b[31m \xe2\x80\xaeLee", "Ann[31m Lee"),  # a terminal's colour, a turn to the left
        (b"Ann\x1fx@example.org\x1fgrafted", "Annx@example.orggrafted"),  # what parts the fields
        (b"x" * 5000, "x" * 200),
    ],
    ids=["no-utf-8", "unseen", "separators", "long"],
)
def test_whatever_an_author_is_called_the_rest_is_published(
    sops: Path, commit: Commit, published: Callable[[str], str | None], name: bytes, shown: str
) -> None:
    (sops / PACKED).write_text(PACK.replace("Add a flyer", "Add two flyers"))
    (sops / COUNTED).write_text(COUNT + "\nMind the racks.\n")
    subprocess.run(["git", "-C", str(sops), "add", "-A"], check=True, capture_output=True)
    tree = subprocess.run(["git", "-C", str(sops), "write-tree"], check=True, capture_output=True).stdout
    who = name + b" <somebody@example.org> 1760000000 +0000"
    commit = b"tree " + tree + b"author " + who + b"\ncommitter " + who + b"\n\nChange\n"
    write = ["git", "-C", str(sops), "hash-object", "-t", "commit", "-w", "--literally", "--stdin"]
    made = subprocess.run(write, input=commit, check=True, capture_output=True).stdout.decode().strip()
    subprocess.run(["git", "-C", str(sops), "update-ref", "HEAD", made], check=True, capture_output=True)
    assert published("pack") == shown and published("count") == shown


def test_a_file_with_an_odd_name_stops_nothing(
    sops: Path, commit: Commit, published: Callable[[str], str | None]
) -> None:
    (sops / "\x02.md").write_text(PACK)
    (sops / PACKED).write_text(PACK.replace("Add a flyer", "Add two flyers"))
    commit("Ann Lee")
    assert published("pack") == "Ann Lee"
