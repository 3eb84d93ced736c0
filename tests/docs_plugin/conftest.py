"""A workspace to build sites in, and the page that came out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tracker.authoring.build import build_site
from tracker.share import share

Build = Callable[..., Path]

PICK = """---
id: pick
title: Pick an order
owner: jon
subject: order
roles: [picker, packer]
review: 90d
---
Walk once, pick right.

## Steps

1. Scan the tote {#scan .critical input=scan takes=30s}
2. Weigh it {#weigh input=number unit=g min=20 max=30000 takes=90s}

    !!! recovery "Weight is off"
        Count again.

3. Sign {#sign .verify role=lead}
"""


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Write `files` (path below sops/ → text or bytes), build; returns the site."""

    def run(files: dict[str, str | bytes], published: dict[str, dict[str, Any]] | None = None) -> Path:
        shutil.copy(share("mkdocs.yml"), tmp_path)
        for name, content in files.items():
            path = tmp_path / "sops" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        if published is not None:
            (tmp_path / "instance").mkdir()
            sops = {id: {**PUBLISHED, **entry} for id, entry in published.items()}
            (tmp_path / "instance" / "published.json").write_text(json.dumps({"sops": sops}))
        return build_site(tmp_path).site

    return run


PUBLISHED = {
    "revision": 3,
    "digest": "d",
    "keys": [],
    "published_at": "2026-11-01T10:00:00+00:00",
    "owner": "maria",
    "retired": False,
}
