"""Which sections a bid has: one for each question and standard part of its call, and what an amendment does to them.

A question that each member answers has one section for the lead and for each accepted member. Texts are not part of
this: a section that the call no longer asks for keeps its text, and is just not required any more.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.bid.value import Limit, Question
from app.platform.access.ids import Id
from app.platform.words.codes import StandardSection
from app.platform.words.vocabularies import label

LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class PlannedSection:
    """A section as the call wants it. `question_id` (else `key`) and `partner_id` say which one it is."""

    key: str
    title: str
    position: int
    required: bool
    question_id: Id | None = None
    lot_id: Id | None = None
    partner_id: Id | None = None
    limit: Limit | None = None


def plan(
    questions: Sequence[Question], required: Iterable[str], lot_ids: Sequence[Id], members: Sequence[Id]
) -> tuple[PlannedSection, ...]:
    """The sections of a bid for these lots (none: the undivided call): the questions, then the standard parts.

    `members` are the partner ids of the lead and the accepted members. A question of a lot that the bid is not for is
    left out. Every standard part is there; those in `required`, and always the exit plan, have to be filled.
    """
    planned: list[PlannedSection] = []
    for question in questions:
        if question.lot_id is not None and lot_ids and question.lot_id not in lot_ids:
            continue
        for partner_id in members if question.per_member else (None,):
            planned.append(for_question(question, partner_id, len(planned)))
    wanted = {*required, StandardSection.EXIT_AND_SUSTAINABILITY.value}
    for section in StandardSection:
        title = label("standard_section", section)
        needed = section.value in wanted
        planned.append(PlannedSection(key=section.value, title=title, position=len(planned), required=needed))
    return tuple(planned)


def for_question(question: Question, partner_id: Id | None, position: int) -> PlannedSection:
    """The section that answers a question, for one member where each answers it separately."""
    return PlannedSection(
        key=question.key,
        title=title_of(question.prompt_markdown, question.key, question.number),
        position=position,
        required=question.required,
        question_id=question.id,
        lot_id=question.lot_id,
        partner_id=partner_id,
        limit=question.limit,
    )


def title_of(prompt_markdown: str, key: str, number: str = "") -> str:
    """The first line of a question without Markdown's marks, or its key; after the number that a portal gives it."""
    first = next((line for line in prompt_markdown.splitlines() if line.strip()), key)
    plain = re.sub(r"\s+", " ", re.sub(r"[#>*_`]+", "", first)).strip() or key
    plain = f"{number} {plain}".strip()
    return plain if len(plain) <= LONGEST_TITLE else plain[: LONGEST_TITLE - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class SectionNow:
    """A section of the bid today, to be compared with the plan."""

    id: Id
    key: str
    title: str
    position: int
    required: bool
    question_id: Id | None
    lot_id: Id | None
    partner_id: Id | None
    limit: Limit | None


@dataclass(frozen=True, slots=True)
class SectionChanges:
    """What brings a bid's sections to the plan.

    `changed` pairs a section's id with what it becomes. The sections in `no_longer_asked` keep their text and are no
    longer required. Those in `moved` only change their place, which nobody has to look at.
    """

    added: tuple[PlannedSection, ...]
    changed: tuple[tuple[Id, PlannedSection], ...]
    no_longer_asked: tuple[Id, ...]
    moved: tuple[tuple[Id, int], ...] = ()

    @property
    def any(self) -> bool:
        return bool(self.added or self.changed or self.no_longer_asked)


def compare(now: Sequence[SectionNow], planned: Sequence[PlannedSection]) -> SectionChanges:
    """What brings the sections to the plan without touching anybody's text."""
    existing = {_identity(section): section for section in now}
    wanted = {_identity(section): section for section in planned}
    return SectionChanges(
        added=tuple(section for identity, section in wanted.items() if identity not in existing),
        changed=tuple(
            (existing[identity].id, section)
            for identity, section in wanted.items()
            if identity in existing and _settings(existing[identity]) != _settings(section)
        ),
        no_longer_asked=tuple(
            section.id for identity, section in existing.items() if identity not in wanted and section.required
        ),
        moved=tuple(
            (existing[identity].id, section.position)
            for identity, section in wanted.items()
            if identity in existing and existing[identity].position != section.position
        ),
    )


def _identity(section: SectionNow | PlannedSection) -> tuple[str, Id | None]:
    return (section.question_id or section.key, section.partner_id)


def _settings(section: SectionNow | PlannedSection) -> tuple[object, ...]:
    return (section.title, section.required, section.lot_id, section.limit)
