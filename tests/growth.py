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
