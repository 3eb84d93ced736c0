"""The ids in forms: never the same twice, in order, and as valid as any; pages share nothing but chance."""

from __future__ import annotations

from flask import Flask

from tracker.db import new_id
from tracker.web.form_ids import form_id


def test_ids_of_a_page_differ_and_count_on(app: Flask) -> None:
    pages = []
    for _ in range(3):
        with app.test_request_context():
            pages.append([form_id() for _ in range(5000)])
    every = [one for page in pages for one in page]
    assert len(set(every)) == len(every)
    for page in pages:
        assert page == sorted(page) and page[-1].int - page[0].int == 4999
        assert {(one.version, one.variant) for one in page} == {(7, new_id().variant)}
    assert len({page[0].int >> 12 for page in pages}) == 3
