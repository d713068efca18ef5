"""What a search asks for, and the same as a condition of SQL."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.calls.areas import meeting
from app.calls.finding import synonyms
from app.platform.access.ids import Id
from app.platform.access.terms import KNOWN
from app.platform.db.reads import Reads
from app.platform.words.codes import Collaboration, OpportunityStatus, Regime

CLOSES = "coalesce(o.submission_deadline, 'infinity')"
"""SQL: when the call closes, as an index has it; one without a deadline comes last."""
OPEN = f"(o.status = 'published' AND {CLOSES} >= now())"
"""SQL: whether a bid can be made now, in a form that the index can serve."""
_HAS_STATUS = {
    "published": f"o.status = {{}} AND {CLOSES} >= now()",
    "closed": "(o.status = {} OR o.status = 'published' AND o.submission_deadline < now())",
}
"""SQL of a filter by status: what a reader is told by the clock."""
_OCID = re.compile(r"ocds-[0-9a-z]{6}-\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What to find. None leaves a field out. Sums are minor units of the call's own currency.

    `closing_after` also leaves out calls without a deadline, the sums those of which no ceiling is known.
    """

    q: str | None = None
    area: str | None = None
    cpv: str | None = None
    status: OpportunityStatus | None = None
    vcse: bool | None = None
    closing_after: datetime | None = None
    value_min: int | None = None
    value_max: int | None = None
    regime: Regime | None = None
    collaboration: Collaboration | None = None
    open: bool | None = None
    organisation_id: Id | None = None


def clean(words: str | None) -> str | None:
    return unicodedata.normalize("NFC", words).strip() if words else None


@dataclass(slots=True)
class Where:
    """A condition on the opportunity `o` that grows, with its parameters. `words` is the text search for all words, as SQL,
    `some` that for any of them."""

    parameters: list[Any]
    conditions: list[str] = field(default_factory=list)
    words: str | None = None
    some: str | None = None

    def give(self, value: Any) -> str:
        """The placeholder of a parameter."""
        self.parameters.append(value)
        return f"${len(self.parameters)}"

    def holds(self, condition: str, *values: Any) -> None:
        self.conditions.append(condition.format(*(self.give(value) for value in values)))

    @property
    def sql(self) -> str:
        return " AND ".join(self.conditions)


SEEN = f"(o.status <> 'draft' AND {KNOWN.format(own='$1::uuid[]')} OR o.organisation_id = ANY($1::uuid[]))"
"""SQL: a draft is listed for the people of its owner alone, a typed call for those who may know of it."""


async def where(reads: Reads, own: list[Id], filters: Filters, further: str, *, some: bool = False) -> Where:
    """The condition of these filters for people of these organisations. `further` is the operator's file of synonyms.

    `some`: what says some of the words is found, too.
    """
    made = Where([own], [SEEN])
    if filters.q:
        _say(made, filters.q, further, some)
    if filters.area:
        made.holds("o.area_keys && {}::text[]", sorted(await meeting.wanted(reads, filters.area)))
    if filters.cpv:
        made.holds("o.cpv_keys @> ARRAY[{}::text]", filters.cpv.partition("-")[0])
    if filters.status:
        made.holds(_HAS_STATUS.get(filters.status, "o.status = {}"), filters.status.value)
    if filters.vcse is not None:
        made.holds("o.vcse IS NOT DISTINCT FROM {}::boolean", filters.vcse)
    if filters.closing_after:
        made.holds(f"{CLOSES} > {{}}::timestamptz AND o.submission_deadline IS NOT NULL", filters.closing_after)
    if filters.value_min is not None or filters.value_max is not None:
        made.holds("o.amounts && int8range({}::int8, {}::int8, '[]')", filters.value_min, filters.value_max)
    if filters.regime:
        made.holds("o.regime = {}", filters.regime.value)
    if filters.collaboration:
        made.holds("o.consortium_rules ->> 'collaboration' = {}", filters.collaboration.value)
    if filters.organisation_id:
        made.holds("o.organisation_id = {}::uuid", filters.organisation_id)
    if filters.open is not None:
        made.conditions.append(OPEN if filters.open else f"NOT {OPEN}")
    return made


def _say(made: Where, words: str, further: str, some: bool) -> None:
    found = synonyms.wanted(words, synonyms.load(further))
    made.words = f"to_tsquery('english', {made.give(found.all)})"
    made.some = f"to_tsquery('english', {made.give(found.some)})" if some and found.parts else None
    if found.literal:
        made.words = f"(websearch_to_tsquery('english', {made.give(words)}) || {made.words})"
    if made.some:
        made.conditions.append(f"o.search @@ {made.some}")
    elif _OCID.fullmatch(words):
        made.holds(f"(o.search @@ {made.words} OR o.ocid = {{}})", words)
    else:
        made.conditions.append(f"o.search @@ {made.words}")
