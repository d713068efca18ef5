"""What the partners decide, the difficulties that they raise, and the edition that they sign."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.platform.access.ids import Id
from app.platform.words.codes import AddressedTo, DecisionRule, DecisionStatus, EditionStatus, Matter


@dataclass(frozen=True, slots=True)
class Vote:
    partner_id: Id
    option: str
    reason: str = ""
    cast_by_partner_id: Id | None = None
    """The partner that cast it as a proxy, on the written authority of `partner_id`; None where the partner voted."""


@dataclass(frozen=True, slots=True)
class Decision:
    id: Id
    title: str
    matter: Matter
    options: tuple[str, ...]
    status: DecisionStatus
    proposer_partner_id: Id | None
    closes_at: datetime | None
    rule: DecisionRule | None
    votes: tuple[Vote, ...] = ()
    chosen: str | None = None
    excluded_partner_ids: tuple[Id, ...] = ()
    """Partners who declared a conflict of interest in the decision."""
    touches: tuple[Matter, ...] = ()
    """Matters besides its own that the carried request reaches (a structure that also changes the decision rule)."""
    concerned_partner_ids: tuple[Id, ...] = ()
    """Partners that it is about: to be removed, to change role, to become the lead, or whose budget lines change."""
    carries: Mapping[str, object] | None = None
    """The request that it carries, {method, path, body}."""
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Difficulty:
    id: Id
    addressed_to: AddressedTo
    blocking: bool
    open: bool
    blocking_since: datetime | None
    """When it was raised or last renewed by a step. It blocks for five days from then."""


@dataclass(frozen=True, slots=True)
class EditionInForce:
    """The edition that is open for signing or agreed, in short. `signed` names a partner once for each signature.

    After the deadline it is the submitted edition with all its signatures, whatever edition was begun since.
    """

    number: int
    sha256: str
    status: EditionStatus
    created_at: datetime
    agreed_at: datetime | None = None
    must_sign: tuple[Id, ...] = ()
    signed: tuple[Id, ...] = ()
