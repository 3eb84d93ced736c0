"""The list of who may do what says what the rules say, each in a sentence; no rule is there for nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from flask import Flask

from tests.support.actors import by, by_pin
from tests.support.installation import Cast, Visitor
from tracker.domain import access
from tracker.models import LEVELS, Person
from tracker.web.actions import action_of
from tracker.web.people.permissions import HOLDS, SENTENCES

Visit = Callable[[Person | None], Visitor]
PACKAGE = Path(__file__).parents[3] / "tracker"


def test_every_rule_has_its_sentence() -> None:
    assert list(SENTENCES) and set(SENTENCES) == set(access.RULES)
    assert len(set(SENTENCES.values())) == len(SENTENCES)
    assert {rule.reach for rule in access.RULES.values()} - {"any"} == set(HOLDS)


def test_every_rule_is_used(app: Flask) -> None:
    declared = {action_of(view) for view in app.view_functions.values()}
    code = "".join(file.read_text() for file in PACKAGE.rglob("*.py") if file.name != "permissions.py")
    asked = set(re.findall(r'(?:require|may|load)\([^()]*"([a-z-]+\.[a-z-]+)"', code))
    assert set(access.RULES) - declared - asked == set()


@pytest.mark.parametrize("level", LEVELS)
def test_the_list_says_what_is_so(visit: Visit, cast: Cast, level: str) -> None:
    page = visit(cast.admin).get("/access").text
    person = getattr(cast, level)
    rows = dict(re.findall(r'<tr id="([^"]+)">(.*?)</tr>', page, re.S))
    assert set(rows) == set(access.RULES)
    for action, row in rows.items():
        cells = dict(re.findall(r'<td data-label="([^"]+)">([^<]*)</td>', row))
        is_so = cells[level] not in ("no", "SOPs that name them as owner")
        assert is_so == access.may(by(person), action), (action, level)
        if level == "lead":
            assert (cells["by PIN"] != "no") == access.may(by_pin(cast.lead), action), action
        assert unescape(SENTENCES[action]) in unescape(row)


def test_it_is_for_admins_and_found_beside_the_people(visit: Visit, cast: Cast) -> None:
    assert 'href="/access"' in visit(cast.admin).get("/people").text
    assert visit(cast.owner).get("/access").status_code == 403
