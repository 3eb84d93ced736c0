"""A slash too many at the end of an address leads to the page without it."""

from __future__ import annotations

from flask import current_app, redirect, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers.response import Response as BaseResponse


def without_last_slash() -> BaseResponse | None:
    """Redirect a GET or HEAD of `/board/?state=open` to `/board?state=open`, where only that is a page.

    The target is built from the route that was found, so that nothing leads to another host.
    """
    if request.endpoint is not None or request.method not in ("GET", "HEAD"):
        return None
    path = request.path.rstrip("/")
    adapter = current_app.create_url_adapter(request)
    if adapter is None or path == request.path or not path:
        return None
    try:
        endpoint, values = adapter.match(path)
    except HTTPException:
        return None
    query = request.query_string.decode("ascii", "replace")
    return redirect(url_for(endpoint, **values) + (f"?{query}" if query else ""), 308)
