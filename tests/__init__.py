"""The tests: the same tree as `app/`, and beside it whole journeys, faults, and what is measured."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
"""The checkout."""
