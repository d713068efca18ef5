"""Several releases of one process into one, by the merge rules of OCDS 1.1.

The rules of the core schema merge seven of nine real Find a Tender processes wrongly, since the extensions that
the platform uses (lots, award criteria, UK and EU profiles) have lists of their own that are replaced as a whole.
In all of them the name of a list decides, wherever it stands, so the rules here are a table of names: derived from
OCDS 1.1.5 patched with the EU profile, lots, suitability, performance failures and the UK extension.
"""

import warnings
from collections.abc import Sequence
from typing import Any

from app.exchange.ocds_read import Parsed, RawRelease

WHOLE_LISTS = frozenset(
    {
        "additionalClassifications",
        "additionalContactPoints",
        "additionalIdentifiers",
        "buyerClassificationRestrictions",
        "buyerLocationRestrictions",
        "changes",
        "classifications",
        "criteria",
        "customerServices",
        "dates",
        "deliveryAddresses",
        "deliveryLocations",
        "essentialAssets",
        "identifiers",
        "juryMembers",
        "legislativeReferences",
        "links",
        "numbers",
        "procurementMethodRationaleClassifications",
        "rationaleClassifications",
        "unstructuredChanges",
    }
)
OMITTED = frozenset({("id",), ("date",), ("tag",)})


class _RulesByName(dict[tuple[str, ...], str]):
    """What ocdsmerge asks for each path, answered from the last name in it."""

    def get(self, path: tuple[str, ...], default: Any = None) -> Any:
        if path in OMITTED:
            return "omitWhenMerged"
        return "wholeListMerge" if path and path[-1] in WHOLE_LISTS else default


RULES = _RulesByName({("id",): "omitWhenMerged"})


def in_order(releases: Sequence[RawRelease]) -> list[RawRelease]:
    """By instant (not by the text of the date: zones differ), those without a date first; ties as they came in."""
    return sorted(releases, key=lambda release: (release.date is not None, release.date and release.date.timestamp()))


def merge(releases: Sequence[RawRelease]) -> Parsed:
    """The compiled release. A release that contradicts the earlier ones in its very shape is left out of the merge."""
    ordered = in_order(releases)
    found = _merged([release.data for release in ordered])
    return found if found is not None else _merged_where_possible(ordered)


def _merged(releases: Sequence[Parsed]) -> Parsed | None:
    """None where they cannot be merged."""
    # Imported here: it brings an HTTP client along, for which every start would wait.
    from ocdsmerge.exceptions import DuplicateIdValueWarning, OCDSMergeError
    from ocdsmerge.merge import CompiledRelease

    try:
        with warnings.catch_warnings(action="ignore", category=DuplicateIdValueWarning):
            compiled = CompiledRelease(merge_rules=RULES)
            for release in releases:
                compiled.append(release)
            merged: Parsed = compiled.asdict()
    except (OCDSMergeError, TypeError, AttributeError):
        return None
    return merged


def _merged_where_possible(ordered: Sequence[RawRelease]) -> Parsed:
    """From the newest backwards, since the newest says what holds; one that cannot be merged at all stands as it is."""
    kept: list[Parsed] = []
    result: Parsed = ordered[-1].data
    for release in reversed(ordered):
        found = _merged([release.data, *kept])
        if found is None:
            continue
        result = found
        kept.insert(0, release.data)
    return result
