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


@lru_cache
def _trusted(text: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def _in(address: str, networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
