"""Which openings take applications, what a public one gives away, and what refuses an application or its answer."""

from datetime import datetime

from app.platform.access.errors import Conflict
from app.platform.words.codes import OpeningStatus

OPEN_AT_ONCE = 20
"""Open roles of one partner in one bid."""

GIVES_AWAY = (
    "This opening is public and the bid is sealed: everybody who is signed in can tell that a joint bid for this "
    "opportunity is being made and what it lacks, though not who is in it. Close it, or make it private, to stop that."
)


class OpeningClosed(Conflict):
    code = "opening-closed"
    title = "This opening takes no applications"
    explanation = "It was closed, or its time to apply is over. Look at the other openings."


class AppliedAlready(Conflict):
    code = "applied-already"
    title = "Your organisation has applied, or has a place in this bid already"
    explanation = "Look at your applications and invitations. One application for each opening is enough."


class ApplicationAnswered(Conflict):
    code = "application-answered"
    title = "This application has been answered or withdrawn"
    explanation = "Its answer stands. The organisation can still be invited directly."


class TooManyOpenings(Conflict):
    code = "too-many-openings"
    title = "Your organisation has many open roles in this bid"
    explanation = "Close some of them before you open more."


def check_takes_applications(status: OpeningStatus, apply_by: datetime | None, now: datetime) -> None:
    """Raises OpeningClosed. The instant of `apply_by` is still in time."""
    if status is not OpeningStatus.OPEN or (apply_by is not None and apply_by < now):
        raise OpeningClosed
