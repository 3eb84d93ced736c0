"""What is put in a store is there, under the name of its digest, in a folder and in a bucket alike."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.buckets import bucket
from tests.support.patience import PATIENCE
from tracker.domain.evidence import stores
from tracker.domain.evidence.stores import Folder, Store, open_store
from tracker.errors import NotFoundError, UnavailableError, WorkspaceError

NAME, OTHER = "ab" * 32 + ".jpg", "cd" * 32 + ".small.jpg"


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "folder":
        yield open_store("", tmp_path)
        return
    with bucket() as (where, endpoint):
        yield open_store(where, tmp_path, endpoint)


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(hours=1)


def test_what_was_put_is_there_until_it_is_taken_away(store: Store) -> None:
    assert not store.has(NAME) and list(store.names(soon())) == []
    with pytest.raises(NotFoundError, match="not there any more"):
        store.get(NAME)
    for _ in range(2):
        store.put(NAME, b"a picture")
    store.put(OTHER, b"")
    assert store.get(NAME) == b"a picture" and store.get(OTHER) == b"" and store.has(OTHER)
    assert sorted(store.names(soon())) == [NAME, OTHER]
    assert store.delete(NAME, soon()) and not store.has(NAME)
    assert not store.delete(NAME, soon())
    assert list(store.names(soon())) == [OTHER]


def test_what_is_young_is_neither_named_nor_taken_away(store: Store) -> None:
    store.put(NAME, b"a picture")
    before = datetime.now(UTC) - timedelta(hours=1)
    assert list(store.names(before)) == [] and not store.delete(NAME, before)
    assert store.get(NAME) == b"a picture"


def test_putting_it_again_makes_it_young(tmp_path: Path) -> None:
    store = open_store("", tmp_path)
    store.put(NAME, b"a picture")
    file = tmp_path / "evidence" / "ab" / NAME
    os.utime(file, (1, 1))
    assert list(store.names(datetime.now(UTC) - timedelta(days=1))) == [NAME]
    store.put(NAME, b"a picture")
    assert list(store.names(datetime.now(UTC) - timedelta(days=1))) == []


def test_a_folder_names_nothing_but_its_own(tmp_path: Path) -> None:
    """Whatever else lies there stays, and links lead nowhere. Of a crash’s drafts it knows."""
    outside = tmp_path / "outside" / "ab"
    outside.mkdir(parents=True)
    (outside / NAME).write_bytes(b"not ours")
    root = tmp_path / "evidence"
    store = Folder(root)
    store.put(OTHER, b"ours")
    (root / "ab").symlink_to(outside)
    (root / "cd" / NAME).write_bytes(b"in a wrong place")
    (root / "cd" / "README").write_bytes(b"somebody's")
    (root / "cd" / ("cd" * 32 + ".png")).symlink_to(outside / NAME)
    draft = "cd" * 32 + ".0123456789abcdef.draft"
    (root / "cd" / draft).write_bytes(b"half")
    assert sorted(store.names(soon())) == [draft, OTHER] and store.delete(draft, soon())


def test_a_bucket_names_nothing_but_its_own(tmp_path: Path) -> None:
    with bucket() as (where, endpoint):
        store = open_store(where, tmp_path, endpoint)
        open_store(f"{where}/deeper", tmp_path, endpoint).put(NAME, b"another's")
        open_store(where.rpartition("/")[0], tmp_path, endpoint).put(NAME, b"another's")
        store.put(OTHER, b"ours")
        assert list(store.names(soon())) == [OTHER]


def test_a_bucket_that_is_not_there_or_refuses_is_an_outage(tmp_path: Path) -> None:
    with bucket() as (_, endpoint):
        store = open_store("s3://nowhere", tmp_path, endpoint)
        for act in (
            lambda: store.put(NAME, b"x"),
            lambda: store.get(NAME),
            lambda: list(store.names(soon())),
        ):
            with pytest.raises(UnavailableError, match="does not answer"):
                act()


def test_a_bucket_that_hangs_is_given_up_and_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(stores, "REST_SECONDS", PATIENCE)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with socket.create_server(("127.0.0.1", 0)) as mute:
        store = open_store("s3://holdfast", tmp_path, f"http://127.0.0.1:{mute.getsockname()[1]}")
        with pytest.raises(UnavailableError):
            store.put(NAME, b"x")
        assert asked(mute)
        for _ in range(50):  # so that nobody waits for it who need not
            with pytest.raises(UnavailableError):
                store.get(NAME)
        assert not asked(mute)


def asked(bucket: socket.socket) -> int:
    """How often somebody has come to it since it was looked at last."""
    bucket.setblocking(False)
    came = 0
    while True:
        try:
            bucket.accept()[0].close()
        except BlockingIOError:
            return came
        came += 1


@pytest.mark.parametrize("where", ["s3:/x", "s3://", "https://example.com/x", "/srv/evidence"])
def test_an_address_that_cannot_be_used_is_named(tmp_path: Path, where: str) -> None:
    with pytest.raises(WorkspaceError, match="HOLDFAST_EVIDENCE"):
        open_store(where, tmp_path)
    with pytest.raises(WorkspaceError, match="HOLDFAST_S3_ENDPOINT"):
        open_store("s3://holdfast", tmp_path, "s3.example.com")


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(WorkspaceError, match=r"holdfast\[s3\]"):
        open_store("s3://holdfast", tmp_path)
