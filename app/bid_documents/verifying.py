"""Was an edition with this hash signed? Public: whoever holds the document holds its hash, and learns no more by it."""

import hashlib
import json
import re
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.documents.canonical import canonical, sha256
from app.domain.bid_document import DOCUMENT_SCHEMA

FIND = """
SELECT e.number, e.status, e.agreed_at, e.withdrawn_at,
       (SELECT count(*) FROM sign_offs s WHERE s.edition_id = e.id AND s.fell_at IS NULL) AS signatures,
       cardinality(e.must_sign) AS partners
FROM editions e WHERE e.sha256 = $1 ORDER BY e.created_at LIMIT 1"""


@dataclass(frozen=True, slots=True)
class Verified:
    """What the public may know. Who signed stands in the document itself, not here: bids are sealed."""

    sha256: str
    known: bool
    status: str | None = None
    signed_by_all: bool = False
    signatures: int = 0
    partners_to_sign: int = 0
    agreed_at: datetime | None = None
    withdrawn_at: datetime | None = None


async def find(reads: Any, digest: str) -> Verified:
    async with reads.acquire() as connection:
        row = await connection.fetchrow(FIND, digest)
    if row is None:
        return Verified(digest, False)
    return Verified(
        digest, True, row["status"], row["status"] == "agreed", row["signatures"], row["partners"], row["agreed_at"],
        row["withdrawn_at"],
    )  # fmt: skip


def digests(content: bytes) -> list[str]:
    """The hashes that a file can stand for: of its bytes, of its JSON made canonical, or of the JSON inside a PDF."""
    if content[:5] == b"%PDF-":
        inside = signed_json(content)
        return [sha256(inside)] if inside is not None else []
    found = [hashlib.sha256(content).hexdigest()]
    try:
        again = sha256(canonical(json.loads(content)))
    except (ValueError, RecursionError, AttributeError, TypeError):
        return found
    return list(dict.fromkeys([*found, again]))


_STREAM = re.compile(rb"stream\r?\n")
MOST_INFLATED = 20_000_000
"""Bytes that one stream of a PDF may unfold to: an honest document.json is far below it."""
MOST_STREAMS = 5_000


def signed_json(pdf: bytes) -> bytes | None:
    """The attached document.json of a PDF that this service made, found without trusting the file's structure."""
    mark = f'"schema":"{DOCUMENT_SCHEMA}"'.encode()
    for index, found in enumerate(_STREAM.finditer(pdf)):
        if index >= MOST_STREAMS:
            return None
        try:
            unpacker = zlib.decompressobj()
            head = unpacker.decompress(pdf[found.end() : found.end() + 4096], 2048)
            if not head.startswith(b"{"):
                continue
            inside = zlib.decompressobj().decompress(pdf[found.end() :], MOST_INFLATED)
        except zlib.error:
            continue
        if mark in inside:
            return inside
    return None
