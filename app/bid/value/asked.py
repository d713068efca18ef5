"""What the call asks this bid for. It selects the sections that are the bid, once for all that sign, print, count and judge."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from app.bid.value.partners import Partner
from app.bid.value.text import Section
from app.calls.opportunities.value import Question
from app.platform.access.ids import Id


@dataclass(frozen=True)
class Asked:
    """The call's questions as they stand, the lots that the bid is for (none: the undivided call), and its partners."""

    questions: Sequence[Question]
    lot_ids: Sequence[Id]
    partners: Sequence[Partner]
    language: str = "en"
    """The bid's own."""

    @cached_property
    def _questions_by_id(self) -> dict[Id, Question]:
        return {question.id: question for question in self.questions}

    @cached_property
    def _partners_by_id(self) -> dict[Id, Partner]:
        return {partner.id: partner for partner in self.partners}

    def includes(self, section: Section) -> bool:
        """Whether the section is part of the bid.

        A section that nobody asks for any more keeps its text, as the partners' notes: that of a withdrawn question, of a
        lot that the bid is not for, or of a partner that no longer answers for itself.
        """
        if section.lot_id is not None and self.lot_ids and section.lot_id not in self.lot_ids:
            return False
        owner = self._partners_by_id.get(section.partner_id or "")
        if section.question_id is None:
            return section.partner_id is None or (owner is not None and owner.accepted)
        question = self._questions_by_id.get(section.question_id)
        if question is None:
            return False
        return owner is not None and owner.in_core if question.per_member else section.partner_id is None
