"""How the time of some work grows with its size, so that a test can tell linear from quadratic on any machine."""

import time
from collections.abc import Callable

ROUNDS = 3


def growth(work: Callable[[int], object], size: int, factor: int = 4) -> float:
    """How many times as long `work(factor * size)` takes as `work(size)`: about `factor` for linear work.

    Processor time of this thread, the best of a few interleaved rounds.
    """

    def seconds(of: int) -> float:
        began = time.thread_time()
        work(of)
        return time.thread_time() - began

    rounds = [(seconds(size), seconds(factor * size)) for _ in range(ROUNDS)]
    return min(large for _, large in rounds) / max(min(small for small, _ in rounds), 1e-4)


def counting(to: int = 200_000) -> int:
    """Some work that takes as long on one machine as on another: about ten milliseconds on a small one."""
    total = 0
    for number in range(to):
        total += number & 3
    return total


def beside(work: Callable[[], object], yardstick: Callable[[], object] = counting) -> float:
    """How many times as long `work` takes as the yardstick, in the same minute on the same machine."""

    def seconds(of: Callable[[], object]) -> float:
        began = time.thread_time()
        of()
        return time.thread_time() - began

    rounds = [(seconds(work), seconds(yardstick)) for _ in range(2 * ROUNDS)]
    return min(mine for mine, _ in rounds) / max(min(theirs for _, theirs in rounds), 1e-4)
