"""What a route declares: the action it needs, the bytes it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from tracker.domain import access

View = TypeVar("View", bound=Callable[..., Any])


def needs(action: str) -> Callable[[View], View]:
    """Declare what a person must be allowed to do to use a route (see `domain.access.RULES`)."""
    if action not in access.RULES:
        raise KeyError(action)

    def declare(view: View) -> View:
        view.action = action  # type: ignore[attr-defined]
        return view

    return declare


def action_of(view: Callable[..., Any]) -> str | None:
    """The action that a view has declared, or None."""
    return getattr(view, "action", None)


def answers_json(mark: str) -> Callable[[View], View]:
    """Declare that a program asks: whatever is answered is JSON with this mark, and never a redirect.

    By the mark it knows us from a captive portal, a proxy, or whoever else answers in our place.
    """

    def declare(view: View) -> View:
        view.mark = mark  # type: ignore[attr-defined]
        return view

    return declare


def mark_of(view: Callable[..., Any] | None) -> str | None:
    """The mark that a view has declared for its answers, or None."""
    return getattr(view, "mark", None)


def takes(size: int) -> Callable[[View], View]:
    """Declare that a route takes more bytes at once than the others do."""

    def declare(view: View) -> View:
        view.size = size  # type: ignore[attr-defined]
        return view

    return declare


def size_of(view: Callable[..., Any] | None) -> int | None:
    """The bytes that a view has declared to take, or None for as many as usual."""
    return getattr(view, "size", None)
