"""Which addresses are outside. Only those are dialled, apart from what the operator lets through."""

import ipaddress
import socket
from collections.abc import Set

HostPort = tuple[str, int]

_INSIDE_4 = [
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by the customers of a carrier; a cloud's metadata (100.100.100.200)
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's host, from within its machines
        "169.254.0.0/16",  # link-local; the metadata of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # relays from 6to4
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
]
_OUTSIDE_6 = ipaddress.IPv6Network("2000::/3")
"""All that is given out for use in public. Outside it lie loopback, unique local and link-local addresses, IPv4 in IPv6
(`::ffff:`, `64:ff9b::/96`) and multicast."""
_INSIDE_6 = [
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocols, among them Teredo, which carries an IPv4 address
        "2001:db8::/32",
        "2002::/16",  # 6to4, which carries an IPv4 address
        "3fff::/20",
    )
]
_NAMES_INSIDE = ("localhost", "local", "internal", "intranet", "lan", "home.arpa")


def is_inside(address: str) -> bool:
    """Whether an address in numbers is none of the public internet's. What is no address counts as inside."""
    try:
        judged = ipaddress.ip_address(address)
    except ValueError:
        return True
    if isinstance(judged, ipaddress.IPv4Address):
        return any(judged in network for network in _INSIDE_4)
    if judged.scope_id or judged not in _OUTSIDE_6:
        return True
    return any(judged in network for network in _INSIDE_6)


def names_inside(host: str) -> bool:
    """Whether a host can be seen to be inside without looking it up. Whatever else is judged when it is dialled."""
    bare = host.lower().rstrip(".")
    if ":" in bare:
        return is_inside(bare)
    try:
        return is_inside(socket.inet_ntoa(socket.inet_aton(bare)))  # also 0177.0.0.1, 127.1, 0x7f000001
    except OSError:
        return "." not in bare or any(f".{bare}".endswith(f".{name}") for name in _NAMES_INSIDE)


def objection(scheme: str, host: str, port: int, allowed: Set[HostPort]) -> str | None:
    """The code of what speaks against an address, before its name is looked up."""
    if scheme in ("http", "https") and (host.lower(), port) in allowed:
        return None
    if scheme != "https":
        return "url-not-https"
    return "inside-address" if names_inside(host) else None
