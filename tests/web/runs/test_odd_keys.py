"""Keys with dots and letters of any script lead to their step's page, and stand in the downloads."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.installation import Cast, Visitor
from tracker.authoring.sync import publish
from tracker.models import Person, Sop, Step

KEYS = ("größe", "ключ", "a.b", "a_b-c")


@pytest.mark.parametrize("key", KEYS)
def test_a_step_with_an_odd_key_has_its_page(
    app: Flask, workspace: Path, visit: Callable[[Person | None], Visitor], cast: Cast, key: str
) -> None:
    steps = "\n".join(f"{n}. Check {other} {{#{other}}}" for n, other in enumerate(KEYS, 1))
    (workspace / "sops/odd.md").write_text(f"---\nid: odd\nowner: olga\n---\n{steps}\n")
    publish(app, app.config["HOLDFAST"])
    olga = visit(cast.owner)
    page = olga.get("/sops/odd").text
    links = re.findall(r'href="(/sops/odd/steps/[^"]+)"', page)
    assert len(links) == len(KEYS) and f'id="sop:{key}"' in page
    step = olga.get(unescape(links[KEYS.index(key)]))
    assert step.status_code == 200 and f"Check {key}" in step.text
    assert key in olga.get("/sops/odd/health.csv").text


def test_a_step_of_a_history_with_a_slash_in_its_key_has_its_page(
    visit: Callable[[Person | None], Visitor], cast: Cast, session: Session
) -> None:
    """A published key has none; the activity of another system may well."""
    session.add(
        Step(revision_id=session.get_one(Sop, "pack").in_force_id, position=99, key="in/out", text="Book")
    )
    session.commit()
    olga = visit(cast.owner)
    links = re.findall(r'href="(/sops/pack/steps/in[^"]+)"', olga.get("/sops/pack").text)
    assert links and "Book" in olga.get(unescape(links[0])).text


def test_the_figures_of_a_history_with_an_odd_name_can_be_taken_along(
    visit: Callable[[Person | None], Visitor], cast: Cast, session: Session
) -> None:
    session.add(Sop(id='a\nb"☃', title="Odd"))
    session.commit()
    answer = visit(cast.admin).get("/sops/a%0Ab%22☃/health.csv")
    assert answer.status_code == 200 and 'filename="a b-' in answer.headers["Content-Disposition"]
