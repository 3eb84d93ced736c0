"""Which connections are closed when there is no room for all: pure choices from what is known of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar


class Candidate(NamedTuple):
    """A connection that may be closed, because no thread works for it at the moment."""

    address: str
    state: int  # the lower it is, the less is lost by closing the connection
    since: float  # when the connection came into that state


T = TypeVar("T")
LAST = 99
"""A place in the order after those of all states."""


def to_close(
    candidates: Sequence[tuple[Candidate, T]], number: int, most: int | None, young: float = float("inf")
) -> list[T]:
    """Choose `number` of the connections to be closed.

    Those of an address that has more than `most` come first, then those in a lower state, then those that
    have been in it for longer. What came into its state after `young` comes after the others of its address,
    whatever the state. `most` is None where all connections come through one proxy.

    >>> idle = [(Candidate("a", 0, second), f"a{second}") for second in range(3)]
    >>> to_close([(Candidate("b", 0, -1), "b"), *idle], 2, most=2)
    ['a0', 'a1']
    >>> to_close([(Candidate("b", 0, -1), "b"), *idle], 2, most=None)
    ['b', 'a0']
    """
    greedy = set() if most is None else greedy_of((one.address for one, _ in candidates), most)

    def rank(one: Candidate) -> tuple[bool, int, float]:
        return one.address not in greedy, one.state if one.since < young else LAST, one.since

    return [what for _, what in sorted(candidates, key=lambda pair: rank(pair[0]))[:number]]


def greedy_of(addresses: Iterable[str], most: int) -> set[str]:
    """The addresses that occur more than `most` times."""
    return {address for address, times in Counter(addresses).items() if times > most}
