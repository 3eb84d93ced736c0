"""The documents below the folder of SOPs: each with its bytes, or what keeps it from being read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from tracker.domain.library import overlooked
from tracker.sop import parse
from tracker.sop.model import Problem
from tracker.sop.told import told

SUFFIXES = (".md", ".markdown")


def below(sops: Path) -> Iterator[tuple[str, bytes | None, Problem | None]]:
    """Every document below `sops`: its path, its bytes, or what keeps it from being read.

    Hidden files and folders are left out, as the site leaves them out. A link that leads out of the
    folder is not followed. What is passed over though it looks like a document is named.
    """
    root = sops.resolve()
    yield from ((problem.path, None, problem) for problem in overlooked.below(sops))
    for folder, names, files in os.walk(sops, followlinks=False):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for linked in (Path(folder) / name for name in names):
            if linked.is_symlink() and not linked.resolve().is_relative_to(root):
                path = linked.relative_to(sops).as_posix()
                yield (
                    path,
                    None,
                    Problem(
                        path,
                        1,
                        "link-out",
                        told("This link leads out of the folder of SOPs."),
                        told("Copy the documents here instead."),
                        error=True,
                    ),
                )
        for name in sorted(files):
            file = Path(folder) / name
            path = file.relative_to(sops).as_posix()
            if not name.startswith(".") and name.endswith(SUFFIXES):
                yield (path, *_source(file, path, root))


def _source(file: Path, path: str, root: Path) -> tuple[bytes | None, Problem | None]:
    def bad(rule: str, message: str, hint: str) -> tuple[None, Problem]:
        return None, Problem(path, 1, rule, message, hint, error=True)

    if not parse.has_plain_name(path):
        path = os.fsencode(path).decode("utf-8", "replace")
        return bad("name", "This file has a name that can’t be written.", "Rename it in plain letters.")
    try:
        if not file.resolve(strict=True).is_relative_to(root):
            return bad(
                "link-out", "This link leads out of the folder of SOPs.", "Copy the document here instead."
            )
        if not file.is_file():  # a pipe or a device would never end
            return bad("unreadable", "This is no file with text in it.", "Put a document in its place.")
        size = file.stat().st_size
        if size > parse.MAX_BYTES:
            return bad(
                "too-large",
                f"The file has {size / 1e6:.1f} MB; an SOP has at most {parse.MAX_BYTES / 1e6:.0f} MB.",
                "Move images and data out of the text.",
            )
        return file.read_bytes(), None
    except OSError as error:
        return bad(
            "unreadable", f"Can’t read this file: {error.strerror}.", "Check its permissions, or the link."
        )
