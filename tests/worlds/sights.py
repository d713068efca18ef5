"""All that a reader can ask for: every GET of the contract, with the ids of what is there, hidden things included."""

import itertools
import re
from collections.abc import Iterator
from functools import cache

from app.main import api_routes, create_app
from app.platform.words.codes import StatementKey
from app.settings import Settings
from tests.worlds.twins import Twins

APART = (
    "/problems/", "/docs", "/openapi", "/v1/vocabularies", "/v1/areas", "/v1/sessions", "/metrics", "/v1/unsubscribe",
    "/v1/invitations/", "/v1/member-invitations/",
)  # fmt: skip
"""Of no bid, or the same for all; /metrics is looked at by itself. A sign-in's own list moves with the clock."""
RENDERED = (".zip", "/logo")
"""Made of what the others show."""
NOT_THERE = "01900000-0000-7000-8000-000000000000"
TABLES = {
    "partner_id": "partners", "budget_line_id": "budget_lines", "contribution_id": "contributions",
    "expectation_id": "expectations", "outcome_id": "outcomes", "decision_id": "decisions", "section_id": "sections",
    "difficulty_id": "difficulties", "opening_id": "openings", "document_id": "attachments", "facilitator_id": "facilitators",
    "facilitation_note_id": "facilitation_notes", "comment_id": "comments", "acknowledgement_id": "acknowledgements",
    "submission_id": "submissions",
}  # fmt: skip
CODES = "founding_aims", "dependency", "voice", "sustainability", "knowledge_and_assets", "payment", "liability"
MOST = 3
"""Ids of one kind that are asked for in each bid."""


@cache
def templates() -> tuple[str, ...]:
    """The paths of all that can be read."""
    routes = api_routes(create_app(Settings(), "postgresql://nobody@localhost/none"))
    found = {route.path for route in routes if "GET" in (route.methods or ())}
    return tuple(sorted(path for path in found if not path.startswith(APART) and not path.endswith(RENDERED)))


def paths(twins: Twins, hidden: list[tuple[str, str]]) -> Iterator[str]:
    """Every path with every id worth trying; `hidden` are (kind, id) that are there in one world alone."""
    for template in templates():
        names = re.findall(r"{(\w+)(?::\w+)?}", template)
        whole = re.sub(r":\w+}", "}", template)
        bids = list(twins.stage.bids) if "proposal_id" in names else [""]
        for bid in bids:
            for chosen in itertools.product(*(_values(twins, bid, name, hidden) for name in names)):
                yield whole.format(**dict(zip(names, chosen, strict=True)))


def _values(twins: Twins, bid: str, name: str, hidden: list[tuple[str, str]]) -> list[str]:
    stage = twins.stage
    if name == "proposal_id":
        return [stage.bids[bid].id]
    plain = {
        "opportunity_id": [each.opportunity_id for each in stage.bids.values()],
        "organisation_id": [stage.organisations["quiet"].id],
        "format": ["md"],
        "shape": ["json"],
        "number": ["1"],
        "edition": ["1"],
        "statement_key": [StatementKey.INSURANCE.value],
        "code": list(CODES),
        "digest": ["0" * 64],
        "person_id": [stage.organisations["quiet"].boss.id],
        "version_number": ["1"],
        "tenderer_id": [stage.seats["sealed"]["quiet"]],
    }
    if name in plain:
        return plain[name]
    unseen = [id_ for kind, id_ in hidden if f"{kind}_id" == name][-MOST:]
    if name == "partner_id":
        return [id_ for who, id_ in stage.seats[bid].items() if who in ("quiet", "joining", "lead")]
    return [*_ids(twins, bid, name), *unseen] or [NOT_THERE]


def _ids(twins: Twins, bid: str, name: str) -> list[str]:
    """Ids from before the worlds parted: those of whoever acts unseen are among the first."""
    table = TABLES.get(name)
    if table is None:
        return []
    key = f"{table}/{bid}"
    if key not in twins.ids:
        of = [twins.stage.bids[bid].id] if bid else [each.id for each in twins.stage.bids.values()]
        began = twins.without.eye.starts[0]
        rows = twins.without.sql.execute(
            f"SELECT id::text FROM {table} WHERE proposal_id::text = ANY(%s) ORDER BY id", [of]
        )
        ids = [id_ for (id_,) in rows if int(id_.replace("-", "")[:12], 16) / 1000 < began]
        twins.ids[key] = ids[-MOST:]
    return twins.ids[key]
