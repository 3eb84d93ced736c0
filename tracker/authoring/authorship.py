"""Who wrote what is published: the author of the commit where git has it so, else who runs the command."""

from __future__ import annotations

import getpass
import hashlib
import os
import subprocess
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from tracker.domain.library.publishers import Author
from tracker.sop.text import clean

SECONDS = 10.0
"""Git may take so long to look back; what it has not told of by then was published by who ran the command."""

LONGEST = 200
"""Characters of a name that are kept."""

_HEADER, _FIELD = "\x02", "\x1f"
_LOG = (
    *("log", "-c", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-show-signature"),
    *("--relative", f"--format={_HEADER}%D{_FIELD}%aE{_FIELD}%aN", "--", "."),
)


def here() -> Author:
    """Who runs this program, as the system knows them."""
    login = ""
    with suppress(OSError, KeyError, ImportError):  # a container may run under a number that has no name
        login = getpass.getuser()
    return Author(_text(_full_name(login)), "", _text(login))


def _text(given: str) -> str:
    """What git or the system calls somebody, as it can be stored and shown: git takes any bytes."""
    return clean(os.fsencode(given).decode("utf-8", "replace")[:LONGEST])


def _full_name(login: str) -> str:
    try:
        import pwd

        return pwd.getpwnam(login).pw_gecos.partition(",")[0].strip() or login
    except (ImportError, KeyError):
        return login


def authors(sops: Path, wanted: Mapping[str, Collection[str]], otherwise: Author) -> dict[str, Author]:
    """Who wrote each document as it lies; `wanted` are the files that belong to each, by its path.

    It is the author of the last commit that touched one of them, and `otherwise` where one of them is not as
    git has it, or where nothing is known of it. Git is asked once, for all of them.
    """
    whose = {file: path for path, files in wanted.items() for file in files}
    waiting = set(whose)
    result: dict[str, Author] = {}
    for author, file, blob in _commits(sops, waiting):
        waiting.discard(file)
        same = author is not None and _is(sops / file, blob)
        first = result.setdefault(whose[file], author if author and same else otherwise)
        if not same and first is not otherwise:
            result[whose[file]] = otherwise
    unknown = {whose[file] for file in waiting}
    return {path: otherwise if path in unknown else result.get(path, otherwise) for path in wanted}


def _commits(sops: Path, waiting: Collection[str]) -> Iterator[tuple[Author | None, str, str]]:
    """The last commit of each file that is waited for: its author, the file, and the id of its content.

    Newest first. The author is None in the oldest commit of a shallow clone, which seems to have made all.
    """
    author: Author | None = None
    blob = ""
    for token in _tokens(sops, waiting):
        if token.startswith(_HEADER) and token.count(_FIELD) >= 2:  # else a file may be called so
            marks, email, name = token[1:].split(_FIELD, 2)  # the name last: it may hold anything
            author = None if "grafted" in marks else Author(_text(name), _text(email))
        elif token.lstrip("\n").startswith(":"):
            blob = _content(token.lstrip("\n"))
        elif token in waiting:
            yield author, token, blob


def _content(entry: str) -> str:
    """The id of what a file holds after a commit: ":100644 100644 BEFORE AFTER M", of a merge with more."""
    parents = len(entry) - len(entry.lstrip(":"))
    fields = entry.split(" ")
    return fields[2 * parents + 1] if len(fields) > 2 * parents + 1 else ""


def _tokens(sops: Path, waiting: Collection[str]) -> Iterator[str]:
    """What git says, piece by piece, as long as something is waited for; nothing where there is no git."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment = given | {"GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    try:
        git = subprocess.Popen(
            ["git", "-C", str(sops), *_LOG],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
    except OSError:
        return
    assert git.stdout
    deadline = threading.Timer(SECONDS, git.kill)
    deadline.daemon = True
    deadline.start()
    rest = b""
    try:
        while waiting and (part := os.read(git.stdout.fileno(), 1 << 16)):
            *whole, rest = (rest + part).split(b"\0")
            yield from map(os.fsdecode, whole)
    finally:
        deadline.cancel()
        git.kill()
        git.stdout.close()
        git.wait()


def _is(file: Path, blob: str) -> bool:
    """Whether a file holds what git knows by this id; line ends may be those of this system."""
    try:
        content = file.read_bytes()
    except OSError:
        return False
    digest = hashlib.sha256 if len(blob) == 64 else hashlib.sha1
    texts = {content, content.replace(b"\r\n", b"\n")}
    return any(digest(b"blob %d\0" % len(text) + text).hexdigest() == blob for text in texts)
