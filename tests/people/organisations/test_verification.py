"""What was verified of an organisation, what its own changes cost, and what only an operator gives."""

import asyncio
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import typer
from fastapi.testclient import TestClient

from app import cli
from app.main import create_app
from app.people.organisations.verification import grant_kind, release_identifier, verify
from app.platform.capability import joined
from app.platform.db.engine import connect
from app.platform.words.codes import OrganisationKind, VerificationLevel
from app.platform.worker.work import Work
from app.settings import Settings
from tests.factories import Organisation, World, ok, problem, soon
from tests.stages import ready_bid

BODY = {"name": "Council", "kinds": ["commissioner"], "legal_form": "public_body"}
CALL = {"title": "Hubs", "lots": [], "questions": [], "submission_deadline": soon(86_400)}


def number() -> str:
    return str(uuid.uuid4().int)[:7].replace("0", "1")


@pytest.fixture
def operator(database: str, settings: Settings) -> Any:
    """Does what the command line does."""

    def act(verb: Any, *given: Any, **more: Any) -> Any:
        async def run() -> Any:
            db = await connect(database, settings)
            try:
                async with db.sessions.begin() as session:
                    return await verb(session, *given, **more)
            finally:
                await db.close()

        return asyncio.run(run())

    return act


def told(world: World, database: str, settings: Settings, topic: str, organisation: Organisation) -> int:
    """Does the jobs of this topic about this organisation, each twice, as a queue may; answers how many there were."""
    rows = world.sql.execute(
        "DELETE FROM outbox WHERE topic = %s AND payload->>'organisation_id' = %s RETURNING payload",
        [topic, organisation.id],
    ).fetchall()

    async def run() -> None:
        db = await connect(database, settings)
        try:
            for (payload,) in rows * 2:
                for handler in joined().handlers[topic].values():
                    await handler(Work(settings, db), payload)
        finally:
            await db.close()

    asyncio.run(run())
    return len(rows)


def verification(of: Organisation) -> dict[str, Any]:
    found: dict[str, Any] = ok(of.boss.get(f"/organisations/{of.id}")).json()["verification"]
    return found


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Leeds City Council"},
        {"legal_form": "public_body"},
        {"kinds": ["provider", "facilitator"]},
        {"identifiers": []},
        {"identifiers": [{"scheme": "GB-CHC", "id": "{new}"}]},
    ],
    ids=["name", "legal form", "kinds", "no number", "another number"],
)
def test_a_change_of_what_was_verified_drops_the_level(world: World, operator: Any, change: dict[str, Any]) -> None:
    mine = world.organisation("Toy Library", identifiers=[{"scheme": "GB-CHC", "id": number()}])
    path = f"/organisations/{mine.id}"
    assert operator(verify, mine.id, VerificationLevel.DOCUMENT, "Dana Price") == "Toy Library"
    change = {k: [{"scheme": "GB-CHC", "id": number()}] if v and k == "identifiers" else v for k, v in change.items()}
    changed = ok(mine.boss.patch(path, change, if_match=mine.boss.etag(path))).json()
    assert changed["verification"] == {"level": "none", "by": None, "at": None}
    events = world.sql.execute(
        "SELECT type, payload FROM events WHERE stream_id = %s ORDER BY seq", [mine.id]
    ).fetchall()
    assert events[-1] == ("verification_lapsed", {"level": "document", "changed": [next(iter(change))]})


def test_a_change_of_anything_else_or_to_the_same_keeps_the_level(world: World, operator: Any) -> None:
    registered = [{"scheme": "GB-CHC", "id": number()}]
    mine = world.organisation("Toy Library", identifiers=registered)
    path = f"/organisations/{mine.id}"
    operator(verify, mine.id, VerificationLevel.DOCUMENT, "Dana Price")
    same = {"name": "Toy Library", "kinds": ["provider"], "legal_form": "charity", "identifiers": registered}
    other = {"areas": ["North"], "founding_aims": "Play", "listed": True, "signing_rule": {"signatures_required": 2}}
    ok(mine.boss.patch(path, {**same, **other}, if_match=mine.boss.etag(path)))
    assert verification(mine)["level"] == "document" and verification(mine)["by"] == "Dana Price"
    operator(grant_kind, mine.id, OrganisationKind.FACILITATOR, "Dana Price")
    operator(release_identifier, "GB-CHC", registered[0]["id"], "Dana Price")
    read = ok(mine.boss.get(path)).json()
    assert (read["kinds"], read["identifiers"]) == (["facilitator", "provider"], [])
    assert read["verification"]["level"] == "document", "an operator's change is no change of its own people"


def test_the_partners_of_its_living_bids_are_told_once(
    world: World, operator: Any, database: str, settings: Settings
) -> None:
    mine, other = world.organisation("Toy Library"), world.organisation("Hill Trust")
    living, over = world.bid(mine, other), world.bid(mine)
    over.forced("dissolved")
    operator(verify, mine.id, VerificationLevel.OPERATOR, "Dana Price")
    path = f"/organisations/{mine.id}"
    ok(mine.boss.patch(path, {"name": "Leeds City Council"}, if_match=mine.boss.etag(path)))
    assert told(world, database, settings, "verification_lapsed", mine) == 1
    assert (living.events("partner_unverified"), over.events("partner_unverified")) == (1, 0)
    event = ok(other.boss.get(f"{living.path}/events?limit=200")).json()["items"][-1]
    assert event["type"] == "partner_unverified"
    assert event["payload"]["partner_id"] == living.seat(mine) and event["payload"]["changed"] == ["name"]
    shown = {item["name"]: item["verification"]["level"] for item in living.read(other.boss)["partners"]}
    assert shown["Leeds City Council"] == "none"


@pytest.fixture
def public(database: str, settings: Settings) -> Iterator[TestClient]:
    """The same database behind a server that others reach."""
    served = create_app(settings.model_copy(update={"public_url": "https://bids.example.org"}), database)
    with TestClient(served, base_url="https://bids.example.org") as client:
        yield client


def call(
    public: TestClient, who: Organisation, method: str, path: str, body: Any = None, **headers: str
) -> httpx.Response:
    signed_in = {"Authorization": f"Bearer {who.boss.token}", **headers}
    return public.request(method, f"/v1{path}", json=body, headers=signed_in)


def test_in_public_nobody_takes_the_kind_of_a_commissioner(world: World, public: TestClient, operator: Any) -> None:
    mine = world.organisation("Toy Library")
    path = f"/organisations/{mine.id}"
    problem(call(public, mine, "POST", "/organisations", BODY), 403, "kind-is-granted")
    took = {"kinds": ["provider", "commissioner"]}
    refused = problem(call(public, mine, "PATCH", path, took, **{"If-Match": '"99"'}), 403, "kind-is-granted")
    assert refused["errors"][0]["pointer"] == "/kinds/1"
    ok(call(public, mine, "PATCH", path, {"kinds": ["facilitator", "provider"]}, **{"If-Match": '"1"'}))
    assert operator(grant_kind, mine.id, OrganisationKind.COMMISSIONER, "Dana Price") == "Toy Library"
    problem(call(public, mine, "POST", "/opportunities", CALL), 403, "commissioner-unverified")
    operator(verify, mine.id, VerificationLevel.REGISTER_EMAIL, "the register")
    ok(call(public, mine, "POST", "/opportunities", CALL), 201)
    kept = {"kinds": ["commissioner", "provider"]}
    ok(call(public, mine, "PATCH", path, kept, **{"If-Match": call(public, mine, "GET", path).headers["ETag"]}))
    problem(call(public, mine, "POST", "/opportunities", CALL), 403, "commissioner-unverified")
    operator(grant_kind, mine.id, OrganisationKind.COMMISSIONER, "Dana Price", take_back=True)
    problem(call(public, mine, "POST", "/opportunities", CALL), 403, "not-a-commissioner")


def test_a_kind_that_was_given_up_is_granted_no_more(world: World, public: TestClient, operator: Any) -> None:
    """Otherwise whoever takes it again later, where nobody minds, would act on a check of somebody that it is no more."""
    mine = world.organisation("Toy Library")
    path = f"/organisations/{mine.id}"
    operator(grant_kind, mine.id, OrganisationKind.COMMISSIONER, "Dana Price")
    for kinds in (["provider"], ["commissioner", "provider"]):
        ok(mine.boss.patch(path, {"kinds": kinds}, if_match=mine.boss.etag(path)))
    operator(verify, mine.id, VerificationLevel.REGISTER_EMAIL, "the register")
    problem(call(public, mine, "POST", "/opportunities", CALL), 403, "commissioner-unverified")
    operator(grant_kind, mine.id, OrganisationKind.COMMISSIONER, "Dana Price")
    ok(call(public, mine, "POST", "/opportunities", CALL), 201)


def test_a_kind_that_was_taken_where_nobody_minded_is_not_granted_by_a_registers_mail(
    world: World, public: TestClient, operator: Any
) -> None:
    rival = world.organisation("Rival", kinds=("commissioner",))
    operator(verify, rival.id, VerificationLevel.REGISTER_EMAIL, "the register")
    problem(call(public, rival, "POST", "/opportunities", CALL), 403, "commissioner-unverified")
    operator(verify, rival.id, VerificationLevel.OPERATOR, "Dana Price")
    ok(call(public, rival, "POST", "/opportunities", CALL), 201)


def test_a_commissioner_that_lost_its_level_publishes_nothing_and_still_answers_what_it_owns(
    world: World, public: TestClient, operator: Any
) -> None:
    council = world.organisation("Riverside Council", ("commissioner",))
    operator(verify, council.id, VerificationLevel.OPERATOR, "Dana Price")
    drafted = ok(call(public, council, "POST", "/opportunities", CALL), 201).json()
    path = f"/opportunities/{drafted['id']}"
    bid = ready_bid(world, council=council, mode="open")
    bid.agree()
    received = f"/submissions/{ok(bid.submit(), 201).json()['id']}"
    own = f"/organisations/{council.id}"
    etag = {"If-Match": council.boss.etag(own)}
    ok(call(public, council, "PATCH", own, {"name": "Riverside and Hill Council"}, **etag))
    for answer in (
        call(public, council, "POST", "/opportunities", CALL),
        call(public, council, "POST", f"{path}/publish", {}),
        call(
            public, council, "PATCH", f"/opportunities/{bid.opportunity_id}", {"title": "New"}, **{"If-Match": '"99"'}
        ),
    ):
        problem(answer, 403, "commissioner-unverified")
    ok(call(public, council, "GET", path))
    assert received.endswith(ok(call(public, council, "GET", "/submissions")).json()["items"][0]["id"])
    ok(call(public, council, "POST", f"{received}/acknowledge", {}))
    bid.pass_deadline()
    outcome = {"results": [{"lot_id": bid.lot_id, "outcome": "awarded"}]}
    assert ok(call(public, council, "POST", f"{received}/outcome", outcome)).json()["status"] == "decided"


def test_a_number_that_nobody_verified_yields_to_a_verified_organisation(
    world: World, operator: Any, database: str, settings: Settings
) -> None:
    registered = [{"scheme": "GB-CHC", "id": number()}]
    squatter, true = world.organisation("Squatter", identifiers=registered), world.organisation("Hill Trust")
    path = f"/organisations/{true.id}"
    claim = {"identifiers": registered}
    problem(true.boss.patch(path, claim, if_match=true.boss.etag(path)), 409, "identifier-claimed")
    operator(verify, true.id, VerificationLevel.DOCUMENT, "Dana Price")
    ok(true.boss.patch(path, claim, if_match=true.boss.etag(path)))
    assert ok(true.boss.get(path)).json()["identifiers"] == registered
    assert verification(true)["level"] == "none", "the number is new, so it is to be checked"
    assert told(world, database, settings, "identifier_yielded", squatter) == 1
    lost = ok(squatter.boss.get(f"/organisations/{squatter.id}")).json()
    assert (lost["identifiers"], lost["version"]) == ([], 2)
    news = ok(squatter.boss.get("/me/notifications")).json()["items"]
    assert [item["kind"] for item in news] == ["identifier_yielded"]
    own = f"/organisations/{squatter.id}"
    problem(squatter.boss.patch(own, claim, if_match=squatter.boss.etag(own)), 409, "identifier-claimed")


def test_a_verified_organisation_keeps_its_number(world: World, operator: Any) -> None:
    registered = [{"scheme": "GB-CHC", "id": number()}]
    holder, other = world.organisation(identifiers=registered), world.organisation()
    for organisation in (holder, other):
        operator(verify, organisation.id, VerificationLevel.REGISTER_EMAIL, "the register")
    path, claim = f"/organisations/{other.id}", {"identifiers": registered}
    problem(other.boss.patch(path, claim, if_match=other.boss.etag(path)), 409, "identifier-claimed")
    assert verification(other)["level"] == "register_email", "what was refused changed nothing"
    assert operator(release_identifier, "gb-chc", registered[0]["id"], "Dana Price") == holder.name
    assert operator(release_identifier, "GB-CHC", registered[0]["id"], "Dana Price") is None
    ok(other.boss.patch(path, claim, if_match=other.boss.etag(path)))


def test_an_operator_grants_and_releases_by_the_command_line(
    world: World, database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    registered = {"scheme": "GB-CHC", "id": number()}
    mine = world.organisation("Hill Trust", identifiers=[registered])
    monkeypatch.setenv("DATABASE_URL", database)

    def said(command: Callable[..., None], *given: Any, **more: Any) -> tuple[int, str]:
        with pytest.raises(typer.Exit) as ended:
            command(*given, by="Dana Price", **more)
        return ended.value.exit_code, capsys.readouterr().out.strip()

    granted = (uuid.UUID(mine.id), OrganisationKind.COMMISSIONER)
    assert said(cli.grant_kind, *granted) == (0, "Hill Trust is a commissioner now.")
    assert said(cli.grant_kind, *granted, take_back=True) == (0, "Hill Trust is no commissioner any more.")
    assert said(cli.grant_kind, uuid.uuid4(), OrganisationKind.COMMISSIONER)[0] == 1
    released = (0, f"Hill Trust has GB-CHC {registered['id']} no more.")
    assert said(cli.release_identifier, "GB-CHC", registered["id"]) == released
    assert said(cli.release_identifier, "GB-CHC", registered["id"])[0] == 1
    types = world.sql.execute("SELECT type FROM events WHERE stream_id = %s ORDER BY seq", [mine.id]).fetchall()
    assert [row[0] for row in types] == [
        "organisation_founded",
        "kind_granted",
        "kind_taken_back",
        "identifier_released",
    ]
