"""What a reader does in both worlds, to find out by it what it may not see. What each answers is compared as well."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from app.platform.db.base import new_id
from tests.worlds.acts import money
from tests.worlds.stage import gift, line, wish
from tests.worlds.twins import Twin, Twins, body_of


@dataclass
class Moving:
    """One reader's move in one world. `dice` falls alike in both; `hidden` holds ids that are there in one alone."""

    twins: Twins
    twin: Twin
    who: str
    bid: str
    dice: random.Random
    hidden: list[tuple[str, str]]

    @property
    def path(self) -> str:
        return self.twins.stage.bids[self.bid].path

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        token = self.twins.stage.token(self.who) if self.who != "anonymous" else None
        return self.twin.request(token, method, path, body, **more)

    def make(self, collection: str, body: Any, kind: str) -> httpx.Response:
        answer = self.ask("POST", f"{self.path}/{collection}", body)
        if made := body_of(answer).get("id"):
            self.twin.made[f"{self._of(kind)}{len(self.own(kind))}"] = made
        return answer

    def _of(self, kind: str) -> str:
        return f"{self.who}/{self.bid}/{kind}/"

    def own(self, kind: str) -> list[str]:
        """What this reader made in this bid, in this world, in the order in which it did."""
        return [made for name, made in self.twin.made.items() if name.startswith(self._of(kind))]

    def one_of_my(self, kind: str) -> str:
        return self.dice.choice(self.own(kind) or [new_id_alike(self.dice)])

    def anything(self, kind: str) -> str:
        """The id of something of that kind: one's own, somebody's that was there before, or a hidden one."""
        before = {"contribution": ["gift", "match"], "expectation": ["wish"], "budget_line": ["line", "other_line"]}
        prefix = "open_" if self.bid == "open" else ""
        known = [self.twin.made[prefix + name] for name in before.get(kind, ())]
        known += [id_ for its, id_ in self.hidden if its == kind] + [self.one_of_my(kind)]
        return self.dice.choice(known)

    def tag(self, path: str) -> str:
        return self.ask("GET", path).headers.get("etag", '"1"')


def new_id_alike(dice: random.Random) -> str:
    """An id of nothing, the same in both worlds."""
    return f"01900000-0000-7000-8000-{dice.randrange(16**12):012x}"


Move = Callable[[Moving], httpx.Response]


def _own_line(of: Moving) -> httpx.Response:
    lot = of.dice.choice([None, of.twin.made[f"{of.bid}_lot"]])
    source = of.dice.choice(["requested", "match", "income", "in_kind"])
    return of.make(
        "budget-lines", line(money(of.dice), year=of.dice.randint(1, 3), source=source, lot_id=lot), "budget_line"
    )


def _change_line(of: Moving) -> httpx.Response:
    path = f"{of.path}/budget-lines/{of.one_of_my('budget_line')}"
    return of.ask("PATCH", path, {"amount": {"amount": money(of.dice)}}, if_match=of.tag(path))


def _drop_line(of: Moving) -> httpx.Response:
    path = f"{of.path}/budget-lines/{of.one_of_my('budget_line')}"
    return of.ask("DELETE", path, if_match=of.tag(path))


def _give(of: Moving) -> httpx.Response:
    kind = of.dice.choice(["premises", "match_funding", "cash", "management"])
    return of.make("contributions", gift("Ours", kind, value=money(of.dice)), "contribution")


def _expect(of: Moving) -> httpx.Response:
    kind = of.dice.choice(["funding_share", "risk_cap", "full_cost_recovery", "payment_terms", "decision_voice"])
    value = of.dice.choice([{"type": "percent", "value": str(of.dice.randint(1, 100))},
                            {"type": "money", "value": {"amount": money(of.dice)}}])  # fmt: skip
    about = of.twins.stage.seats[of.bid].get("quiet") if of.dice.random() < 0.5 else None
    strength = of.dice.choice(["must", "should"])
    return of.make("expectations", wish("We ask", kind, strength, target=value, of_partner_id=about), "expectation")


def _link(of: Moving) -> httpx.Response:
    path = f"{of.path}/expectations/{of.one_of_my('expectation')}"
    kinds = of.dice.choices(["contribution", "budget_line"], k=2)
    links = [{"type": kind, "id": of.anything(kind)} for kind in kinds]
    return of.ask("PUT", f"{path}/met-by", links, if_match=of.tag(path))


def _accept(of: Moving) -> httpx.Response:
    return of.ask("POST", f"{of.path}/expectations/{of.anything('expectation')}/accept", {})


def _meddle(of: Moving) -> httpx.Response:
    """Change what is another's, or hidden: what is not seen is not there."""
    kind, collection = of.dice.choice(
        [("contribution", "contributions"), ("expectation", "expectations"), ("budget_line", "budget-lines"),
         ("document", "documents"), ("difficulty", "difficulties"), ("decision", "decisions")])  # fmt: skip
    path = f"{of.path}/{collection}/{of.anything(kind)}"
    method = of.dice.choice(["PATCH", "DELETE", "GET"])
    return of.ask(method, path, {"title": "Mine now"} if method == "PATCH" else None, if_match='"1"')


def _upload(of: Moving) -> httpx.Response:
    content = of.dice.randbytes(100).hex().encode()
    return of.twin.attach(of.twins.stage.token(of.who), f"{of.path}/documents", "Ours.txt", content)


def _name_as_evidence(of: Moving) -> httpx.Response:
    body = gift("With evidence", value=money(of.dice)) | {"document_ids": [of.anything("document")]}
    return of.make("contributions", body, "contribution")


def _overheads(of: Moving) -> httpx.Response:
    return of.ask("POST", f"{of.path}/budget/overheads", {"how": {"method": "percentage", "rate": "10"}})


def _open_a_vote(of: Moving) -> httpx.Response:
    return of.make("decisions", {"title": f"Question {of.dice.randrange(1000)}", "matter": "other"}, "decision")


def _carry(of: Moving) -> httpx.Response:
    """A motion to change another's private line. Whoever was told its id may make one; its answers tell nothing of it."""
    path = f"{of.path}/budget-lines/{of.twin.made['open_line' if of.bid == 'open' else 'line']}"
    carries = {"method": "PATCH", "path": path, "body": {"amount": {"amount": "1.00"}}}
    return of.make("decisions", {"title": "Another price", "carries": carries}, "decision")


def _vote(of: Moving) -> httpx.Response:
    motion = of.dice.choice([of.twin.made["decision"], *of.own("decision")])
    return of.ask("POST", f"{of.path}/decisions/{motion}/votes", {"option": of.dice.choice(["for", "against"])})


def _raise(of: Moving) -> httpx.Response:
    body = {"title": "Ours to say", "addressed_to": of.dice.choice(["all", "facilitator"]), "blocking": True}
    return of.make("difficulties", body, "difficulty")


def _acknowledge(of: Moving) -> httpx.Response:
    return of.make("acknowledgements", {}, "acknowledgement")


def _lock(of: Moving) -> httpx.Response:
    """Refused, with all that is in the way."""
    return of.ask("POST", f"{of.path}/editions", {})


def _remove(of: Moving) -> httpx.Response:
    partner = of.twins.stage.seats[of.bid]["quiet"]
    return of.ask("POST", f"{of.path}/partners/{partner}/remove", {"reason": "To see what it says."})


def _write(of: Moving) -> httpx.Response:
    path = f"{of.path}/sections/{of.twin.made[f'{of.bid}_section']}/content"
    return of.ask("PUT", path, {"markdown": f"Words {of.dice.randrange(10**6)}"}, if_match=of.tag(path))


def _comment(of: Moving) -> httpx.Response:
    section = of.twin.made[f"{of.bid}_section"]
    return of.ask("POST", f"{of.path}/sections/{section}/comments", {"body_markdown": "Why?"})


def _structure(of: Moving) -> httpx.Response:
    path = f"{of.path}/structure"
    now = of.ask("GET", path)
    body = {k: v for k, v in body_of(now).items() if k not in ("id", "version", "derived", "problems")}
    terms = {**body, "liability": of.dice.choice(["joint_and_several", "several"])}
    return of.ask("PUT", path, terms, if_match=now.headers.get("etag", '"1"'))


def _note(of: Moving) -> httpx.Response:
    note = {"kind": "wording", "title": "A wording", "body_markdown": f"Words {of.dice.randrange(10**6)}"}
    return of.ask("POST", f"{of.path}/facilitation-notes", note)


def _draft_a_call(of: Moving) -> httpx.Response:
    body = {"organisation_id": of.twins.stage.organisations[of.who].id, "title": f"Call {of.dice.randrange(1000)}"}
    return of.ask("POST", "/v1/opportunities", body)


def _apply(of: Moving) -> httpx.Response:
    opening = of.twin.made["opening"]
    return of.ask("POST", f"{of.twins.stage.shown.path}/openings/{opening}/applications", {"message_markdown": "Us!"})


def _own_figures(of: Moving) -> httpx.Response:
    path = f"/v1/organisations/{of.twins.stage.organisations[of.who].id}"
    return of.ask("PATCH", path, {"annual_income": {"amount": money(of.dice)}}, if_match=of.tag(path))


def _bring_a_notice(of: Moving) -> httpx.Response:
    number = of.dice.randrange(10**9)
    release = {"ocid": f"ocds-b5fd17-{number}", "id": f"{number}-1", "date": "2026-01-23T15:35:50Z", "tag": ["tender"],
               "initiationType": "tender", "language": "en", "buyer": {"id": "1", "name": "Aber Council"},
               "parties": [{"id": "1", "name": "Aber Council", "roles": ["buyer"]}],
               "tender": {"id": "1", "title": "Youth clubs", "status": "active"}}  # fmt: skip
    path = f"/v1/opportunities/import?organisation_id={of.twins.stage.organisations[of.who].id}"
    return of.ask("POST", path, release)


def _check_a_hash(of: Moving) -> httpx.Response:
    return of.ask("GET", f"/v1/verify/{of.dice.randrange(16**64):064x}")


IN_A_BID: list[Move] = [
    _own_line, _own_line, _change_line, _drop_line, _give, _expect, _expect, _link, _link, _accept, _meddle, _upload,
    _name_as_evidence, _overheads, _open_a_vote, _carry, _vote, _raise, _acknowledge, _lock, _lock, _remove, _write, _comment,
    _structure, _own_figures, _bring_a_notice,
]  # fmt: skip
MOVES: dict[str, list[Move]] = {
    "lead": IN_A_BID,
    "rival": IN_A_BID,
    "late": IN_A_BID,
    "former": [_meddle, _own_figures, _give],
    "invited": [_meddle, _own_figures, _bring_a_notice],
    "facilitator": [_note, _meddle, _comment, _raise],
    "commissioner": [_draft_a_call, _meddle],
    "outsider": [_apply, _bring_a_notice, _meddle, _own_figures],
    "anonymous": [_check_a_hash],
}
BIDS = {"late": ("open", "shown"), "commissioner": ("shown", "sealed")}


def bids_of(who: str) -> tuple[str, ...]:
    return BIDS.get(who, ("open", "shown"))


__all__ = ["MOVES", "Moving", "bids_of", "new_id"]
