"""What a decision can carry out, and how a route hands over to one.

A capability that owns such a verb registers it beside its routes (`register`), and where partners must agree first
its route answers with `open_motion` (202). Governance reads this table and imports no capability; it registers
itself as the opener. A carrier checks everything again by the state at the close: it is also run, and rolled
back, when the motion is opened, so that nobody votes on what could never happen.
"""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.platform.access.ids import Id
from app.platform.access.rules import Actor, Side
from app.platform.web.context import Context
from app.platform.web.replies import PRIVATE
from app.platform.words.codes import Matter

Run = Callable[[AsyncSession, Actor | None, Id, dict[str, str], dict[str, Any]], Awaitable[None]]
"""`run(session, actor, proposal_id, path, body)` does it in the open transaction, with its events, or raises a Refusal.

`path` holds the template's parameters. `actor` is who had the decision counted, None where its time ran out. The
proposal's row is locked by the caller. Rights of the proposer were checked; state and domain rules are the carrier's.
"""


@dataclass(frozen=True, slots=True)
class Carrier:
    method: str
    pattern: re.Pattern[str]
    matter: Matter
    run: Run


@dataclass(frozen=True, slots=True)
class Motion:
    """What a route wants decided. `organisation_id`, `partner_id`: for whom it is moved."""

    title: str
    matter: Matter | None
    method: str
    path: str
    body: dict[str, Any]
    detail_markdown: str = ""


Opener = Callable[[Context, Side, Motion], Awaitable[tuple[Id, str]]]
"""Opens a motion; answers the decision's id and its JSON."""

_carriers: list[Carrier] = []
_opener: list[Opener] = []


def register(method: str, path_template: str, matter: Matter | str, run: Run) -> None:
    """`path_template` is below the proposal (`/partners/{partner_id}/remove`) or the route's own whole path."""
    below = re.sub(r"^(/v1)?/proposals/\{proposal_id\}", "", path_template)
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", below), re.ASCII)
    known = [c for c in _carriers if not (c.method == method.upper() and c.pattern.pattern == pattern.pattern)]
    _carriers[:] = [*known, Carrier(method.upper(), pattern, Matter(matter), run)]


def find(method: str, path: str) -> tuple[Carrier, dict[str, str]] | None:
    """The carrier of a request below the proposal, with the parameters in its path."""
    for carrier in _carriers:
        match = carrier.pattern.fullmatch(path)
        if match is not None and carrier.method == method.upper():
            return carrier, match.groupdict()
    return None


def opens_with(opener: Opener) -> None:
    _opener[:] = [opener]


async def open_motion(
    here: Context,
    side: Side,
    *,
    matter: Matter | str | None,
    title: str,
    method: str,
    path: str,
    body: dict[str, Any] | None = None,
    detail_markdown: str = "",
) -> Response:
    """202 with the decision: its fields, and the same object again as `decision`. Make it the route's last step.

    `body` is JSON as it came over the wire (decimal strings, ids, instants as text), since it is kept and shown.
    """
    motion = Motion(title, Matter(matter) if matter else None, method, path, body or {}, detail_markdown)
    decision_id, content = await _opener[0](here, side, motion)
    both = {**json.loads(content), "decision": json.loads(content)}
    headers = {**PRIVATE, "Location": f"/v1/proposals/{here.proposal_id}/decisions/{decision_id}"}
    made = json.dumps(both, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(made, 202, headers, "application/json")
