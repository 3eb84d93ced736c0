"""What was adopted before, and writing files whole."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from tracker import private

Ledger = dict[str, dict[str, str]]  # place → where it came from, its digest then, that of what was written


def load(instance: Path) -> Ledger:
    """What was adopted before, by place: from where, its digest then, and that of what was written."""
    try:
        known: Ledger = json.loads((instance / "adopted.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return known


def keep(ledger: Ledger, instance: Path) -> None:
    """Write down what was adopted, if anything was."""
    if ledger:
        text = json.dumps(ledger, ensure_ascii=False, indent=1, sort_keys=True)
        private.write(instance / "adopted.json", text.encode())


def inside(file: Path, sops: Path) -> bool:
    """Whether writing the file stays below `sops`, wherever links there lead."""
    return file.parent.resolve().is_relative_to(sops.resolve())


def digest(content: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def put(file: Path, content: bytes) -> None:
    """Write a file whole: whoever looks sees the old one or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{os.getpid()}.adopting")
    draft.write_bytes(content)
    draft.replace(file)
