"""Addresses within this service: where a page goes on to, which is never anywhere else."""

import re
from urllib.parse import urlencode

_LOCAL = re.compile(r"/(?![/\\])[A-Za-z0-9/?=&%._~:+-]{0,1500}", re.ASCII)
HOME = "/home"


def local(given: str | None, otherwise: str = HOME) -> str:
    """The address, if it is a path of this service; `otherwise` for everything else that somebody put there."""
    return given if given and _LOCAL.fullmatch(given) else otherwise


def to(path: str, **query: str) -> str:
    """The path with what stands behind its question mark; what is empty is left out."""
    given = {name: value for name, value in query.items() if value}
    return f"{path}{'&' if '?' in path else '?'}{urlencode(given)}" if given else path
