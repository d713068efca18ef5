"""How often a race is run and how many examples a property tries: one place for the whole suite.

Every test names the number that is always tried, with the same seeds in every run. `RACES=10`, `FUZZ=10` and `WORLDS=10`
multiply these numbers, and with `FUZZ` and `WORLDS` the examples are new in every run. `make trust` sets all three.
"""

import os
import random
from typing import Any

from hypothesis import HealthCheck, settings

RACES = int(os.environ.get("RACES", "1"))
FUZZ = int(os.environ.get("FUZZ", "1"))
WORLDS = int(os.environ.get("WORLDS", "1"))


def races(always: int) -> range:
    """The rounds of a race."""
    return range(always * RACES)


def seeds(always: int) -> list[int]:
    """Of the rounds in which two worlds are compared."""
    return [number if WORLDS == 1 else random.randrange(2**32) for number in range(always * WORLDS)]


def tries(always: int) -> int:
    """The number of frames, edits or texts that a test makes up with its own seeded generator."""
    return always * FUZZ


def patience(seconds: float) -> float:
    """The time that so many rounds or tries may take."""
    return seconds * max(RACES, FUZZ, WORLDS)


def examples(always: int, **more: Any) -> settings:
    """The examples that hypothesis makes up. No deadline: a busy machine is no finding."""
    return settings(
        max_examples=always * FUZZ,
        deadline=None,
        derandomize=FUZZ == 1,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        **more,
    )
