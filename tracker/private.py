"""Files that are for this user alone: all of `instance/`, 0600 and 0700 whatever the umask is.

The database, keys, evidence and sessions lie there, and every process and command writes into it.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

FOLDER, FILE = 0o700, 0o600


def folder(path: Path) -> Path:
    """Make the folder, and those above it that are missing, for this user alone; the folder.

    Raises OSError.
    """
    if not path.is_dir():
        folder(path.parent)
        path.mkdir(mode=FOLDER, exist_ok=True)
        path.chmod(FOLDER)  # a umask takes away what even this user needs
    return path


def opener(path: str, flags: int) -> int:
    """For Python's `open`: a file that it makes is for this user alone."""
    return os.open(path, flags, FILE)


def write(file: Path, content: bytes, *, anew: bool = True) -> None:
    """Write a file whole or not at all, for this user alone; without `anew` what is there stays.

    Raises OSError.
    """
    handle, draft = tempfile.mkstemp(dir=folder(file.parent), prefix=".")  # 0600
    try:
        with open(handle, "wb") as new:
            new.write(content)
        if anew:
            os.replace(draft, file)
        else:
            _link(draft, file, content)
    finally:
        Path(draft).unlink(missing_ok=True)


def _link(draft: str, file: Path, content: bytes) -> None:
    """Give the draft its name, unless another process was first."""
    with suppress(FileExistsError):
        try:
            os.link(draft, file)
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            with open(file, "xb", opener=opener) as new:
                new.write(content)


def make(file: Path) -> None:
    """Make an empty file for this user alone, if there is none. SQLite gives the files beside it its mode.

    Raises OSError.
    """
    with suppress(FileExistsError):
        os.close(os.open(folder(file.parent) / file.name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE))


def tighten(root: Path) -> list[str]:
    """Take from others what they may do with the folder and all that is in it, as an older version made it.

    Links in it are not followed, and what belongs to another user is left. Says in a sentence each what stays
    open.
    """
    told = [close(root.resolve()), *_closed_below(str(root.resolve()))]
    return [sentence for sentence in told if sentence]


def close(path: Path) -> str:
    """Close one file or folder to others, and leave links alone; why that can't be done, or ""."""
    try:
        return _closed(str(path), path.lstat())
    except FileNotFoundError:
        return ""


def _closed_below(folder: str) -> Iterator[str]:
    """Close a folder's entries after the folder itself: then nobody else can put links in their places."""
    try:
        with os.scandir(folder) as entries:  # no Path is made: there may be a hundred thousand photos
            for entry in entries:
                with suppress(FileNotFoundError):  # gone meanwhile
                    yield _closed(entry.path, entry.stat(follow_symlinks=False))
                    if entry.is_dir(follow_symlinks=False):
                        yield from _closed_below(entry.path)
    except OSError as error:
        yield f"{folder} can’t be looked into: {error.strerror}."


def _closed(path: str, about: os.stat_result) -> str:
    is_folder = stat.S_ISDIR(about.st_mode)
    if not about.st_mode & 0o077 or not (is_folder or stat.S_ISREG(about.st_mode)):
        return ""
    if not hasattr(os, "geteuid"):
        return ""  # Windows, where a folder's rights are inherited
    if about.st_uid != os.geteuid():
        return f"{path} belongs to another user, and others may look into it. Give it to who serves."
    try:
        os.chmod(path, FOLDER if is_folder else FILE)
    except OSError as error:
        return f"{path} can’t be closed to others: {error.strerror}."
    return ""
