"""What is done unseen, in one of the two worlds alone. Each act says whom it shows itself to; nobody else may tell."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from tests.worlds.stage import gift, line, wish, work
from tests.worlds.twins import Twin, Twins, body_of

NOBODY: frozenset[str] = frozenset()
THE_FACILITATOR = frozenset({"facilitator"})
WHO_HAS_FILED = frozenset({"lead", "rival", "facilitator"})
THOSE_INSIDE = WHO_HAS_FILED | {"late"}
ALL_BUT_THE_COUNCIL = THOSE_INSIDE | {"former", "invited"}


@dataclass(frozen=True)
class Doing:
    """One act under way: who acts in which bid, and what it left behind."""

    twins: Twins
    dice: random.Random
    hidden: list[tuple[str, str]]
    """(kind, id) of what nobody else may see: readers will ask for it by its id."""

    @property
    def twin(self) -> Twin:
        return self.twins.hiding

    def made(self, name: str) -> str:
        return self.twin.made[name]

    def version(self, who: str, path: str) -> str:
        return ok(self.ask(who, "GET", path)).headers["etag"]

    def ask(self, who: str, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return self.twin.request(self.twins.stage.token(who), method, path, body, **more)

    def make(self, who: str, path: str, body: Any, kind: str = "") -> str:
        thing: str = body_of(ok(self.ask(who, "POST", path, body)))["id"]
        if kind:
            self.hidden.append((kind, thing))
        return thing


Act = Callable[[Doing], None]


def ok(answer: httpx.Response) -> httpx.Response:
    assert answer.is_success, f"{answer.asked} {answer.status_code} {answer.text[:800]}"  # type: ignore[attr-defined]
    return answer


def money(dice: random.Random, most: int = 90_000) -> str:
    return f"{dice.randrange(0, most)}.{dice.randrange(100):02}"


# In the bid where everyone still says first, and by those who joined the other one later and have not filed.


def _declare(bid: str, who: str) -> Act:
    def act(of: Doing) -> None:
        path = of.twins.stage.bids[bid].path
        kind = of.dice.choice(["premises", "equipment", "volunteer_time", "cash"])
        given = of.make(who, f"{path}/contributions", gift("Unseen", kind, value=money(of.dice)), "contribution")
        wished = of.make(who, f"{path}/expectations", wish("Unseen wish", strength="must"), "expectation")
        amount = of.dice.choice(["0.00", money(of.dice)])
        budgeted = of.make(who, f"{path}/budget-lines", line(amount, year=of.dice.randint(1, 9)), "budget_line")
        links = [{"type": "contribution", "id": given}, {"type": "budget_line", "id": budgeted}]
        ok(of.ask(who, "PUT", f"{path}/expectations/{wished}/met-by", links, if_match='"1"'))
        if of.dice.random() < 0.5:
            changed = {"title": "Unseen still", "certainty": "aspirational"}
            ok(of.ask(who, "PATCH", f"{path}/contributions/{given}", changed, if_match='"1"'))
            batch = {"items": [gift("One of many", value=money(of.dice)) for _ in range(of.dice.randint(1, 4))]}
            ok(of.ask(who, "POST", f"{path}/contributions:batch", batch))
        if of.dice.random() < 0.5:
            ok(
                of.ask(
                    who,
                    "DELETE",
                    f"{path}/contributions/{given}",
                    if_match=of.version(who, f"{path}/contributions/{given}"),
                )
            )
            ok(of.ask(who, "POST", f"{path}/expectations/{wished}/waive", {"reason": "Never mind."}))

    return act


def _attach(bid: str, who: str) -> Act:
    def act(of: Doing) -> None:
        path = f"{of.twins.stage.bids[bid].path}/documents"
        content = of.dice.randbytes(200).hex().encode()
        made = ok(of.twin.attach(of.twins.stage.token(who), path, "Unseen.txt", content))
        of.hidden.append(("document", body_of(made)["id"]))
        if of.dice.random() < 0.5:
            ok(of.ask(who, "DELETE", f"{path}/{body_of(made)['id']}", if_match='"1"'))

    return act


def _file(of: Doing) -> None:
    path = f"{of.twins.stage.open.path}/honesty-round/file"
    answer = of.ask("quiet", "POST", path, {"organisation_id": of.twins.stage.organisations["quiet"].id})
    assert answer.status_code in (200, 409), answer.text


# After all was revealed: what divides to a rate, how sums are split, what only an owner sees.


def _split_anew(of: Doing) -> None:
    """The three private lines tell their 1,366.66 differently."""
    path = f"{of.twins.stage.shown.path}/budget-lines"
    total = 136_666
    first = of.dice.randint(0, total)
    second = of.dice.randint(0, total - first)
    items = []
    for name, part in zip(("line", "other_line", "third_line"), (first, second, total - first - second), strict=True):
        version = int(of.version("quiet", f"{path}/{of.made(name)}").strip('"').partition(".")[0])
        amount = {"amount": f"{part // 100}.{part % 100:02}"}
        said = {"category": of.dice.choice(["staff", "rent", "kit"]), "description": f"Unseen {of.dice.random()}"}
        items.append({"id": of.made(name), "version": version, "amount": amount, **said})
    ok(of.ask("quiet", "POST", f"{path}:batch", {"items": items}))


def _cost_in_full(of: Doing) -> None:
    path = f"{of.twins.stage.shown.path}/budget-lines/{of.made('match_line')}"
    cost = {"full_cost": {"amount": f"{of.dice.randint(250, 9999)}.00"}}
    ok(of.ask("quiet", "PATCH", path, cost, if_match=of.version("quiet", path)))


def _line_of_nothing(of: Doing) -> None:
    path = f"{of.twins.stage.shown.path}/budget-lines"
    body = line(
        "0.00", of.dice.choice(["unseen", "staff"]), of.dice.randint(1, 9), of.dice.choice(["requested", "match"])
    )
    made = of.make("quiet", path, body, "budget_line")
    if of.dice.random() < 0.5:
        ok(of.ask("quiet", "DELETE", f"{path}/{made}", if_match='"1"'))


def _another_rate(of: Doing) -> None:
    """Still 200.00 of work."""
    path = f"{of.twins.stage.shown.path}/contributions/{of.made('gift')}"
    hours, rate = of.dice.choice([("5", "40.00"), ("20", "10.00"), ("8", "25.00"), ("10", "20.00"), ("4", "50.00")])
    body = {name: value for name, value in work(hours, rate).items() if name in ("quantity", "unit_value")}
    ok(of.ask("quiet", "PATCH", path, body, if_match=of.version("quiet", path)))


# Of the organisation itself, and beside the bids.


def _richer(of: Doing) -> None:
    path = f"/v1/organisations/{of.twins.stage.organisations['quiet'].id}"
    figures = {name: {"amount": money(of.dice, 10**7)} for name in ("annual_income", "unrestricted_reserves")}
    given = {
        **figures,
        "signing_rule": {"signatures_required": 1},
        "services": [f"Unseen {of.dice.random()}"],
    }
    ok(of.ask("quiet", "PATCH", path, given, if_match=of.version("quiet", path)))


def _colleague(of: Doing) -> None:
    path = f"/v1/organisations/{of.twins.stage.organisations['quiet'].id}"
    address = f"unseen{of.dice.randrange(10**9)}@test.example"
    ok(of.ask("quiet", "POST", f"{path}/members", {"email": address, "roles": ["editor"]}))
    ok(of.ask("quiet", "POST", f"{path}/clients", {"name": "Unseen", "scopes": ["proposals:read"]}))


def _bid_of_others(of: Doing) -> None:
    """Somebody whom nobody here knows begins a bid for the same call, and declares."""
    call = of.dice.choice(list(of.twins.stage.bids.values())).opportunity_id
    mine = of.twins.stage.organisations["elsewhere"].id
    body = {"opportunity_id": call, "lead_organisation_id": mine, "title": "Unseen bid"}
    answer = of.ask("elsewhere", "POST", "/v1/proposals", body)
    if answer.status_code == 409:
        return  # it has one already
    made = body_of(ok(answer))["id"]
    of.hidden.append(("proposal", made))
    ok(of.ask("elsewhere", "POST", f"/v1/proposals/{made}/contributions", gift("Unseen")))


def _notebook(of: Doing) -> None:
    path = f"{of.twins.stage.shown.path}/notebook"
    of.make("facilitator", path, {"text_markdown": f"Unseen {of.dice.random()}"}, "notebook_entry")


def _confide(of: Doing) -> None:
    """To the facilitator alone, blocking or not; one that blocks is there already."""
    path = f"{of.twins.stage.shown.path}/difficulties"
    body = {"title": "Unseen worry", "detail_markdown": "Unseen", "addressed_to": "facilitator"}
    who = of.dice.choice(["quiet", "joining"])
    made = _raise(of, who, path, {**body, "blocking": of.dice.random() < 0.5})
    ok(of.ask(of.dice.choice([who, "facilitator"]), "POST", f"{path}/{made}/steps", {"note_markdown": "Unseen step"}))
    if of.dice.random() < 0.5:
        ok(of.ask(who, "POST", f"{path}/{made}/close", {"outcome": "withdrawn"}))


def _confide_before_the_reveal(of: Doing) -> None:
    path = f"{of.twins.stage.open.path}/difficulties"
    body = {"title": "Unseen worry", "addressed_to": "facilitator", "blocking": of.dice.random() < 0.5}
    _raise(of, "quiet", path, body)


MANY_OPEN = 10


def _raise(of: Doing, who: str, path: str, body: dict[str, Any]) -> str:
    """Its id. Where an organisation has as many open as it may have, it settles its own first."""
    if len(waiting := _open(of, who, path)) >= MANY_OPEN:
        for id_ in waiting:
            of.ask(who, "POST", f"{path}/{id_}/close", {"outcome": "withdrawn"})
    return of.make(who, path, body, "difficulty")


def _open(of: Doing, who: str, path: str) -> list[str]:
    items = body_of(ok(of.ask(who, "GET", f"{path}?limit=200")))["items"]
    return [item["id"] for item in items if item["closed_at"] is None]


# What those see who have filed, and who joined later does not see yet.


def _declare_openly(of: Doing) -> None:
    path = of.twins.stage.shown.path
    of.make("quiet", f"{path}/contributions", gift("Open to most", value=money(of.dice)), "contribution")
    of.make("quiet", f"{path}/contributions", gift("As promised", "bid_writing", value=money(of.dice)), "contribution")
    of.make("quiet", f"{path}/expectations", wish("Open to most", strength="must"), "expectation")
    of.make("quiet", f"{path}/budget-lines", line(money(of.dice)), "budget_line")
    made = ok(of.twin.attach(of.twins.stage.token("quiet"), f"{path}/documents", "Open to most.txt", b"Some words."))
    of.hidden.append(("document", body_of(made)["id"]))


# What the partners see, and nobody outside.


def _work_on(of: Doing) -> None:
    path = of.twins.stage.shown.path
    of.make("quiet", f"{path}/contributions", gift("Seen inside", value=money(of.dice)), "contribution")
    of.make("quiet", f"{path}/budget-lines", line(money(of.dice)), "budget_line")
    of.make("quiet", f"{path}/decisions", {"title": "Seen inside?", "matter": "other"}, "decision")
    _raise(of, "quiet", f"{path}/difficulties", {"title": "Seen inside"})
    section = f"{path}/sections/{of.made('shown_section')}/content"
    words = {"markdown": f"Seen inside {of.dice.random()}"}
    ok(of.ask("lead", "PUT", section, words, if_match=of.version("lead", section)))
    of.make("quiet", f"{path}/openings", {"title": "Seen inside", "support_offered": ["mentoring"]}, "opening")
    ok(
        of.ask(
            "quiet", "POST", f"{path}/acknowledgements", {"organisation_id": of.twins.stage.organisations["quiet"].id}
        )
    )


def _hand_in_again(of: Doing) -> None:
    """Withdrawn, changed, signed and handed in anew while the commissioner may not know of any bid."""
    bid, stage = of.twins.stage.sealed, of.twins.stage
    number = body_of(of.ask("lead", "GET", f"{bid.path}/editions"))["items"][-1]["number"]
    leaving = {"organisation_id": stage.organisations["lead"].id, "reason": "A figure is wrong."}
    ok(of.ask("lead", "POST", f"{bid.path}/editions/{number}/withdraw", leaving))
    made = body_of(ok(of.ask("lead", "POST", f"{bid.path}/editions", {})))
    for who in ("lead", "quiet"):
        signed = {"organisation_id": stage.organisations[who].id, "sha256": made["sha256"], "full_name": "Ann",
                  "role_title": "Chair", "authority_basis": {"kind": "resolution", "date": "2026-11-02"}}  # fmt: skip
        ok(of.ask(who, "POST", f"{bid.path}/editions/{made['number']}/sign-offs", signed))
    again = ok(of.ask("lead", "POST", f"{bid.path}/submissions", {"organisation_id": stage.organisations["lead"].id}))
    of.hidden.append(("submission", body_of(again)["id"]))


UNSEEN: dict[str, Act] = {
    "declares before the reveal": _declare("open", "quiet"),
    "attaches before the reveal": _attach("open", "quiet"),
    "files before the reveal": _file,
    "declares late": _declare("shown", "joining"),
    "attaches late": _attach("shown", "joining"),
    "splits private lines anew": _split_anew,
    "says what a line costs in full": _cost_in_full,
    "writes a line of nothing": _line_of_nothing,
    "works at another rate": _another_rate,
    "has other income and reserves": _richer,
    "has a colleague and a program more": _colleague,
    "begins a bid of its own": _bid_of_others,
}
"""Shown to nobody but who acts."""
SHOWN_TO: list[tuple[frozenset[str], dict[str, Act]]] = [
    (NOBODY, UNSEEN),
    (
        THE_FACILITATOR,
        {
            "confides a difficulty": _confide,
            "confides before the reveal": _confide_before_the_reveal,
            "notes for itself": _notebook,
        },
    ),
    (WHO_HAS_FILED, {"declares to who has filed": _declare_openly}),
    (THOSE_INSIDE, {"works on with the partners": _work_on}),
    (ALL_BUT_THE_COUNCIL, {"hands in again": _hand_in_again}),
]
"""Acts with those to whom they show themselves, who are readers no longer. From the most hidden to the least."""
