"""Sealed values: what goes out to a reader, comes back later, and tells the reader nothing meanwhile.

A cursor that holds more than the fields of an item (the database's transaction numbers, say) would let anybody count
what happens in the whole service. Sealed, it is as long as any other and different every time.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from app.platform.db.reads import Reads

_NONCE, _PROOF = 24, 16


@dataclass(frozen=True, slots=True)
class Seal:
    """Encrypts and then authenticates, under two keys made of one: SHAKE256 over key and a fresh nonce is the stream,
    HMAC-SHA256 the proof. `bound` says what it was made for; for anything else it does not open."""

    key: bytes = field(repr=False)
    plain_until: int = 0
    """The newest transaction that a cursor from before the seal can name."""

    def close(self, content: bytes, *bound: str) -> str:
        nonce = secrets.token_bytes(_NONCE)
        hidden = self._mixed(nonce, content)
        return base64.urlsafe_b64encode(nonce + hidden + self._proof(nonce + hidden, bound)).decode().rstrip("=")

    def open(self, text: str, *bound: str) -> bytes | None:
        """What `close` was given with the same `bound`; None for anything else."""
        try:
            sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        rest, proof = sealed[:-_PROOF], sealed[-_PROOF:]
        if len(rest) < _NONCE or not hmac.compare_digest(proof, self._proof(rest, bound)):
            return None
        return self._mixed(rest[:_NONCE], rest[_NONCE:])

    def _mixed(self, nonce: bytes, content: bytes) -> bytes:
        stream = hashlib.shake_256(self._derived(b"hide") + nonce).digest(len(content))
        return bytes(a ^ b for a, b in zip(content, stream, strict=True))

    def _proof(self, rest: bytes, bound: tuple[str, ...]) -> bytes:
        meant = b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in bound)
        return hmac.digest(self._derived(b"prove"), len(rest).to_bytes(4) + rest + meant, "sha256")[:_PROOF]

    def _derived(self, purpose: bytes) -> bytes:
        return hmac.digest(self.key, purpose, "sha256")


class Seals:
    """The seal of one database. Its key is read when it is first needed, and kept."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._cursors: Seal | None = None

    async def cursors(self) -> Seal:
        if self._cursors is None:
            row = await self._reads.first("SELECT key, plain_until FROM cursor_keys WHERE name = 'cursors'")
            self._cursors = Seal(row["key"], row["plain_until"])
        return self._cursors
