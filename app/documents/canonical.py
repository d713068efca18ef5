"""Canonical JSON (RFC 8785) and its SHA-256: the bytes that are hashed, signed and stored.

rfc8785 refuses what I-JSON cannot carry (integers beyond 2**53 - 1, lone surrogates, floats that are not finite),
so a document that was made canonical once reads the same everywhere.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785


def canonical(value: Mapping[str, Any]) -> bytes:
    """UTF-8 bytes of the canonical form."""
    return rfc8785.dumps(_plain(value))


def sha256(data: bytes) -> str:
    """64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def fingerprint(value: Mapping[str, Any]) -> str:
    return sha256(canonical(value))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
