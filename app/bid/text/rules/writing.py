"""Who writes in a section: the editors of its organisation, or of every partner once it is open to all."""

from dataclasses import dataclass

from app.platform.access.ids import Id
from app.platform.access.rules import EDITOR, Relation, Side, Standing


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who a section is assigned to. `own_organisation_id`: the partner's that the section belongs to, else the lead's."""

    assignee_organisation_id: Id | None
    own_organisation_id: Id | None
    open_to_all: bool

    @property
    def writer_organisation_id(self) -> Id | None:
        """The organisation that writes and manages the section."""
        return self.assignee_organisation_id or self.own_organisation_id


def writing_side(assignment: Assignment, standing: Standing) -> Side | None:
    """For whom this reader writes in the section; None where they may only read and comment.

    Somebody who could write for several organisations writes for the section's own, else for their first.
    """
    able = [side for side in standing.seats(Relation.PARTNER) if side.has(EDITOR)]
    for side in able:
        if side.organisation_id == assignment.writer_organisation_id:
            return side
    return able[0] if able and assignment.open_to_all else None


def managing_side(assignment: Assignment, standing: Standing) -> Side | None:
    """For whom this reader manages the section: for the organisation that writes it, or else for its own."""
    for organisation_id in (assignment.writer_organisation_id, assignment.own_organisation_id):
        side = writing_side(Assignment(organisation_id, None, False), standing)
        if side is not None and side.organisation_id is not None:
            return side
    return None
