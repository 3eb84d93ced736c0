"""Whom a network address belongs to: the same answer for the server's bounds, the sessions and the tries."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address


def network(address: str) -> str:
    """What one household or host has: an IPv4 address, or the first 64 bits of an IPv6 address.

    Text that is no address is cut to 60 characters and otherwise stays as it is.

    >>> network("2001:db8:1:2:3:4:5:6"), network("::ffff:10.0.0.7"), network("10.0.0.7")
    ('2001:db8:1:2::/64', '10.0.0.7', '10.0.0.7')
    """
    try:
        address_number = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:60]
    if isinstance(address_number, IPv4Address):
        return str(address_number)
    if address_number.ipv4_mapped:
        return str(address_number.ipv4_mapped)
    return f"{IPv6Address(int(address_number) >> 64 << 64)}/64"
