"""Addresses of ours as they are printed on paper, and scanned."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from flask import url_for

from tracker.db import db
from tracker.models import Run, Sop
from tracker.web import hosts
from tracker.web.forms import row_id

_PAPER = re.compile(r"(?:/[^/]+)*/(start|runs)/([^/]+)/?")


def page_of(text: str) -> str | None:
    """The page that a scanned address of ours means; None for every other text.

    The path tells, for paper hangs longer than a host keeps its name. Of another host it is ours if there is
    such an SOP or run here.
    """
    try:
        address = urlsplit(text)
    except ValueError:
        return None
    match = _PAPER.fullmatch(address.path)
    if not match or address.scheme not in ("http", "https"):
        return None
    kind, name, ours = match[1], unquote(match[2]), hosts.is_ours(address.hostname)
    if kind == "start":
        known = ours or db.session().get(Sop, name) is not None
        return url_for("start.start_page", sop_id=name) if known else None
    number = row_id(name)
    known = number is not None and (ours or db.session().get(Run, number) is not None)
    return url_for("runs.run", run_id=number) if known else None
