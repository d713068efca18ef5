"""How the time of some work grows with its size, so that a test can tell linear from quadratic on any machine."""

import gc
import time
from collections.abc import Callable
from typing import Final

ROUNDS: Final = 3


def growth(work: Callable[[int], object], size: int, factor: int = 4) -> float:
    """How many times as long `work(factor * size)` takes as `work(size)`: about `factor` for linear work.

    Whatever else the machine does only adds to a time, so what looks like more than linear is measured again.
    """
    small = large = float("inf")
    for _ in range(4):
        for _ in range(ROUNDS):
            small, large = min(small, seconds(lambda: work(size))), min(large, seconds(lambda: work(factor * size)))
        if large < 1.5 * factor * small:
            break
    return large / max(small, 1e-4)


def beside(work: Callable[[], object]) -> float:
    """How many times as long `work` takes as `counting`, in the same minute on the same machine."""
    rounds = [(seconds(work), seconds(counting)) for _ in range(2 * ROUNDS)]
    return min(mine for mine, _ in rounds) / max(min(theirs for _, theirs in rounds), 1e-4)


def counting(to: int = 200_000) -> int:
    """Some work that takes as long on one machine as on another: about ten milliseconds on a small one."""
    total = 0
    for number in range(to):
        total += number & 3
    return total


def seconds(work: Callable[[], object]) -> float:
    """Processor time of this thread, without the collector, which looks at all that other tests have left."""
    gc.disable()
    try:
        began = time.thread_time()
        work()
        return time.thread_time() - began
    finally:
        gc.enable()
