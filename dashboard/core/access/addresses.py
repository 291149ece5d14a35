"""Where somebody comes from: whole for counting wrong tries, shortened for what is kept."""

import ipaddress


def plain(address: str) -> str:
    """An address as one thing: IPv4 that came by an IPv6 socket is IPv4; "" where it is none."""
    try:
        told = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return ""
    if isinstance(told, ipaddress.IPv6Address) and told.ipv4_mapped is not None:
        return str(told.ipv4_mapped)
    return str(told)


def counted(address: str) -> str:
    """Who counts as one: an IPv4 address, an IPv6 network of one household."""
    told = plain(address)
    return str(ipaddress.ip_network(f"{told}/64", strict=False)) if ":" in told else told


def shortened(address: str) -> str:
    """For the log: the network, not the phone."""
    told = plain(address)
    if not told or ipaddress.ip_address(told).is_loopback:
        return told
    bits = 48 if ":" in told else 24
    return str(ipaddress.ip_network(f"{told}/{bits}", strict=False))


def is_loopback(address: str) -> bool:
    """Is it this machine itself?"""
    told = plain(address)
    return bool(told) and ipaddress.ip_address(told).is_loopback
