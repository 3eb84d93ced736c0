"""Signing in and choosing a password by the forms, as somebody without JavaScript does."""

from __future__ import annotations

import re

from tests.support.installation import Visitor, token_in

NEW = "lamp cobalt river"


def sign_in(visitor: Visitor, login: str, password: str) -> int:
    form = {"login": login, "password": password, "csrf_token": token_in(visitor.get("/login").text)}
    answer = visitor.post("/login", form)
    visitor._token = ""
    return answer.status_code


def link_in(page: str) -> str:
    return re.search(r"/link/[\w-]+", page)[0]  # type: ignore[index]


def choose(visitor: Visitor, address: str, password: str = NEW, again: str | None = None):  # type: ignore[no-untyped-def]
    form = {"password": password, "again": password if again is None else again}
    return visitor.post(address, {**form, "csrf_token": token_in(visitor.get("/login").text)})
