"""What each setting takes, said as a sentence where it is something else: a service that starts with an address that
nobody can open would only be found out by the people who get its mails.
"""

import ipaddress
import math
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from pydantic import ValidationError

LEVELS = ("debug", "info", "warning", "error")
FORMATS = ("json", "console")
MOST = 10**13
"""The largest number of anything, bytes above all."""
_TEN_YEARS = {"_days": 3_660, "_hours": 87_840, "_minutes": 5_270_400, "_seconds": 316_224_000}
_LIMITS = {
    "port": (1, 65_535),
    "processes": (0, 256),
    "database_pool": (1, 1_000),
    "read_pool": (1, 1_000),
    "argon2_memory_kib": (8, 8_388_608),
    "argon2_time": (1, 100),
    "argon2_at_once": (1, 256),
    "json_depth": (8, 200),
    "render_processes": (1, 64),
}


def judge(name: str, value: Any) -> Any:
    """The value as it is used. ValueError says what to write instead."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        least, most = bounds(name)
        if not least <= value <= most or not math.isfinite(value):
            raise ValueError(_number(name, whole=isinstance(value, int)))
        return value
    rule = _RULES.get(name)
    return rule(value) if rule and value else value


def bounds(name: str) -> tuple[float, float]:
    """The smallest and the largest number, apart from what the field itself says of the smallest."""
    limit = next((most for unit, most in _TEN_YEARS.items() if name.endswith(unit)), MOST)
    return _LIMITS.get(name, (0, limit))


def sentences(error: ValidationError, least: Mapping[str, float]) -> list[str]:
    """Each bad setting in one sentence. `least` is the smallest number of those that have one.

    An address may hold a password, and this goes to a terminal and a log: it is not repeated.
    """
    said = []
    for fault in error.errors(include_url=False):
        name = str(fault["loc"][0]) if fault["loc"] else ""
        if fault["type"] == "value_error":
            instead = str(fault["ctx"]["error"])
        elif fault["type"].startswith("bool"):
            instead = "write true or false."
        else:
            instead = _number(name, whole=not fault["type"].startswith("float"), least=least.get(name))
        hidden = name.endswith("_url") and (name != "public_url" or "@" in str(fault["input"]))
        given = "" if hidden else f"={fault['input']}"
        said.append(f"{name.upper()}{given} cannot be used: {instead}")
    return said


def unusable(folder: Path) -> str | None:
    """Why nothing can be kept in a folder, which need not be there yet."""
    there = folder.absolute()
    while not os.path.lexists(there) and there != there.parent:
        there = there.parent
    if not there.is_dir():
        return f"DATA_DIR={folder} cannot be used: {there} is no folder. Name a folder that this user may write to."
    if not os.access(there, os.W_OK | os.X_OK):
        return f"DATA_DIR={folder} cannot be used: this user may not write to {there}. Name a folder of its own, or give it the right."
    return None


def _number(name: str, *, whole: bool, least: float | None = None) -> str:
    low, high = bounds(name)
    return f"write a {'whole ' if whole else ''}number from {max(low, least or 0):.15g} to {high:.15g}."


def _split(url: str, schemes: tuple[str, ...], example: str, parts: str = "") -> SplitResult:
    """An address of one of these schemes with a host, and with none of the `parts` that have no place in it."""
    try:
        where = urlsplit(url)
        good = where.scheme in schemes and bool(where.hostname) and (where.port is None or where.port > 0)
    except ValueError:
        good = False
    if not good or re.search(r"[\s\x00-\x1f]", url) or any(getattr(where, part) for part in parts.split()):
        raise ValueError(f"write it like {example.removesuffix('.')}.")
    return where


def _public(value: str) -> str:
    _split(value, ("https", "http"), "https://bids.example.org", "query fragment username password")
    return value


APP_LINKS = {"invitation": True, "verify": True, "reset": True, "member": True, "task": False}
"""The links of mails that a front end can take, and whether each carries a token."""


def _app_paths(value: str) -> str:
    for part in value.split(","):
        kind, _, path = (each.strip() for each in part.partition("="))
        if not part.strip():
            continue
        if kind not in APP_LINKS:
            raise ValueError(
                f"write one of {', '.join(APP_LINKS)} before each '=', such as invitation=/join?token={{token}}."
            )
        if not path.startswith("/") or re.search(r"[\s\x00-\x1f]", path) or path.replace("{token}", "").count("{"):
            raise ValueError(f"write a path after {kind}=, such as /join?token={{token}}.")
        if ("{token}" in path) != APP_LINKS[kind]:
            needed = (
                "write {token} where the token goes"
                if APP_LINKS[kind]
                else "write it without {token}, since this link has none"
            )
            raise ValueError(f"{kind}={path}: {needed}.")
    return value


def _origins(value: str) -> str:
    for origin in value.split(","):
        if origin.strip():
            example = "https://app.example.org,https://other.example.org: scheme and host, no path, no '*'."
            where = _split(origin.strip().rstrip("/"), ("https", "http"), example, "path query fragment username")
            if "*" in where.netloc:
                raise ValueError(f"write it like {example}")
    return value


def _addresses(value: str) -> str:
    for part in value.split(","):
        if part.strip():
            try:
                ipaddress.ip_network(part.strip(), strict=False)
            except ValueError:
                raise ValueError(
                    "write the proxies' addresses or networks, such as 127.0.0.1,10.0.0.0/8; no names."
                ) from None
    return value


def _outbound(value: str) -> str:
    for part in value.split(","):
        host, _, port = part.strip().rpartition(":")
        good = re.fullmatch(r"[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]", host) and re.fullmatch(r"[0-9]{1,5}", port)
        if part.strip() and not (good and 0 < int(port) < 65_536):
            raise ValueError("write each as host:port, such as hooks.internal:8443,[fd00::7]:443; no scheme, no path.")
    return value


def _waits(value: str) -> str:
    parts = [part.strip() for part in value.split(",") if part.strip()]
    if not parts or len(parts) > 50 or not all(re.fullmatch(r"[0-9]{1,7}", part) for part in parts):
        raise ValueError("write seconds, separated by commas, such as 5,300,1800; at most 50 of them.")
    return value


def _host(value: str) -> str:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        if not re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?", value):
            raise ValueError(
                "write an address of this machine alone, such as 127.0.0.1, or 0.0.0.0 for all of them; the port is PORT."
            ) from None
    return value


def _database(value: str) -> str:
    example = "postgresql://user:password@host:5432/name; signs such as @ or / within the password as %40 or %2F."
    try:
        where = urlsplit(value)
        host = where.hostname or "host=" in where.query
        good = where.scheme == "postgresql" and host and len(where.path) > 1 and (where.port is None or where.port > 0)
    except ValueError:
        good = False
    if not good:
        raise ValueError(f"write it like {example}")
    return value


def _smtp(value: str) -> str:
    _split(value, ("smtp", "smtps"), "smtp://user:password@mail.example.org:587, or smtps://…:465.", "query fragment")
    return value


def _bus(value: str) -> str:
    _split(value, ("redis", "rediss"), "redis://host:6379/0, or rediss://… with TLS.")
    return value


def _storage(value: str) -> str:
    from obstore.exceptions import BaseError
    from obstore.store import from_url

    folder = urlsplit(value).path if value.startswith("file:///") else ""
    try:
        if not folder or Path(folder).is_dir():
            from_url(value)
            return value
        reason = f"the folder {folder} is not there"
    except (BaseError, ValueError):  # its words repeat the address, which may hold a key
        reason = "no store is known by such an address"
    raise ValueError(f"{reason}. Write it like s3://bucket/prefix, gs://bucket, az://container or file:///srv/files.")


def _sender(value: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(value)[1]) or re.search(r"[\x00-\x1f]", value):
        raise ValueError("write it like 'Cobid <bids@example.org>'.")
    return value


def _fonts(value: str) -> str:
    if not Path(value).is_dir():
        raise ValueError("there is no such folder. Name one that holds .ttf or .otf files, or leave it out.")
    return value


def _synonyms(value: str) -> str:
    try:
        groups = tomllib.loads(Path(value).read_text("utf-8")).get("groups")
    except OSError:
        raise ValueError(
            "there is no such file, or this user may not read it. Name a TOML file, or leave it out."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"it is no TOML file in UTF-8 ({error}).") from None
    fine = isinstance(groups, list) and all(
        isinstance(group, list) and all(isinstance(word, str) for word in group) for group in groups
    )
    if not fine:
        raise ValueError('write groups of words into it, such as groups = [["CVS", "infrastructure"]].')
    return value


def _one_of(words: tuple[str, ...]) -> Callable[[str], str]:
    def rule(value: str) -> str:
        if value.lower() not in words:
            raise ValueError(f"write one of {', '.join(words)}.")
        return value.lower()

    return rule


_RULES: dict[str, Callable[[str], str]] = {
    "host": _host,
    "database_url": _database,
    "public_url": _public,
    "app_url": _public,
    "app_paths": _app_paths,
    "cors_origins": _origins,
    "trusted_proxies": _addresses,
    "outbound_allow": _outbound,
    "webhook_retries": _waits,
    "smtp_url": _smtp,
    "mail_from": _sender,
    "log_level": _one_of(LEVELS),
    "log_format": _one_of(FORMATS),
    "live_bus_url": _bus,
    "storage_url": _storage,
    "font_dir": _fonts,
    "synonyms": _synonyms,
}
