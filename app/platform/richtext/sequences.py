"""Differences between two sequences: good ones where that is cheap, and never quadratic in what a stranger sends."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple

_BUDGET: Final = 60_000
"""Pairs of equal elements up to which difflib is used, whose time grows with them (to some 10 ms)."""

_SMALL, _LARGE = 100_000, 1_000_000
"""Pairs of elements up to which difflib is used, with and without elements by which the range could be split: in the
worst case it looks at each pair (which takes some 30 ms, or 300)."""

_DEPTH: Final = 20
"""How often a range is split into smaller ones."""

_CELLS: Final = 4_000
"""Pairs of elements up to which all are compared when replaced ranges are paired."""

_BAND: Final = 8
"""In larger ranges, how far from the diagonal a pair may lie."""


class Edit(NamedTuple):
    """`old[a:b]` became `new[c:d]`."""

    a: int
    b: int
    c: int
    d: int


def edits(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Edit]:
    """What changed from `old` to `new`, in order. Everything between two edits is equal."""
    found: list[Edit] = []
    _search(old, new, 0, len(old), 0, len(new), found, _DEPTH)
    return found


def _search(
    old: Sequence[Hashable], new: Sequence[Hashable], a: int, b: int, c: int, d: int, found: list[Edit], depth: int
) -> None:
    while a < b and c < d and old[a] == new[c]:
        a, c = a + 1, c + 1
    while a < b and c < d and old[b - 1] == new[d - 1]:
        b, d = b - 1, d - 1
    if a == b and c == d:
        return
    if a == b or c == d:
        found.append(Edit(a, b, c, d))
        return
    in_old, in_new = Counter(old[a:b]), Counter(new[c:d])
    pairs, cells = sum(count * in_new[element] for element, count in in_old.items()), (b - a) * (d - c)
    anchors = _anchors(old, new, a, b, c, d, in_old, in_new) if depth and (pairs > _BUDGET or cells > _SMALL) else []
    if anchors:
        for i, k in [*anchors, (b, d)]:
            _search(old, new, a, i, c, k, found, depth - 1)
            a, c = i, k
    elif pairs <= _BUDGET and cells <= _LARGE:
        matcher = SequenceMatcher(None, old[a:b], new[c:d], autojunk=False)
        for tag, i, j, k, m in matcher.get_opcodes():
            if tag != "equal":
                found.append(Edit(a + i, a + j, c + k, c + m))
    else:
        found.append(Edit(a, b, c, d))


def _anchors(
    old: Sequence[Hashable],
    new: Sequence[Hashable],
    a: int,
    b: int,
    c: int,
    d: int,
    in_old: Counter[Hashable],
    in_new: Counter[Hashable],
) -> list[tuple[int, int]]:
    """The longest chain of elements that occur once on each side and are in the same order (patience sorting)."""
    place = {element: k for k, element in enumerate(new[c:d], c) if in_new[element] == 1 == in_old[element]}
    pairs = [(i, place[element]) for i, element in enumerate(old[a:b], a) if element in place]
    tails: list[int] = []
    heads: list[int] = []
    before: list[int] = []
    for index, (_, k) in enumerate(pairs):
        at = bisect_left(tails, k)
        before.append(heads[at - 1] if at else -1)
        tails[at : at + 1] = [k]
        heads[at : at + 1] = [index]
    chain: list[tuple[int, int]] = []
    index = heads[-1] if heads else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]


def pairing(rows: int, columns: int, likeness: Callable[[int, int], float]) -> Iterator[tuple[int | None, int | None]]:
    """The pairs in order with the greatest sum of likeness. A row or column without a partner comes with None.

    `likeness` is 0 for what must not be paired. Deleted rows come before the columns that replace them.
    """
    whole = rows * columns <= _CELLS
    like: dict[tuple[int, int], float] = {}
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)] if whole else None
    if best is None:
        yield from _banded(rows, columns, likeness)
        return
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            like[i, j] = likeness(i, j)
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + like[i, j])
    i = j = 0
    while i < rows or j < columns:
        if i < rows and j < columns and like[i, j] and best[i][j] == best[i + 1][j + 1] + like[i, j]:
            yield i, j
            i, j = i + 1, j + 1
        elif i < rows and (j == columns or best[i][j] == best[i + 1][j]):
            yield i, None
            i += 1
        else:
            yield None, j
            j += 1


def _banded(rows: int, columns: int, likeness: Callable[[int, int], float]) -> Iterator[tuple[int | None, int | None]]:
    """Pairs near the diagonal, each row taking the best that is left, for ranges too large to compare everything."""
    j = 0
    for i in range(rows):
        middle = i * columns // rows
        window = range(max(j, middle - _BAND), min(columns, middle + _BAND + 1))
        chosen = max(window, key=lambda k: likeness(i, k), default=None)
        if chosen is None or not likeness(i, chosen):
            yield i, None
            continue
        yield from ((None, k) for k in range(j, chosen))
        yield i, chosen
        j = chosen + 1
    yield from ((None, k) for k in range(j, columns))
