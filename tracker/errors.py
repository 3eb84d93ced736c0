"""One tree of errors. A verb raises them; `tracker.app` alone turns them into HTTP answers.

The text is a template in English; the edge translates it and fills in the details.
"""

from __future__ import annotations

from typing import Any


def N_(text: str) -> str:
    """Mark `text` for translation without translating it here: the languages are the edge's matter."""
    return text


class HoldfastError(Exception):
    """Something a person can act on. The message says what is wrong and what to do.

    `template` holds named places (`%(name)s`); `details` fills them.
    """

    status = 400

    def __init__(self, template: str, **details: Any) -> None:
        super().__init__(template % details if details else template)
        self.template = template
        self.details = details


class NotFoundError(HoldfastError):
    """There is no such thing, or the person may not know of it."""

    status = 404


class ForbiddenError(HoldfastError):
    """The person may not do this."""

    status = 403


class NotTheirsError(ForbiddenError):
    """The run is somebody else's, open to others, or out of reach.

    `run`: its number; None for a run that somebody wants to open, and that nobody has.
    """

    def __init__(self, template: str, *, run: int | None, **details: Any) -> None:
        super().__init__(template, **details)
        self.run = run


class ConflictError(HoldfastError):
    """The request breaks a rule of the run as it stands now."""

    status = 409


class AlreadyOpenError(ConflictError):
    """A run of the same SOP about the same subject is open; `run` is its id."""

    def __init__(self, template: str, *, run: int, **details: Any) -> None:
        super().__init__(template, **details)
        self.run = run


class AmbiguousError(ConflictError):
    """What was named may be several things; the message names them."""


class InvalidError(HoldfastError):
    """The request says something of the wrong kind."""

    status = 422


class ThrottledError(HoldfastError):
    """Too many tries in a short time."""

    status = 429


class UnavailableError(HoldfastError):
    """Something that this needs does not answer just now."""

    status = 503


class UncertainError(HoldfastError):
    """A commit failed in such a way that nobody can tell whether it is kept."""

    status = 500


class WorkspaceError(HoldfastError):
    """The workspace lacks something or can't be written to."""

    status = 500
