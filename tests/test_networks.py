"""An address counts with all others of its household or host, however it is written."""

from __future__ import annotations

import pytest

from tracker.networks import network


@pytest.mark.parametrize(
    ("address", "whose"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
        ("x" * 100, "x" * 60),
        ("", ""),
    ],
)
def test_of_ipv6_the_first_half_is_one_place(address: str, whose: str) -> None:
    assert network(address) == whose
