"""Until when bids, or requests to take part, are due: the one date that must never be read wrongly.

Find a Tender has it in one of two places: `tender.tenderPeriod`, or, in procedures of two stages that ask for
interest first, `tender.expressionOfInterestDeadline` alone (UK extension). Corrections of notices on the old forms
change neither: they say in `unstructuredChanges` what section IV.2.2 of the form said and what it says now (EU profile).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.calls.notices.ocds_merge import in_order
from app.calls.notices.ocds_read import RawRelease
from app.calls.notices.ocds_values import LONDON, has_zone, instant, mapping, objects, text

BIDS_ARE_DUE = "bids are due"
_TIME_LIMIT = "IV.2.2"
_ASK_FIRST = (
    "This call has two stages, and the notice says only until when to ask to take part: that is shown as the deadline. "
    "Those who are let in are told when bids are due."
)
_NOT_SAID = "The notice does not say until when bids are due. Ask the commissioner before you put work into one."
_CORRECTED = "The deadline is the one in a correction of the notice, not the one that it first gave."


def submission_deadline(
    tender: dict[str, Any], releases: Sequence[RawRelease], doubts: list[str], *, is_open: bool
) -> datetime | None:
    """The last moment to bid or, where the notice names no other, to ask to take part. `tender` is the merged one."""
    corrected = _corrected(releases)
    if corrected is not None:
        doubts.append(_CORRECTED)
        return read(corrected, BIDS_ARE_DUE, doubts)
    due = mapping(tender, "tenderPeriod").get("endDate")
    interest = tender.get("expressionOfInterestDeadline")
    if not due and interest:
        doubts.append(_ASK_FIRST)
        return read(interest, "requests to take part are due", doubts)
    if not due and is_open:
        doubts.append(_NOT_SAID)
    bids, ask = read(due, BIDS_ARE_DUE, doubts), instant(interest)
    if ask is not None and ask != bids:
        doubts.append(f"This call has two stages: ask to take part by {_in_words(ask)}, before you can bid.")
    return bids


def read(given: Any, what: str, doubts: list[str]) -> datetime | None:
    """The instant. Where the notice leaves something open, a sentence is added to `doubts`."""
    found = instant(given)
    if given and found is None:
        doubts.append(f"The notice says when {what} in a way that is not a date. Read the notice itself.")
    elif found and len(text(given).strip()) == 10:
        doubts.append(f"The notice gives only the day when {what}; it is taken as the end of that day in the UK.")
    elif found and not has_zone(given):
        doubts.append(f"The notice does not say the time zone of when {what}; it is taken as UK time.")
    return found


def _corrected(releases: Sequence[RawRelease]) -> Any:
    """The date of the last correction, unless a later release gives the period itself. None without a correction.

    In a release that gives both, as a compiled one does, the correction counts if it corrects that very date.
    """
    found = None
    for release in in_order(releases):
        tender = mapping(release.data, "tender")
        own = instant(mapping(tender, "tenderPeriod").get("endDate"))
        if own is not None:
            found = None
        for was, now in _changes_of_time_limit(tender):
            if own is None or instant(was) == own:
                found, own = now, None
    return found


def _changes_of_time_limit(tender: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    for amendment in objects(tender.get("amendments")):
        for change in objects(amendment.get("unstructuredChanges")):
            now = mapping(change, "newValue").get("date")
            if text(mapping(change, "where").get("section")).strip().startswith(_TIME_LIMIT) and instant(now):
                yield mapping(change, "oldValue").get("date"), now


def _in_words(moment: datetime) -> str:
    local = moment.astimezone(ZoneInfo(LONDON))
    return f"{local.day} {local:%B %Y, %H:%M} UK time"
