"""What is true of an edition but not part of the hashed bytes: its status, its signatures, where to check it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

SIGNING_WORDS = (
    "I am authorised by this organisation; we agree the content of this edition and authorise its submission."
)


@dataclass(frozen=True, slots=True)
class Signature:
    """One signatory's signature for one partner. `signed_at` is ISO 8601 in UTC; `words` are those that were shown."""

    partner_id: str
    organisation: str
    full_name: str
    role_title: str
    signed_at: str
    verification_level: str
    authority_basis: str = ""
    """What gives the authority: constitution, resolution or delegation. Empty where only `authority_detail` says it."""
    authority_date: str | None = None
    authority_detail: str = ""
    words: str = SIGNING_WORDS


@dataclass(frozen=True, slots=True)
class Standing:
    """`sha256` and `edition` are None for a live preview, which is always a draft.

    `made_at` dates the rendering (the freeze, or the last signature): it goes into the file, so that the same
    edition, signatures and status give the same bytes wherever they are rendered.
    """

    status: Literal["preview", "open", "agreed", "withdrawn"] = "preview"
    edition: int | None = None
    sha256: str | None = None
    signatures: Sequence[Signature] = ()
    must_sign: Sequence[str] = ()
    """Partner ids whose signature is needed."""
    verify_url: str | None = None
    """The address of the public check, with the hash in it."""
    made_at: str | None = None

    @property
    def agreed(self) -> bool:
        return self.status == "agreed"


def short_code(sha256: str) -> str:
    """The first sixteen digits of a hash in fours: short enough to compare by eye with what the check page shows."""
    return " ".join(sha256[i : i + 4] for i in range(0, 16, 4))
