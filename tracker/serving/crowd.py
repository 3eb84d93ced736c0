"""Who has to go when there is no room for all: pure choices over what is known of each connection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple, TypeVar


class Held(NamedTuple):
    """A connection that nobody works for at the moment."""

    address: str
    state: int  # the lower, the less is lost
    since: float  # that it is in it


T = TypeVar("T")
LAST = 99  # after every state


def leave(
    held: Sequence[tuple[Held, T]], number: int, most: int | None, young: float = float("inf")
) -> list[T]:
    """So many of them that should be closed: from an address that has more than `most` first, then by state,
    then the ones that have waited longest. Those since `young` come after the others of their address,
    whatever they are at. `most` is None where all come through one proxy.

    >>> idle = [(Held("a", 0, second), f"a{second}") for second in range(3)]
    >>> leave([(Held("b", 0, -1), "b"), *idle], 2, most=2)
    ['a0', 'a1']
    >>> leave([(Held("b", 0, -1), "b"), *idle], 2, most=None)
    ['b', 'a0']
    """
    greedy = set() if most is None else greedy_of((one.address for one, _ in held), most)

    def rank(one: Held) -> tuple[bool, int, float]:
        return one.address not in greedy, one.state if one.since < young else LAST, one.since

    return [what for _, what in sorted(held, key=lambda pair: rank(pair[0]))[:number]]


def holder(address: str) -> str:
    """Who holds an address: a whole network of IPv6, of which everybody has a few; what is no address stays.

    >>> holder("2001:db8:1:2:3:4:5:6"), holder("::ffff:10.0.0.7"), holder("10.0.0.7")
    ('2001:db8:1:2::', '10.0.0.7', '10.0.0.7')
    """
    try:
        read = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(read, IPv4Address):
        return str(read)
    if read.ipv4_mapped:
        return str(read.ipv4_mapped)
    return str(IPv6Address(int(read) >> 64 << 64))


def greedy_of(addresses: Iterable[str], most: int) -> set[str]:
    """The addresses that stand there more than `most` times."""
    return {address for address, times in Counter(addresses).items() if times > most}
