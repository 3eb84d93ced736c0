"""The names that the forms of a page give to what they make, so that sending one twice makes it once."""

from __future__ import annotations

from uuid import UUID

from flask import g

from tracker.db import new_id

_ROOM = 0xFFF


def form_id() -> UUID:
    """Another id with each call: of an answer's first one its last three digits are counted on from nought.

    A page of a run has some twenty, of which a phone loads the digits that are alike once.
    """
    g.last_form_id = g.last_form_id + 1 if "last_form_id" in g else new_id().int & ~_ROOM
    return UUID(int=g.last_form_id)
