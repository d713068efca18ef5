"""Who writes in a section: its organisation, and everybody else comments or suggests, unless it is open to all."""

from dataclasses import dataclass

from app.platform.access.ids import Id
from app.platform.access.rules import EDITOR, Relation, Side, Standing


@dataclass(frozen=True, slots=True)
class SectionSetting:
    """`own_organisation_id`: the partner's that the section belongs to, or else the lead's."""

    assignee_organisation_id: Id | None
    own_organisation_id: Id | None
    open_to_all: bool

    @property
    def keeper_id(self) -> Id | None:
        """The organisation that writes and manages it."""
        return self.assignee_organisation_id or self.own_organisation_id


def writing_side(setting: SectionSetting, standing: Standing) -> Side | None:
    """For whom this reader writes in the section; `None` where they may only read and comment.

    Somebody who could write for several organisations writes for the section's own, else for their first.
    """
    able = [side for side in standing.seats(Relation.PARTNER) if side.has(EDITOR)]
    for side in able:
        if side.organisation_id == setting.keeper_id:
            return side
    return able[0] if able and setting.open_to_all else None
