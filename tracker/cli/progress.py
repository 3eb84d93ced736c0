"""Progress of a long command on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import click


class Bar:
    """A progress bar on a terminal's standard error; nothing elsewhere.

    It counts the units of a bulk write, or shows how far `reached` says that it is.
    """

    def __init__(self, length: int, label: str, reached: Callable[[], int] | None = None) -> None:
        self._reached = reached
        self._shown = (
            click.progressbar(length=length, label=label, file=sys.stderr) if sys.stderr.isatty() else None
        )

    def __enter__(self) -> Callable[[Iterable[Any]], Iterator[Any]]:
        if self._shown:
            self._shown.__enter__()
        return self._count

    def __exit__(self, *error: Any) -> None:
        if self._shown:
            self._shown.__exit__(*error)

    def _count(self, units: Iterable[Any]) -> Iterator[Any]:
        for unit in units:
            yield unit
            if self._shown:
                self._shown.update(self._reached() - self._shown.pos if self._reached else 1)
