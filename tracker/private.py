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
            with suppress(FileExistsError):
                os.link(draft, file)
    finally:
        Path(draft).unlink(missing_ok=True)


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
    return [told for entry in _below(root.resolve()) if (told := close(entry))]


def _below(root: Path) -> Iterator[Path]:
    """The folder, then what is in it: once it is closed, nobody else can put links in the place of files."""
    yield root
    for place, folders, files in os.walk(root):
        yield from (Path(place, name) for name in (*folders, *files))


def close(entry: Path) -> str:
    """Close one file or folder to others, and leave links alone; why that can't be done, or ""."""
    if not hasattr(os, "geteuid"):
        return ""  # Windows, where a folder's rights are inherited
    try:
        about = entry.lstat()
        if not (stat.S_ISREG(about.st_mode) or stat.S_ISDIR(about.st_mode)) or not about.st_mode & 0o077:
            return ""
        if about.st_uid != os.geteuid():
            return f"{entry} belongs to another user, and others may look into it. Give it to who serves."
        entry.chmod(FOLDER if stat.S_ISDIR(about.st_mode) else FILE)
    except FileNotFoundError:
        return ""  # gone meanwhile
    except OSError as error:
        return f"{entry} can’t be closed to others: {error.strerror}."
    return ""
