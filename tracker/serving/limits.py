"""What a connection may take: every number in one place."""

from __future__ import annotations

from dataclasses import dataclass

try:
    import resource
except ImportError:  # Windows has no such bound
    resource = None  # type: ignore[assignment]

SPARE = 256
"""Descriptors for everything that is no connection: the database, files that are sent, pipes."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one process. Durations in seconds, sizes in bytes."""

    connections: int = 4000  # open at once; beyond that the least useful are closed for newcomers
    young: float = 2  # a connection is closed for newcomers only when it is older, if others are there
    silence: float = 20  # from opening, or from the handshake's first byte, to the first byte of a request
    headers: float = 20  # from a request's first byte to the end of its headers
    grace: float = 30  # before the rates below count
    body_rate: float = 500  # bytes a second, on average; a phone on the worst Wi-Fi sends more
    answer_rate: float = 500  # bytes a second that an answer is read with
    stall: float = 60  # amid a body or an answer, without a byte
    kept: float = 75  # from an answer to the next request; a reverse proxy keeps connections for 60
    header_size: int = 32_768
    request_line: int = 8_192
    fields: int = 100  # lines of headers
    at_once: int = 20  # requests that a connection sends without waiting for an answer
    in_memory: int = 131_072  # of one body or answer; what is longer goes into a temporary file
    bodies: int = 512_000_000  # of all bodies that wait or are still coming
    share: float = 0.5  # of the connections and of these bodies that one address may have when they run short
    in_vain: int = 16  # bodies read to their end at the same time although they are too large
    vain_rate: float = 100_000  # bytes a second at which such a body has to come
    sweep: float = 0.5  # between two looks for what is overdue


def connections(wanted: int) -> int:
    """How many connections this process can hold of those wanted; gets itself as many descriptors as it may.

    Each connection takes one, and one more while a long body lies in a temporary file.
    """
    if resource is None:
        return min(wanted, 400)
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = 2 * wanted + SPARE
    if now == resource.RLIM_INFINITY or now >= needed:
        return wanted
    had = needed if most == resource.RLIM_INFINITY else min(needed, most)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(now, had), most))
    except (OSError, ValueError):  # the system allows less than it says
        had = now
    return max(16, min(wanted, (had - SPARE) // 2))
