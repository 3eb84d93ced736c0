"""A setting that can't be used is named, with what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.config import load
from tracker.errors import WorkspaceError


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("HOLDFAST_PORT", "²"),
        ("HOLDFAST_PORT", "99999"),
        ("HOLDFAST_PORT", "-1"),
        ("HOLDFAST_THREADS", "0"),
        ("HOLDFAST_THREADS", "many"),
        ("HOLDFAST_CONNECTIONS", "5"),
        ("HOLDFAST_ZONE", "Nope"),
        ("HOLDFAST_LANGUAGE", "tlh"),
        ("HOLDFAST_LANGUAGE", "../de"),
        ("HOLDFAST_ZONE", "../etc/passwd"),
        ("HOLDFAST_SECRET_KEY", "changeme"),
        ("HOLDFAST_SECRET_KEY", "x" * 31 + "\n"),
    ],
)
def test_a_bad_setting_is_named(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(WorkspaceError, match=name):
        load(tmp_path, {name: text})


def test_a_secret_is_taken_as_it_is_and_never_shown(tmp_path: Path) -> None:
    secret = "7f" * 16
    assert load(tmp_path, {"HOLDFAST_SECRET_KEY": secret}).secret_key == secret
    with pytest.raises(WorkspaceError) as error:
        load(tmp_path, {"HOLDFAST_SECRET_KEY": "changeme"})
    assert "changeme" not in str(error.value)
