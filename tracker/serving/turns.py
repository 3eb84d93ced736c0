"""Whose request is next: one of each address in turn, so that many from one don't keep the others waiting."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Turns(Generic[T]):
    """A queue, as far as waitress's threads use one.

    >>> line = Turns(lambda task: task[0])
    >>> for task in ("a1", "a2", "a3", "b1"):
    ...     line.append(task)
    >>> [line.popleft() for _ in range(len(line))]
    ['a1', 'b1', 'a2', 'a3']
    """

    def __init__(self, whose: Callable[[T], str]) -> None:
        self._whose = whose
        self._waiting: OrderedDict[str, deque[T]] = OrderedDict()
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def append(self, task: T) -> None:
        self._waiting.setdefault(self._whose(task), deque()).append(task)
        self._length += 1

    def popleft(self) -> T:
        address, tasks = self._waiting.popitem(last=False)
        self._length -= 1
        task = tasks.popleft()
        if tasks:
            self._waiting[address] = tasks  # its address goes to the end of the line
        return task
