"""The public check: whether an edition with a given hash was signed, and by which partners that agreed to be named."""

import hashlib
import json
import re
import zlib
from dataclasses import dataclass
from datetime import datetime

from app.bid.document.rules import DOCUMENT_SCHEMA
from app.documents.canonical import canonical, sha256
from app.platform.access.standing import OPENED, OPENED_OF_BID
from app.platform.db.reads import Reads

FIND = f"""
WITH found AS (SELECT * FROM editions WHERE sha256 = $1 ORDER BY created_at LIMIT 1),
handed_in AS (SELECT count(*) > 0 AS stands FROM found e JOIN submissions s ON s.edition_id = e.id
              JOIN opportunities o ON o.id = s.opportunity_id
              WHERE s.status IN ('submitted', 'acknowledged', 'decided') AND {OPENED})
SELECT e.id, CASE WHEN h.stands THEN 'agreed' ELSE e.status END AS status, e.agreed_at,
       CASE WHEN NOT h.stands THEN e.withdrawn_at END AS withdrawn_at, cardinality(e.must_sign) AS partners,
       (SELECT count(*) FROM sign_offs s WHERE s.edition_id = e.id AND (h.stands OR s.fell_at IS NULL)) AS signatures,
       (SELECT coalesce(json_agg(json_build_object('partner_id', pa.id, 'signed_at', t.times[t.needed],
            'named', pa.named_when_verified AND pa.status = 'accepted' AND coalesce({OPENED_OF_BID}, false))
            ORDER BY t.times[t.needed], pa.id), '[]')
        FROM (SELECT s.partner_id, array_agg(s.at ORDER BY s.at) AS times,
                     coalesce((e.signatures_required ->> s.partner_id::text)::int, 1) AS needed
              FROM sign_offs s WHERE s.edition_id = e.id AND (h.stands OR s.fell_at IS NULL) GROUP BY s.partner_id) t
        JOIN partners pa ON pa.id = t.partner_id WHERE cardinality(t.times) >= t.needed) AS signed
FROM found e JOIN proposals p ON p.id = e.proposal_id JOIN opportunities o ON o.id = p.opportunity_id, handed_in h"""
"""SQL: the edition, with the partners that signed in full and the time of the last signature that each one's rule needed.

An edition that was withdrawn for a new one counts as agreed for as long as the submission of it stands."""

NAMES = """
SELECT p ->> 'id', p ->> 'name' FROM editions e, jsonb_array_elements(convert_from(e.document, 'UTF8')::jsonb -> 'partners') p
WHERE e.id = $1"""
"""SQL: the partners' names as the signed text has them."""


@dataclass(frozen=True, slots=True)
class Signed:
    organisation: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Verified:
    """What the public may know: the names of organisations that agreed to it, and never of persons.

    It names nobody of a sealed call before the bids are opened, no partner that has left, and counts no signature that
    fell.
    """

    sha256: str
    known: bool
    status: str | None = None
    signed_by_all: bool = False
    signatures: int = 0
    partners_to_sign: int = 0
    signed_by: tuple[Signed, ...] = ()
    signed_by_others: int = 0
    agreed_at: datetime | None = None
    withdrawn_at: datetime | None = None


async def find(reads: Reads, digest: str) -> Verified:
    row = await reads.first(FIND, digest)
    if row is None:
        return Verified(digest, False)
    signed = json.loads(row["signed"])
    named = [each for each in signed if each["named"]]
    names = dict(await reads.all(NAMES, row["id"])) if named else {}
    return Verified(
        digest,
        True,
        row["status"],
        row["status"] == "agreed",
        row["signatures"],
        row["partners"],
        tuple(Signed(names[each["partner_id"]], datetime.fromisoformat(each["signed_at"])) for each in named),
        len(signed) - len(named),
        row["agreed_at"],
        row["withdrawn_at"],
    )


def digests(content: bytes) -> list[str]:
    """The hashes that a file may be known by: of its bytes, of its JSON made canonical, or of the JSON inside a PDF."""
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
"""Bytes to which one stream of a PDF may inflate. An honest document.json is far below that."""
MOST_STREAMS = 5_000


def signed_json(pdf: bytes) -> bytes | None:
    """The document.json that this service attached to a PDF, found without trusting the file's structure."""
    mark = f'"schema":"{DOCUMENT_SCHEMA}"'.encode()
    for index, found in enumerate(_STREAM.finditer(pdf)):
        if index >= MOST_STREAMS:
            return None
        try:
            head = zlib.decompressobj().decompress(pdf[found.end() : found.end() + 4096], 2048)
            if not head.startswith(b"{"):
                continue
            inside = zlib.decompressobj().decompress(pdf[found.end() :], MOST_INFLATED)
        except zlib.error:
            continue
        if mark in inside:
            return inside
    return None
