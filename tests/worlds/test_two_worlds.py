"""Over HTTP: what is done unseen changes nothing that anybody else gets, whatever they do themselves.

Everything that is compared is in `sights.py`; a failure tells the steps that led to it, and the seed.
"""

import random
from collections.abc import Iterator

import pytest

from app.settings import Settings
from tests import rounds
from tests.worlds.acts import SHOWN_TO, Act, Doing
from tests.worlds.moves import MOVES, Moving, bids_of
from tests.worlds.sameness import difference
from tests.worlds.sights import paths
from tests.worlds.stage import READERS
from tests.worlds.twins import Twin, Twins, twins

LONG = {"/events": "limit=200", "/notifications": "limit=200"}
ACTS_OF_A_ROUND, MOVES_OF_A_ROUND = 2, 3
Hidden = list[tuple[str, str]]


@pytest.fixture(scope="module")
def worlds(database: str, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    folder = tmp_path_factory.mktemp("worlds")
    folder.chmod(0o755)
    with twins(database, folder, settings) as pair:
        for who in ("lead", "invited", "commissioner"):
            for path in paths(pair, []):
                look(pair, who, path, learn=True)
        yield pair


def look(pair: Twins, who: str, path: str, learn: bool = False) -> tuple[dict[str, str], dict[str, str]]:
    token = None if who == "anonymous" else pair.stage.token(who)
    asked = next((f"{path}?{query}" for end, query in LONG.items() if path.endswith(end)), path)

    def one(twin: Twin) -> dict[str, str]:
        answer = twin.request(token, "GET", asked)
        assert answer.status_code < 500, f"{who} {path}: {answer.text[:500]}"
        if learn:
            twin.eye.learn(answer.text)
        return twin.eye.answer((who, path), answer)

    return pair.in_both(one)


def compare(pair: Twins, who: str, hidden: Hidden) -> None:
    """Every answer that this reader gets is the same in both worlds."""
    for path in paths(pair, hidden):
        first, second = look(pair, who, path)
        if first != second and "(a time)" in first["body"]:
            first["etag moved"] = second["etag moved"] = "as the minute does"
        if told := difference(first, second):
            pytest.fail(f"{who} is told by {path}\n{told}\nafter\n  " + "\n  ".join(pair.history))


def unseen(pair: Twins, name: str, act: Act, dice: random.Random, hidden: Hidden) -> None:
    pair.step(f"unseen: {name}")
    act(Doing(pair, dice, hidden))
    pair.settle()


def move(pair: Twins, who: str, seed: int, hidden: Hidden) -> None:
    """One move in both worlds, whose answers are compared too."""
    dice = random.Random(seed)
    bid, how = dice.choice(bids_of(who)), dice.choice(MOVES[who])
    pair.step(f"{who}: {how.__name__.strip('_')} in the bid {bid}")
    before = dice.getstate()

    def one(twin: Twin) -> dict[str, str]:
        own = random.Random()
        own.setstate(before)
        return twin.eye.answer(("move", who), how(Moving(pair, twin, who, bid, own, hidden)))

    first, second = pair.in_both(one)
    first["etag moved"] = second["etag moved"] = ""
    pair.history[-1] += f" ({first['status']})"
    if told := difference(first, second):
        pytest.fail(f"{who} is told by its own move\n{told}\nafter\n  " + "\n  ".join(pair.history))
    pair.settle()


@pytest.mark.timeout(7200)
def test_what_is_done_unseen_changes_nothing_that_anybody_else_gets(worlds: Twins) -> None:
    hidden: Hidden = []
    readers = list(READERS)
    for shown_to, acts in SHOWN_TO:
        # Whoever reads of the acts to come is looked at once more before; all others are looked at afterwards.
        leaving = [who for who in readers if who in shown_to]
        _all_the_same(worlds, leaving, hidden)
        readers = [who for who in readers if who not in shown_to]
        for seed in rounds.seeds(max(1, len(acts) // ACTS_OF_A_ROUND)):
            _round(worlds, seed, acts, readers, hidden)
    _all_the_same(worlds, readers, hidden)


def _all_the_same(pair: Twins, readers: list[str], hidden: Hidden) -> None:
    """What they can ask for, and the mails that they got."""
    for who in readers:
        compare(pair, who, hidden)
    first, second = (twin.mails() for twin in pair.both)
    for who in readers:
        person = pair.stage.person(who)
        if person is not None:
            assert first.get(person.email) == second.get(person.email), (who, pair.history)


def _round(pair: Twins, seed: int, acts: dict[str, Act], readers: list[str], hidden: Hidden) -> None:
    """Two acts unseen, then a reader who tries to find out. The first rounds come by every act and many readers."""
    dice = random.Random(seed)
    names = list(acts)
    for number in range(ACTS_OF_A_ROUND):
        name = names[(seed * ACTS_OF_A_ROUND + number) % len(names)]
        unseen(pair, name, acts[name], dice, hidden)
    mover = readers[seed % len(readers)]
    for _ in range(MOVES_OF_A_ROUND):
        move(pair, mover, dice.randrange(2**32), hidden)
    compare(pair, mover, hidden)
