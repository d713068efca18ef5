"""Rules 1 and 5 against every route that the OpenAPI document names, as everybody who might want to know.

Two ways at once: nothing that reads like a canary may be in any answer; and the answers before and after the other
partner's hidden writes must be the same, status, ETag and body, so that no number, counter or order tells either.
"""

import io
import itertools
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from app.platform.db.base import new_id
from app.platform.words.codes import StatementKey
from tests.factories import Bid, Organisation, Person, World, ok

NOBODY = "01900000-0000-7000-8000-000000000000"
FORMATS = ("docx", "md")
"""PDF, HTML and ODT are made of the same `document.json`, and the text of a PDF cannot be searched."""
ELSEWHERE = ("/metrics", "/readyz", "/v1/sessions", "/v1/submissions")
"""Not of a proposal: they change with the clock, and the feed's cursor with every write to the whole service."""
CANARY = re.compile(rb"canary|kanarienvogel|7913\.07|7913\.37|31\.90|\b61\.8\b", re.IGNORECASE)
"""What only the declaring partner writes: words, a value, a quantity, a rate and an amount."""
MOVES = re.compile(rb'"(request_id|read_at|rendered_at)":"[^"]*"|As of [^.]*\.')
"""What is different in every answer, or changes with the clock alone."""

GIVEN: dict[str, Any] = {
    "kind": "staff_time",
    "title": "Canary of a worker",
    "quantity": "61.8",
    "unit": "hour",
    "unit_value": {"amount": "31.90"},
    "value": {"amount": "1971.42"},
    "certainty": "conditional",
    "condition": "canary if the canary sings",
    "valuation_basis": "The canary pay scale",
}
WISHED: dict[str, Any] = {
    "kind": "funding_share",
    "title": "Kanarienvogel share",
    "strength": "must",
    "target": {"type": "money", "value": {"amount": "7913.37"}},
}
LINE: dict[str, Any] = {
    "category": "canary",
    "year": 1,
    "source": "requested",
    "description": "Canary seed",
    "amount": {"amount": "7913.07"},
}


@dataclass
class Stage:
    """One bid with everybody around it. `declaring` is the partner whose declarations are to stay hidden."""

    world: World
    bid: Bid
    declaring: Organisation
    readers: dict[str, Person]

    def routes(self) -> list[str]:
        api = self.world.openapi
        return sorted(path for path, operations in api["paths"].items() if "get" in operations)

    def ids(self, table: str) -> list[str]:
        rows = self.world.sql.execute(f"SELECT id::text FROM {table} WHERE proposal_id = %s", [self.bid.id])
        return sorted(row[0] for row in rows)

    def values(self, name: str) -> list[str]:
        """Every value worth trying for a path parameter: the real ones of this bid, else one that is made up."""
        known = {
            "proposal_id": [self.bid.id],
            "opportunity_id": [self.bid.opportunity["id"]],
            "organisation_id": [self.declaring.id],
            "format": list(FORMATS),
            "number": ["1"],
            "statement_key": [StatementKey.INSURANCE.value],
            "code": ["honesty-round-open"],
            "name": ["contradiction"],
            "token": ["made-up"],
            "digest": ["0" * 64],
            "section_id": self.ids("sections")[:1],
        }
        tables = {"partner_id": "partners", "budget_line_id": "budget_lines", "contribution_id": "contributions"}
        tables |= {"expectation_id": "expectations", "outcome_id": "outcomes", "decision_id": "decisions"}
        if name in tables:
            return [*self.ids(tables[name]), NOBODY]
        return known.get(name, [NOBODY])

    def paths(self) -> Iterator[str]:
        for route in self.routes():
            if route in ELSEWHERE:
                continue
            names = re.findall(r"{(\w+)}", route)
            for chosen in itertools.product(*(self.values(name) for name in names)):
                yield route.format(**dict(zip(names, chosen, strict=True)))

    def answer(self, who: str, path: str) -> tuple[int, str | None, bytes]:
        params = {"limit": 200} if path.endswith("/events") else None
        response = self.readers[who].get(path, params=params)
        assert response.status_code < 500, f"{who} {path}: {response.text[:500]}"
        return response.status_code, response.headers.get("ETag"), response.content

    def all_answers(self) -> dict[tuple[str, str], tuple[int, str | None, bytes]]:
        return {(who, path): self.answer(who, path) for path in self.paths() for who in self.readers}


def unpacked(content: bytes) -> bytes:
    """The bytes, or for an archive (docx, odt, xlsx, zip) those of its members."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"\n".join(name.encode() + archive.read(name) for name in archive.namelist())


def leaks(answers: dict[tuple[str, str], tuple[int, str | None, bytes]]) -> list[tuple[str, str]]:
    """Who finds a canary, and where."""
    return [where for where, (_, _, content) in answers.items() if CANARY.search(unpacked(content))]


def changed(before: dict[Any, Any], after: dict[Any, Any]) -> list[tuple[str, str]]:
    """Whose answer changed, and where, apart from what the clock alone changes."""

    def plain(answer: tuple[int, str | None, bytes]) -> tuple[int, str | None, bytes]:
        status, etag, content = answer
        return status, etag, MOVES.sub(b"", unpacked(content))

    return [where for where in before if where in after and plain(before[where]) != plain(after[where])]


@pytest.fixture
def stage(world: World) -> Stage:
    declaring, third = world.organisation("Small Charity"), world.organisation("Third Partner")
    former, invited = world.organisation("Former Partner"), world.organisation("Invited Organisation")
    facilitator = world.organisation("Council for Voluntary Service", kinds=("facilitator",))
    bid = world.bid(declaring, third, former)
    ok(former.boss.post(f"{bid.path}/partners/{bid.seat(former)}/withdraw", {"reason": "No time."}))
    bid.invite(invited)
    world.sql.execute(
        "INSERT INTO facilitators (id, proposal_id, organisation_id, status) VALUES (%s, %s, %s, 'active')",
        [new_id(), bid.id, facilitator.id],
    )
    readers = {
        "lead": bid.lead.boss,
        "third": third.boss,
        "former": former.boss,
        "invited": invited.boss,
        "facilitator": facilitator.boss,
        "commissioner": bid.opportunity["commissioner"].boss,
        "stranger": world.stranger(),
    }
    return Stage(world, bid, declaring, readers)


def declare(stage: Stage) -> tuple[str, str, str]:
    """Every way of writing: one by one, in a batch, changed, linked, taken back."""
    boss, path = stage.declaring.boss, stage.bid.path
    given = ok(boss.post(f"{path}/contributions", GIVEN), 201).json()["id"]
    ok(boss.patch(f"{path}/contributions/{given}", {"certainty": "conditional", "title": "Canary worker"}, if_match=1))
    ok(boss.post(f"{path}/contributions:batch", {"items": [GIVEN, {**GIVEN, "title": "Second canary"}]}))
    gone = ok(boss.post(f"{path}/contributions", {**GIVEN, "title": "Canary gone"}), 201).json()["id"]
    assert boss.delete(f"{path}/contributions/{gone}", if_match=1).status_code == 204
    wished = ok(boss.post(f"{path}/expectations", WISHED), 201).json()["id"]
    line = ok(boss.post(f"{path}/budget-lines", LINE), 201).json()["id"]
    links = [{"type": "contribution", "id": given}, {"type": "budget_line", "id": line}]
    ok(boss.put(f"{path}/expectations/{wished}/met-by", links, if_match=1))
    other = ok(boss.post(f"{path}/expectations", {**WISHED, "title": "Canary to waive"}), 201).json()["id"]
    ok(boss.post(f"{path}/expectations/{other}/waive", {"reason": "The canary changed its mind."}))
    return given, wished, line


def test_before_the_reveal_nothing_of_one_partners_declarations_shows_to_anybody_else(stage: Stage) -> None:
    ok(
        stage.readers["third"].post(
            f"{stage.bid.path}/contributions",
            {
                **GIVEN,
                "title": "Ours",
                "condition": "if so",
                "valuation_basis": "NJC",
                "quantity": None,
                "unit_value": None,
                "value": {"amount": "10.00"},
            },
        ),
        201,
    )
    before = stage.all_answers()
    declare(stage)
    ok(stage.declaring.boss.post(f"{stage.bid.path}/honesty-round/file"), 200)
    after = stage.all_answers()
    assert leaks(after) == []
    assert not (found := changed(before, after)), [(w, before[w], after[w]) for w in found][:3]

    freeze = stage.readers["lead"].post(f"{stage.bid.path}/editions")
    assert freeze.status_code == 409 and not CANARY.search(freeze.content)
    mailed = stage.world.sql.execute(
        "SELECT count(*) FROM outbox WHERE payload::text ~* 'canary|kanarienvogel'"
    ).fetchone()
    assert mailed == (0,)
    own = stage.declaring.boss.get(stage.bid.path)
    assert CANARY.search(own.content), "its owner reads it, so the test can see canaries at all"


def test_after_the_reveal_rates_and_private_lines_show_nowhere_and_move_nothing(stage: Stage) -> None:
    boss, path = stage.declaring.boss, stage.bid.path
    plain = {"title": "A worker", "condition": "if funded", "valuation_basis": "NJC pay scale"}
    given = ok(boss.post(f"{path}/contributions", GIVEN | plain), 201).json()["id"]
    wish = {**WISHED, "title": "A fair share", "target": {"type": "percent", "value": "30"}}
    wished = ok(boss.post(f"{path}/expectations", wish), 201).json()["id"]
    lines = [
        ok(boss.post(f"{path}/budget-lines", {**LINE, "amount": {"amount": amount}}), 201).json()
        for amount in ("7913.07", "1000.00")
    ]
    ok(boss.put(f"{path}/expectations/{wished}/met-by", [{"type": "budget_line", "id": lines[0]["id"]}], if_match=1))
    for who in (stage.declaring.boss, stage.readers["lead"], stage.readers["third"]):
        ok(who.post(f"{path}/honesty-round/file"), 200)
    before = stage.all_answers()
    assert leaks(before) == []
    other_rate = {"quantity": "2", "unit_value": {"amount": "1000.00"}, "value": {"amount": "2000.00"}}
    same_value = {"quantity": "1", "unit_value": {"amount": "1971.42"}}
    ok(boss.patch(f"{path}/contributions/{given}", same_value, if_match=1))
    batch = [
        {"id": lines[0]["id"], "version": 1, "amount": {"amount": "8000.00"}, "category": "rent"},
        {"id": lines[1]["id"], "version": 1, "amount": {"amount": "913.07"}, "description": "Canary cage"},
    ]
    ok(boss.post(f"{path}/budget-lines:batch", {"items": batch}))
    links = [{"type": "budget_line", "id": line["id"]} for line in lines]
    ok(boss.put(f"{path}/expectations/{wished}/met-by", links, if_match=2))
    after = stage.all_answers()
    assert leaks(after) == []
    assert not (found := changed(before, after)), [(w, before[w], after[w]) for w in found][:3]

    ok(boss.patch(f"{path}/contributions/{given}", other_rate, if_match=2))
    where = ("lead", f"{path}/contributions/{given}")
    assert changed(after, {where: stage.answer(*where)}) == [where], "another value does show"


def test_who_joins_later_reads_nothing_of_what_the_others_declare_before_it_has_filed(stage: Stage) -> None:
    boss, path, late = stage.declaring.boss, stage.bid.path, stage.world.organisation("Late Joiner")
    for who in (boss, stage.readers["lead"], stage.readers["third"]):
        ok(who.post(f"{path}/honesty-round/file"), 200)
    stage.bid.join(late)
    stage.readers = {"late": late.boss}
    before = ok(late.boss.get(f"{path}/events")).json()["items"]
    _, wished, _ = declare(stage)
    ok(stage.readers["late"].post(f"{path}/contributions", GIVEN | {"title": "Our own", "condition": "if funded"}), 201)
    ok(stage.bid.lead.boss.post(f"{path}/expectations/{wished}/accept"))
    attached = boss.http.post(
        f"{path}/documents", headers={"Authorization": f"Bearer {boss.token}"}, files={"file": ("Canary.txt", b"Seed")}
    )
    ok(attached, 201)
    own = ("Our own", "31.90", "61.8", "canary pay scale")
    for (_, at), (_, _, content) in stage.all_answers().items():
        text = unpacked(content).decode("utf-8", "replace")
        for words in own:
            text = re.sub(re.escape(words), "", text, flags=re.IGNORECASE)
        assert not CANARY.search(text.encode()), (at, text[:3000])
    seen = ok(late.boss.get(f"{path}/events")).json()["items"][len(before) :]
    assert [event["organisation_id"] for event in seen] == [late.id]

    ok(late.boss.post(f"{path}/honesty-round/file"), 200)
    after = ok(late.boss.get(f"{path}/events", params={"limit": 200}))
    assert CANARY.search(after.content) and len(after.json()["items"]) > len(before) + 8


def test_what_who_joins_later_declares_is_its_own_until_it_has_filed(stage: Stage) -> None:
    for who in (stage.declaring.boss, stage.readers["lead"], stage.readers["third"]):
        ok(who.post(f"{stage.bid.path}/honesty-round/file"), 200)
    late = stage.world.organisation("Late Joiner")
    stage.bid.join(late)
    stage.declaring = late
    before = stage.all_answers()
    declare(stage)
    after = stage.all_answers()
    assert leaks(after) == []
    assert not (found := changed(before, after)), [(w, before[w], after[w]) for w in found][:3]

    ok(late.boss.post(f"{stage.bid.path}/honesty-round/file"), 200)
    assert CANARY.search(ok(stage.readers["lead"].get(f"{stage.bid.path}/contributions")).content)
