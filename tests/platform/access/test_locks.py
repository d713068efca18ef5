"""The one order of locks, and the watch over it that every test runs under."""

import pytest

from app.platform.access import locks as order
from app.platform.access.permissions import PERMISSIONS
from app.platform.access.rules import Hold, Lock, Scope
from app.platform.db.base import new_id
from tests import locks
from tests.factories import World

BID, OTHER = (f"019aa000-0000-7000-8000-00000000000{n}" for n in "12")
ADVISORY, CALL, BIDS = order._EXCLUSIVE, order._CALL, order._WAITING
ONE = order._PROPOSAL[Lock.WRITE]
PARTNER = "UPDATE partners SET status = $1 WHERE id = $2"
APPLICATION = "SELECT * FROM applications WHERE applications.id = $1::UUID FOR UPDATE"
ORGANISATION = "UPDATE organisations SET version = $1 WHERE id = $2"
EVENT = (
    "WITH moved AS (UPDATE proposals SET event_seq = event_seq + 1 WHERE id = $2) INSERT INTO outbox (topic) SELECT 1"
)


def complaints(*statements: tuple[str, str]) -> list[str]:
    transaction = locks.Transaction()
    return [wrong.partition(" [")[0] for sql, id_ in statements for wrong in transaction.run(sql, [id_])]


@pytest.mark.parametrize(
    "statements",
    [
        [(ADVISORY, ""), (CALL, BID), (ONE, BID), (PARTNER, ""), (ORGANISATION, ""), (EVENT, BID)],
        [(BIDS, ""), (PARTNER, ""), (EVENT, BID), (EVENT, OTHER)],
        [("INSERT INTO proposals (id) VALUES ($1)", BID), (ORGANISATION, ""), (EVENT, BID)],
        [("SELECT pg_try_advisory_xact_lock($1)", ""), (ONE, BID), (APPLICATION, ""), (PARTNER, "")],
    ],
)
def test_the_order_is_people_and_organisations_the_call_bids_and_what_lies_under_them(
    statements: list[tuple[str, str]],
) -> None:
    assert complaints(*statements) == []


@pytest.mark.parametrize(
    ("statements", "wrong"),
    [
        ([(ONE, BID), (ADVISORY, "")], "advisory is locked after proposals"),
        ([(ONE, BID), (CALL, BID)], "opportunities is locked after proposals"),
        ([(ORGANISATION, ""), (ONE, BID)], "proposals is locked after organisations"),
        ([(ONE, BID), (ONE, OTHER)], "a second row of proposals is locked by itself"),
        ([(APPLICATION, ""), (ONE, BID)], "a row of applications is locked without its bid"),
        ([(PARTNER, "")], "a row of partners is locked without its bid"),
    ],
)
def test_the_watch_complains_of_every_other_order(statements: list[tuple[str, str]], wrong: str) -> None:
    assert complaints(*statements) == [wrong]


def test_somebody_in_thousands_of_organisations_takes_a_bounded_number_of_locks_people_first() -> None:
    person, *organisations = [new_id() for _ in range(5000)]
    keys = order._keys([person], organisations)
    assert len(keys) == 1 + order.SHARED_BY_MANY and keys == sorted(keys)
    assert keys[0] == order._keys([person], [])[0]


def test_the_watch_sees_what_the_service_locks(world: World) -> None:
    world.bid(world.organisation())
    assert {"advisory", "opportunities", "proposals", "partners"} <= locks.seen


def test_whatever_takes_a_place_across_bids_holds_its_organisations_and_the_call() -> None:
    joining = Hold.OWN | Hold.CALL
    assert {name for name, rule in PERMISSIONS.items() if rule.holds & joining == joining} == {
        "accept_invitation",
        "accept_facilitation",
    }
    for name, rule in PERMISSIONS.items():
        assert not rule.holds & (Hold.CALL | Hold.DECLARER) or rule.scope is Scope.PROPOSAL, name
