"""Where a thing of the API is on the pages: tasks, news and what blocks name addresses of the contract."""

import re

from app.workspace.api import Json

_BID = re.compile(r"/v1/proposals/([0-9a-f-]{36})(/.*)?", re.ASCII)
_WITHIN = (
    (re.compile(r"/(?:honesty[-_]round|declarations)"), "/say"),
    (re.compile(r"/(?:contributions|expectations|acknowledgements|reconciliation)"), "/together"),
    (re.compile(r"(/partners/[0-9a-f-]{36})(?:/authority)?$"), r"\1"),
    (re.compile(r"/partners$"), "/partners"),
    (re.compile(r"/partners/[0-9a-f-]{36}/statements"), "/statements"),
    (re.compile(r"/budget"), "/budget"),
    (re.compile(r"/structure"), "/structure"),
    (re.compile(r"/decisions(/[0-9a-f-]{36})?(?:/.*)?$"), r"/decisions\1"),
    (re.compile(r"/editions"), "/sign"),
    (re.compile(r"/submissions|/lodgements"), "/hand-in"),
    (re.compile(r"/sections(/[0-9a-f-]{36})?(?:/.*)?$"), r"/write\1"),
)
"""What stands below a bid in the contract, and its page below the bid's; a thing without a page yet has none."""


def within_bid(pointer: str | None) -> str:
    """The page below the bid's for what a pointer names; empty where there is none."""
    for pattern, page in _WITHIN:
        if found := pattern.match(pointer or ""):
            return found.expand(page)
    return ""


def of_task(task: Json) -> str:
    """The page where a task is done; the bid's own where it has none of its own."""
    if task["code"] == "invitation-to-answer":
        return "/home#invitations"
    found = _BID.fullmatch(task["pointer"])
    return f"/bids/{found[1]}{within_bid(found[2])}" if found else ""
