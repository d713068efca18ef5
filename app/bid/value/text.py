"""What the bid says: its sections, outcomes and formal statements."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from app.calls.opportunities.value import Limit
from app.platform.access.ids import Id
from app.platform.richtext.counts import Counts
from app.platform.words.codes import Audience, SectionState, StatementKey


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the bid's text. `content` is ProseMirror JSON (TipTap's names), or None where it was not loaded."""

    id: Id
    key: str
    title: str
    state: SectionState
    required: bool
    position: int = 0
    question_id: Id | None = None
    lot_id: Id | None = None
    partner_id: Id | None = None
    assignee_organisation_id: Id | None = None
    assignee_person_id: Id | None = None
    due_on: date | None = None
    limit: Limit | None = None
    counts: Counts = field(default_factory=Counts)
    content: Mapping[str, object] | None = None
    characters_by_organisation: Mapping[Id, int] = field(default_factory=dict)
    open_to_all: bool = False
    version: int = 0
    """The version of the section's settings; its text has versions of its own."""


@dataclass(frozen=True, slots=True)
class Comment:
    section_id: Id
    organisation_id: Id


@dataclass(frozen=True, slots=True)
class Outcome:
    id: Id
    framework: str
    """The framework's key or title, or empty where the outcome is in the partners' own words."""
    outcome: str
    indicator: str = ""
    unit: str = ""
    baseline: Decimal | None = None
    target: Decimal | None = None
    target_date: date | None = None
    method: str = ""
    partner_ids: tuple[Id, ...] = ()
    confirmed_by: tuple[Id, ...] = ()
    audience: Audience = Audience.COMMISSIONER
    question_id: Id | None = None
    lot_id: Id | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    partner_id: Id
    key: StatementKey
    answer: str
    detail_markdown: str = ""
    document_id: Id | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class ConfidentialityClaim:
    """What a partner asks the authority to withhold; `pointer` is a JSON Pointer into `document.json`."""

    id: Id
    partner_id: Id
    pointer: str
    reason: str
    basis: str
    until: date | None = None
