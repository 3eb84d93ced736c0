"""Where evidence is kept, by the digest of its content: a folder, or a bucket that speaks S3.

A name is a digest with an ending (`9f86….jpg`). The same content has the same name, so that keeping it
twice changes nothing but the moment since when it is there.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from tracker import private
from tracker.errors import N_, NotFoundError, UnavailableError, WorkspaceError

CONNECT_SECONDS, ANSWER_SECONDS = 2, 4
"""How long a bucket may take; it is asked twice at most, while somebody on the floor waits."""

REST_SECONDS = 5
"""A bucket that did not answer is left alone so long: the threads that answer people must not all wait."""

_NAME = re.compile(r"[0-9a-f]{64}(\.[a-z0-9]+){1,2}")
_GONE = N_("This evidence is not there any more.")
_NO_ANSWER = N_("The store of photos and files does not answer, so nothing was saved. Try again in a minute.")

log = logging.getLogger(__name__)


class Store(Protocol):
    """Keeps contents under their names. What is put is safe when `put` returns.

    Every act may raise UnavailableError.
    """

    def put(self, name: str, content: bytes) -> None:
        """Store the content under the name. If it is there already, it counts as put now."""

    def get(self, name: str) -> bytes:
        """The content. Raises NotFoundError."""

    def has(self, name: str) -> bool:
        """Whether the content is there."""

    def delete(self, name: str, before: datetime) -> bool:
        """Delete the content if it was put before that moment; returns whether it was."""

    def names(self, before: datetime) -> Iterator[str]:
        """All that was put before that moment, and what a crash has left half-written since. What is not
        of this store's making is not named.
        """


def open_store(where: str, instance: Path, endpoint: str = "") -> Store:
    """The store of an installation: `s3://bucket/prefix`, or "" for a folder in `instance`.

    `endpoint` is the address of a bucket that is not Amazon's. Raises WorkspaceError.
    """
    if not where:
        return Folder(instance / "evidence")
    address = urlsplit(where)
    if address.scheme != "s3" or not address.netloc:
        raise WorkspaceError(
            N_("HOLDFAST_EVIDENCE is “%(where)s”. Write s3://bucket/prefix, or leave it out for a folder."),
            where=where,
        )
    return Bucket(address.netloc, address.path.strip("/"), endpoint)


class Folder:
    """A folder on this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, name: str, content: bytes) -> None:
        file = self._place(name)
        try:
            os.utime(file)
        except (FileNotFoundError, NotADirectoryError):
            self._write(file, content)
        # sync the folders too, or a crash may lose the new file's entry
        for folder in (file.parent, self._root, self._root.parent):
            _sync(folder)

    def get(self, name: str) -> bytes:
        try:
            return self._place(name).read_bytes()
        except FileNotFoundError:
            raise NotFoundError(_GONE) from None

    def has(self, name: str) -> bool:
        return self._place(name).is_file()

    def delete(self, name: str, before: datetime) -> bool:
        file = self._place(name)
        try:
            if file.stat().st_mtime >= before.timestamp():
                return False
            file.unlink()
        except FileNotFoundError:
            return False
        return True

    def names(self, before: datetime) -> Iterator[str]:
        for folder in _entries(self._root):
            if not folder.is_dir(follow_symlinks=False):
                continue
            for file in _entries(Path(folder.path)):
                ours = _NAME.fullmatch(file.name) and file.name.startswith(folder.name)
                if not ours or not file.is_file(follow_symlinks=False):
                    continue
                if file.stat(follow_symlinks=False).st_mtime < before.timestamp():
                    yield file.name

    def _place(self, name: str) -> Path:
        return self._root / name[:2] / name

    def _write(self, file: Path, content: bytes) -> None:
        private.folder(file.parent)
        draft = file.with_name(f"{file.stem[:64]}.{secrets.token_hex(8)}.draft")
        try:
            with open(draft, "xb", opener=private.opener) as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            draft.replace(file)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise


class Bucket:
    """A bucket of Amazon S3, or of anything that speaks its language."""

    def __init__(self, bucket: str, prefix: str, endpoint: str) -> None:
        try:
            boto3, botocore = import_module("boto3"), import_module("botocore.config")
        except ImportError as error:
            raise WorkspaceError(
                N_(
                    "HOLDFAST_EVIDENCE names a bucket, which needs the extra “s3”: pip install "
                    "'holdfast[s3]'."
                )
            ) from error
        patience = botocore.Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            retries={"total_max_attempts": 2, "mode": "standard"},
        )
        try:  # the client connects at its first use: processes may be forked before that
            self._client: Any = boto3.client("s3", endpoint_url=endpoint or None, config=patience)
        except ValueError as error:
            raise WorkspaceError(
                N_("HOLDFAST_S3_ENDPOINT is “%(endpoint)s”. Write an address like https://s3.example.com."),
                endpoint=endpoint,
            ) from error
        self._bucket, self._prefix = bucket, f"{prefix}/" if prefix else ""
        self._rests_until = 0.0

    def put(self, name: str, content: bytes) -> None:
        self._ask(lambda: self._client.put_object(**self._object(name), Body=content))

    def get(self, name: str) -> bytes:
        read = self._ask(lambda: self._client.get_object(**self._object(name))["Body"].read())
        if read is None:
            raise NotFoundError(_GONE)
        content: bytes = read
        return content

    def has(self, name: str) -> bool:
        return self._since(name) is not None

    def delete(self, name: str, before: datetime) -> bool:
        since = self._since(name)
        if since is None or since >= before:
            return False
        self._ask(lambda: self._client.delete_object(**self._object(name)))
        return True

    def names(self, before: datetime) -> Iterator[str]:
        after = ""
        while True:
            more = {"Bucket": self._bucket, "Prefix": self._prefix, "StartAfter": after}
            listing = self._ask(lambda more=more: self._client.list_objects_v2(**more))  # type: ignore[misc]
            for entry in (listing or {}).get("Contents", ()):
                after, name = entry["Key"], entry["Key"].rpartition("/")[2]
                ours = _NAME.fullmatch(name) and entry["Key"] == self._object(name)["Key"]
                if ours and entry["LastModified"] < before:
                    yield name
            if not listing or not listing["IsTruncated"]:
                return

    def _since(self, name: str) -> datetime | None:
        answer = self._ask(lambda: self._client.head_object(**self._object(name)))
        since: datetime | None = answer["LastModified"] if answer else None
        return since

    def _object(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": f"{self._prefix}{name[:2]}/{name}"}

    def _ask(self, act: Callable[[], Any]) -> Any:
        """What the bucket answers; None where it says that there is no such object."""
        if time.monotonic() < self._rests_until:
            raise UnavailableError(_NO_ANSWER)
        try:
            return act()
        except Exception as error:  # botocore's errors have no common base
            code = (getattr(error, "response", None) or {}).get("Error", {}).get("Code", "")
            if code in ("404", "NoSuchKey", "NotFound"):
                return None
            if not code:
                self._rests_until = time.monotonic() + REST_SECONDS
            log.error("the bucket %s: %s", self._bucket, error)
            raise UnavailableError(_NO_ANSWER) from error


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        return []


def _sync(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):  # Windows opens no folders
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
