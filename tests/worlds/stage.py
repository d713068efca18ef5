"""Three bids of the same organisations, in which much was said, shown and hidden before the two worlds part."""

from dataclasses import dataclass, field
from typing import Any

from tests.bids import Bid, Partner
from tests.callers import Organisation, Person, ok
from tests.factories import World

SEATS = ("lead", "rival", "quiet", "joining", "late")
"""Partners: `quiet` and `joining` act unseen, the others read."""
READERS = ("lead", "rival", "late", "former", "invited", "facilitator", "commissioner", "outsider", "anonymous")
INCOME = {"annual_income": {"amount": "87654.32"}, "unrestricted_reserves": {"amount": "12345.67"}}
BANDS = {"lead": "large", "rival": "medium", "quiet": "small", "joining": "micro", "late": "small"}


@dataclass
class Stage:
    """`open`: everyone still says first. `shown`: all is revealed, and two joined since who have yet to file. `sealed`:
    handed in, and its commissioner sees nothing yet."""

    organisations: dict[str, Organisation]
    open: Bid
    shown: Bid
    sealed: Bid
    made: dict[str, str] = field(default_factory=dict)
    """Ids of what the moves and acts use, by name."""
    seats: dict[str, dict[str, str]] = field(default_factory=dict)
    """Ids of partners, by the bid's name and the organisation's."""

    def person(self, who: str) -> Person | None:
        return None if who == "anonymous" else self.organisations[who].boss

    @property
    def bids(self) -> dict[str, Bid]:
        return {"open": self.open, "shown": self.shown, "sealed": self.sealed}

    def token(self, who: str) -> str:
        return self.organisations[who].boss.token


def build(world: World) -> Stage:
    of = {
        name: world.organisation(f"The {name} charity", size_band=BANDS.get(name), **(INCOME if name in SEATS else {}))
        for name in (*SEATS, "former", "invited", "outsider", "elsewhere")
    }
    of["facilitator"] = world.organisation("Council for Voluntary Service", ("facilitator",))
    of["commissioner"] = world.organisation("Riverside Council", ("commissioner",))
    stage = Stage(of, *(_started(world, of, title) for title in ("Open", "Shown", "Sealed")))
    for bid in (stage.open, stage.shown):
        _peopled(bid, of)
    _declared(stage.open, stage, first="open_")
    _declared(stage.shown, stage, first="")
    stage.shown.partners.pop()  # who left has nothing to file
    stage.shown.revealed()
    for name in ("late", "joining"):
        stage.shown.join(of[name])
    stage.open.join(of["late"])
    stage.open.join(of["joining"])
    _talked_about(stage)
    bid = stage.sealed
    bid.join(of["quiet"])
    bid.revealed().ready().agree()
    stage.made["submission"] = ok(bid.submit(), 201).json()["id"]
    for name, each in stage.bids.items():
        seats = each._seats
        stage.seats[name] = {who: seats[one.id] for who, one in of.items() if one.id in seats}
        stage.made[f"{name}_section"] = each.section("exit_and_sustainability").rpartition("/")[2]
        stage.made[f"{name}_lot"] = each.lot_id
    return stage


def _started(world: World, of: dict[str, Organisation], title: str) -> Bid:
    call = world.opportunity(
        of["commissioner"],
        title=f"{title} services",
        lots=[
            {"key": "1", "title": "North", "ceiling": {"amount": "60000.00", "currency": "GBP"}, "vat": "excluded"},
            {"key": "2", "title": "South", "ceiling": {"amount": "40000.00", "currency": "GBP"}, "vat": "excluded"},
        ],
        budget_ceiling={"amount": "90000.00", "currency": "GBP"},
        budget_ceiling_vat="excluded",
        questions=[{"key": "q1", "prompt_markdown": "How?", "limit": {"unit": "words", "value": 300}}],
        required_sections=["exit_and_sustainability"],
    )
    bid = Bid.started(world, call, of["lead"], f"{title} bid")
    bid.structured()
    return bid


def _peopled(bid: Bid, of: dict[str, Organisation]) -> None:
    for name in ("rival", "quiet", "former"):
        bid.join(of[name])
    leaving = {"organisation_id": of["former"].id, "reason": "No time."}
    ok(bid.post(of["former"].boss, f"/partners/{bid.seat(of['former'])}/withdraw", leaving))
    bid.invite(of["invited"])
    asked = ok(bid.post(bid.lead.boss, "/facilitators", {"organisation_id": of["facilitator"].id}), 201).json()["id"]
    ok(bid.post(of["facilitator"].boss, f"/facilitators/{asked}/accept"))
    bid.facilitator = Partner(asked, of["facilitator"])


def _declared(bid: Bid, stage: Stage, first: str) -> None:
    """Each partner gives, expects and counts its money; `first` begins the names of what `quiet` declared."""

    def made(who: str, path: str, body: dict[str, Any], name: str = "") -> str:
        thing: str = ok(bid.post(stage.organisations[who].boss, path, body), 201).json()["id"]
        if name:
            stage.made[first + name] = thing
        return thing

    for who in ("lead", "rival"):
        made(who, "/contributions", gift(f"A hall of {who}", value="900.00"))
        made(who, "/expectations", wish(f"Credit for {who}", kind="credit"))
        made(who, "/budget-lines", line("700.00", lot_id=bid.lot_id))
    made("quiet", "/contributions", work("10", "20.00"), "gift")
    made("quiet", "/contributions", gift("Money", kind="match_funding", value="500.00", valuation_basis=""), "match")
    target = {"type": "percent", "value": "30"}
    made("quiet", "/expectations", wish("A fair share", kind="funding_share", strength="must", target=target), "wish")
    for name, amount in (("line", "1111.11"), ("other_line", "222.22"), ("third_line", "33.33")):
        made("quiet", "/budget-lines", line(amount, lot_id=bid.lot_id, description=f"Private {name}"), name)
    made("quiet", "/budget-lines", line("250.00", year=2, source="match"), "match_line")
    share = f"{bid.path}/expectations/{stage.made[first + 'wish']}/met-by"
    links = [{"type": "budget_line", "id": stage.made[first + "line"]}]
    boss = stage.organisations["quiet"].boss
    ok(boss.put(share, links, if_match=boss.etag(share.removesuffix("/met-by"))))


def _talked_about(stage: Stage) -> None:
    of, bid = stage.organisations, stage.shown
    private = {"title": "We were left out", "addressed_to": "facilitator"}
    ok(stage.open.post(of["lead"].boss, "/difficulties", private), 201)
    lead, rival = of["lead"].boss, of["rival"].boss
    to_all = {"title": "The rota", "detail_markdown": "It changes late."}
    confided = {**private, "blocking": True}
    stage.made["difficulty"] = ok(bid.post(rival, "/difficulties", to_all), 201).json()["id"]
    stage.made["confided"] = ok(bid.post(lead, "/difficulties", confided), 201).json()["id"]
    stage.made["decision"] = ok(bid.post(lead, "/decisions", {"title": "A logo?", "matter": "other"}), 201).json()["id"]
    opening = {"title": "Youth workers", "support_offered": ["mentoring"], "public": True}
    theirs = {"title": "Bid writers", "support_offered": ["bid_writing"]}
    ok(bid.post(of["quiet"].boss, "/openings", theirs), 201)
    stage.made["opening"] = ok(bid.post(lead, "/openings", opening), 201).json()["id"]
    ok(bid.post(lead, "/outcomes", {"outcome": "Nobody eats alone", "partner_ids": [bid.lead.id]}), 201)
    note = {"kind": "wording", "title": "Who writes the plan", "body_markdown": "The lead does."}
    ok(bid.post(of["facilitator"].boss, "/facilitation-notes", note), 201)
    bid.write()
    section = bid.section("exit_and_sustainability")
    ok(rival.post(f"{section}/comments", {"body_markdown": "Is this right?"}), 201)
    ok(bid.post(lead, "/acknowledgements", {"organisation_id": of["lead"].id}), 201)


def gift(title: str, kind: str = "premises", **more: Any) -> dict[str, Any]:
    value = {"amount": more.pop("value", "100.00")}
    return {"kind": kind, "title": title, "value": value, "certainty": "confirmed", "valuation_basis": "Market", **more}


def work(hours: str, rate: str, title: str = "A worker", **more: Any) -> dict[str, Any]:
    """`hours` at `rate` are 200.00 wherever two worlds are to show the same value."""
    value = f"{float(hours) * float(rate):.2f}"
    rated = {"quantity": hours, "unit": "hour", "unit_value": {"amount": rate}}
    return gift(title, "staff_time", value=value, valuation_basis="Pay scale", **rated, **more)


def wish(title: str, kind: str = "information", strength: str = "should", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "title": title, "strength": strength, **more}


def line(amount: str, category: str = "staff", year: int = 1, source: str = "requested", **more: Any) -> dict[str, Any]:
    return {"category": category, "year": year, "source": source, "amount": {"amount": amount}, **more}
