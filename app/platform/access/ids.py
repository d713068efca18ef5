"""Identifiers are UUIDv7 strings made by the application, canonical (lower case, hyphens) everywhere in Python."""

import re

Id = str
_WRITTEN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


def is_id(given: str) -> bool:
    """Whether it is written as an identifier, in small letters or capitals: what else comes from outside is not there."""
    return _WRITTEN.fullmatch(given) is not None
