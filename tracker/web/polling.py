"""Pages that ask again and again what has changed."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, g, make_response, request


def live(etag: str, render: Callable[[], str]) -> Response:
    """The answer to a page that asks again and again: nothing while it shows `etag` already, else what
    `render` makes of it. `live.js` asks, and puts the elements into their places by their ids.
    """
    g.by_itself = True  # the page asks by itself: that keeps no session alive (`seats.by_itself`)
    new = not request.if_none_match.contains_weak(etag)
    response = make_response(render() if new else ("", 304))
    response.set_etag(etag, weak=True)
    return response


def etag_shown() -> str:
    """The ETag of the answer that the page shows already, or ""."""
    return request.headers.get("HX-Seen") or next(iter(request.if_none_match.as_set(True)), "") or ""
