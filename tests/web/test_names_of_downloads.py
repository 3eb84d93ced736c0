"""One function names downloads: in letters of any script, and never by what no file may be called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.http import parse_options_header

from tests.support.installation import Cast, Visitor
from tracker.authoring.sync import publish
from tracker.models import Person
from tracker.web.answers import to_be_saved_as


@pytest.mark.parametrize(
    ("name", "saved_as"),
    [
        ("pack.csv", "pack.csv"),
        ("梱包.csv", "梱包.csv"),
        ("упаковка-revision-2.csv", "упаковка-revision-2.csv"),
        ("Größe 7.pdf", "Größe 7.pdf"),
        ('a/b"c\r\n.csv', "a-b-c .csv"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("..", "holdfast"),
    ],
)
def test_a_file_is_saved_under_its_name(name: str, saved_as: str) -> None:
    header = to_be_saved_as(name)
    header.encode("latin-1")  # what a server can send
    assert parse_options_header(header) == ("attachment", {"filename": saved_as})
    assert header.isascii() and "\n" not in header


def test_figures_of_an_sop_in_any_script_are_downloaded(
    app: Flask, workspace: Path, visit: Callable[[Person | None], Visitor], cast: Cast
) -> None:
    (workspace / "sops/梱包.md").write_text(
        "---\ntitle: 梱包手順\nowner: admin\n---\n\n1. 箱を開ける。\n2. 箱を閉じる。\n"
    )
    publish(app, app.config["HOLDFAST"])
    answer = visit(cast.admin).get("/sops/梱包/health.csv")
    assert answer.status_code == 200
    answer.headers["Content-Disposition"].encode("latin-1")
    assert "filename*=UTF-8''%E6%A2%B1%E5%8C%85.csv" in answer.headers["Content-Disposition"]
