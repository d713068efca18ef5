"""The network address that a request came from: the proxy's word counts only if the operator named the proxy."""

import ipaddress
from functools import lru_cache

from starlette.requests import Request

from app.settings import Settings


def client_address(request: Request) -> str:
    """The peer, or the last untrusted entry of X-Forwarded-For when the peer is a trusted proxy (from the right)."""
    settings: Settings = request.app.state.settings
    peer = request.client.host if request.client else "unknown"
    trusted = _trusted(settings.trusted_proxies)
    if not _in(peer, trusted):
        return peer
    for hop in reversed(request.headers.get("x-forwarded-for", "").split(",")):
        if hop.strip() and not _in(hop.strip(), trusted):
            return hop.strip()[:100]
    return peer


def client_network(request: Request) -> str:
    """What tries are counted by: an IPv4 address; of IPv6 the first 64 bits, since a household has all the rest."""
    address = client_address(request)
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


@lru_cache
def _trusted(text: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def _in(address: str, networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
