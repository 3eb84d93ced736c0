"""Long lists a page at a time, and addresses of the same page with other filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import request, url_for

from tracker.errors import N_, InvalidError
from tracker.web import forms


class Page(NamedTuple):
    """One page of a long list: the `number`th, from 1 on, of `size` rows each."""

    number: int
    size: int

    @classmethod
    def from_address(cls, size: int, name: str = "page") -> Page:
        """The page that the address asks for, of the list of this name. Raises InvalidError."""
        text = request.args.get(name, "1")
        number = forms.row_id(text)
        if not number:
            raise InvalidError(N_("“%(text)s” is no page. They are counted from 1."), text=text[:40])
        return cls(number, size)

    @property
    def after(self) -> int:
        """How many rows come before this page."""
        return (self.number - 1) * self.size


def elsewhere(endpoint: str = "", /, **changed: Any) -> str:
    """The address of this page, or of an endpoint, with these filters changed; None or "" drops a filter."""
    given = {**request.args.to_dict(), **changed}
    filters = {name: value for name, value in given.items() if value not in (None, "")}
    # without what links to reports keep by themselves (`web.reports.periods`): it stands in the filters
    place = url_for(endpoint or str(request.endpoint), **(request.view_args or {})).partition("?")[0]
    return f"{place}?{urlencode(filters)}" if filters else place


def with_filters(endpoint: str, filters: Mapping[str, str]) -> str:
    """The address of an endpoint with filters that a form has brought along; none of it leads elsewhere."""
    place, given = url_for(endpoint), {name: value for name, value in filters.items() if value}
    return f"{place}?{urlencode(given)}" if given else place
