"""A bid as its pages need it: whose seat the reader has, what each partner looks like, what the menu offers."""

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from app.workspace import places
from app.workspace.api import NOT_FOUND, Json, Refused
from app.workspace.visit import Visit

COLOURS = 10


@dataclass(frozen=True, slots=True)
class Bid:
    """One bid, as the API shows it to this reader."""

    whole: Json

    @property
    def id(self) -> str:
        return str(self.whole["id"])

    @property
    def address(self) -> str:
        return f"/bids/{self.id}"

    @property
    def inside(self) -> bool:
        """Whether the reader is inside: whoever is only invited gets fewer members."""
        return "revision" in self.whole

    def may(self, operation: str) -> bool:
        return operation in self.whole["viewer"]["can"]

    @property
    def partners(self) -> list[Json]:
        """All partners that the reader sees, each with its place, which is its colour on every page."""
        return [
            {**partner, "place": place % COLOURS, "initials": initials(partner["name"])}
            for place, partner in enumerate(self.whole["partners"])
        ]

    @property
    def by_id(self) -> dict[str, Json]:
        return {partner["id"]: partner for partner in self.partners}

    @property
    def mine(self) -> list[Json]:
        """The reader's own partners that take part."""
        own = {seat["partner_id"] for seat in self.whole["viewer"]["seats"] if seat["relation"] == "partner"}
        return [partner for partner in self.partners if partner["id"] in own]

    def of_organisation(self, organisation_id: str | None) -> Json | None:
        found = (each for each in self.partners if each["organisation_id"] == organisation_id and organisation_id)
        return next(found, None)

    def declared(self, member: str, partner_id: str) -> list[Json]:
        """A partner's own contributions or expectations."""
        return [each for each in self.whole.get(member) or [] if each["partner_id"] == partner_id]


def initials(name: str) -> str:
    """Two letters: of the first two words that begin with one, or of the first."""
    words = [word for word in name.split() if word[0].isalnum()] or ["?"]
    return (words[0][0] + words[1][0] if len(words) > 1 else words[0][:2]).upper()


def own(visit: Visit, bid: Bid) -> Json:
    """The partner that the reader speaks for: the one that the page names, or its first."""
    asked = visit.given.text("partner_id") or visit.query("partner")
    for partner in bid.mine:
        if asked in ("", partner["id"]):
            return partner
    raise Refused(NOT_FOUND)


def named(bid: Bid, partner: Json) -> str:
    """The partner in an address, where the reader speaks for several."""
    return str(partner["id"]) if len(bid.mine) > 1 else ""


async def of(visit: Visit) -> Bid:
    """The bid of a page that only those inside have: to all others there is no such page."""
    bid = await seen(visit)
    if not bid.inside:
        raise Refused(NOT_FOUND)
    return bid


async def seen(visit: Visit) -> Bid:
    """The bid as far as the reader sees it, from outside too."""
    await visit.signed_in()
    proposal_id = visit.request.path_params["proposal_id"]
    return Bid((await visit.api("get_proposal", proposal_id=proposal_id)).json)


async def missing(visit: Visit, bid: Bid) -> tuple[list[dict[str, Any]], bool]:
    """What stands in the way of locking, grouped by who must do it; and whether nothing does."""
    readiness = (await visit.api("get_readiness", proposal_id=bid.id)).json
    return _groups(bid, [*readiness["blockers"], *readiness["asks"]]), bool(readiness["ready"])


def _groups(bid: Bid, blockers: list[Json]) -> list[dict[str, Any]]:
    """What blocks by who must do it: the reader's own organisations first, then the others', then all together."""
    mine = {partner["organisation_id"] for partner in bid.mine}
    by_whose: dict[str | None, list[Json]] = {}
    for each in blockers:
        page = places.within_bid(each["pointer"])
        by_whose.setdefault(each["organisation_id"], []).append({**each, "address": page and bid.address + page})
    groups = [
        {"partner": bid.of_organisation(whose), "mine": whose in mine, "all": whose is None, "blockers": found}
        for whose, found in by_whose.items()
    ]
    return sorted(groups, key=lambda group: (not group["mine"], group["all"]))


async def show(visit: Visit, template: str, bid: Bid, status: int = 200, /, **values: Any) -> Response:
    """A page of a bid, with its title and menu."""
    return await visit.show(template, status, bid=bid, whole=bid.whole, **values)
