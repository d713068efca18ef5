"""Three partners with a hidden clash find it at the reveal and settle it: the example of `docs/declarations.md`."""

from typing import Any

from tests.factories import Bid, Organisation, World, ok, problem

TERMS = {"exit_terms_markdown": "Three months' notice.", "terms_markdown": "Heads of terms."}


def share(per_cent: str, strength: str = "must") -> dict[str, Any]:
    return {
        "kind": "funding_share",
        "title": "Our share of the money",
        "strength": strength,
        "target": {"type": "percent", "value": per_cent},
    }


class Story:
    def __init__(self, world: World) -> None:
        self.youth, self.family = world.organisation("Youth Charity"), world.organisation("Family Support")
        self.lead = world.organisation("Larger Lead")
        self.bid: Bid = world.bid(self.youth, self.family, lead=self.lead)
        self.all = (self.lead, self.youth, self.family)

    def says(self, who: Organisation, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = ok(who.boss.post(f"{self.bid.path}/{kind}", body), 201).json()
        return made

    def compared(self, who: Organisation) -> dict[str, Any]:
        found: dict[str, Any] = ok(who.boss.get(f"{self.bid.path}/reconciliation")).json()
        return found

    def state(self, who: Organisation, expectation: dict[str, Any]) -> dict[str, Any]:
        return next(e for e in self.compared(who)["expectations"] if e["id"] == expectation["id"])

    def codes(self, who: Organisation) -> list[str]:
        return [clash["code"] for clash in self.compared(who)["contradictions"]]

    def agree(self, body: dict[str, Any]) -> None:
        """A structure by decision, with everybody's yes."""
        etag = self.lead.boss.etag(f"{self.bid.path}/structure")
        motion = ok(self.lead.boss.put(f"{self.bid.path}/structure", body, if_match=etag), 202).json()
        for who in self.all:
            ok(who.boss.post(f"{self.bid.path}/decisions/{motion['id']}/votes", {"option": "for"}))
        closed = ok(self.lead.boss.post(f"{self.bid.path}/decisions/{motion['id']}/close")).json()
        assert closed["status"] == "passed", closed


def test_three_partners_with_a_hidden_clash_find_it_at_the_reveal_and_settle_it(world: World) -> None:
    story = Story(world)
    lead, youth, family = story.all
    path = story.bid.path
    youth_seat = story.bid.seat(youth)

    story.says(
        lead,
        "contributions",
        {"kind": "cash", "title": "Our money", "value": {"amount": "5000.00"}, "certainty": "confirmed"},
    )
    lead_share = story.says(lead, "expectations", share("60", "should"))
    worker = story.says(
        youth,
        "contributions",
        {
            "kind": "staff_time",
            "title": "A youth worker",
            "quantity": "100",
            "unit": "hour",
            "value": {"amount": "2400.00"},
            "certainty": "confirmed",
            "valuation_basis": "NJC pay scale 2026",
        },
    )
    story.says(youth, "expectations", share("30"))
    prompt = story.says(
        youth,
        "expectations",
        {
            "kind": "payment_terms",
            "title": "Paid within 14 days",
            "strength": "must",
            "target": {"type": "days", "value": "14"},
        },
    )
    hall = {"kind": "premises", "title": "A hall", "value": {"amount": "900.00"}, "certainty": "confirmed"}
    story.says(family, "contributions", {**hall, "valuation_basis": "Hire price list of the parish"})
    story.says(family, "expectations", share("20"))
    hours = story.says(
        family,
        "expectations",
        {
            "kind": "staffing",
            "title": "Youth work in our centre",
            "strength": "must",
            "of_partner_id": youth_seat,
            "target": {"type": "hours", "value": "120"},
        },
    )

    for who in (lead, youth):
        ok(who.boss.post(f"{path}/honesty-round/file"))
        assert story.codes(who) == [], "nobody sees a clash before everybody sees everything"
        problem(who.boss.get(f"{path}/expectations/{hours['id']}"), 404)
    ok(family.boss.post(f"{path}/honesty-round/file"))

    for who in story.all:
        clashes = story.compared(who)["contradictions"]
        assert [clash["code"] for clash in clashes] == ["funding-shares-over-whole"]
        assert clashes[0]["detail"] == (
            "Family Support, Larger Lead and Youth Charity together expect 110 per cent of the money. "
            "Agree shares that make 100."
        )
        assert len(story.compared(who)["unclaimed_contributions"]) == 3
    lower = {"target": {"type": "percent", "value": "50"}}
    ok(lead.boss.patch(f"{path}/expectations/{lead_share['id']}", lower, if_match=1))
    assert all(story.codes(who) == [] for who in story.all)

    ok(
        family.boss.put(
            f"{path}/expectations/{hours['id']}/met-by", [{"type": "contribution", "id": worker["id"]}], if_match=1
        )
    )
    for who in story.all:
        found = story.state(who, hours)
        assert (found["state"], found["gap"]) == ("partly_met", {"type": "hours", "value": "20"})
        assert found["detail"] == "What is linked leaves 20 hours to find."
    ok(youth.boss.patch(f"{path}/contributions/{worker['id']}", {"quantity": "120"}, if_match=1))
    assert story.state(family, hours)["state"] == "met"

    structure = {"template": "lead_provider", "decision_rule": "majority", **TERMS}
    story.agree({**structure, "terms_markdown": "Partners are paid within 30 days of their invoice."})
    denied = story.state(lead, prompt)
    assert (denied["state"], denied["gap"]) == ("contradicted", {"type": "days", "value": "16"})
    assert story.codes(lead) == ["payment-terms-denied"]
    story.agree({**structure, "terms_markdown": "Partners are paid within 14 days of their invoice."})
    ok(
        youth.boss.put(
            f"{path}/expectations/{prompt['id']}/met-by", [{"type": "structure", "id": story.bid.id}], if_match=1
        )
    )
    assert story.state(youth, prompt)["state"] == "met" and story.codes(youth) == []

    for who in story.all:
        ok(who.boss.post(f"{path}/acknowledgements"), 201)
    read = ok(lead.boss.get(f"{path}/acknowledgements")).json()["items"]
    assert len(read) == 3 and not any(each["outdated"] for each in read)
