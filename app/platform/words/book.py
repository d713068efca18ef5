"""The shape of a vocabulary: for every code its label and a sentence that explains it."""

from collections.abc import Mapping

Words = Mapping[str, tuple[str, str]]
