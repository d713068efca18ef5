"""Several releases of one process into one, by the merge rules of OCDS 1.1.

The rules of the core schema merge seven of nine real Find a Tender processes wrongly, since the extensions that
the platform uses (lots, award criteria, UK and EU profiles) have lists of their own that are replaced as a whole.
In all of them the name of a list decides, wherever it stands, so the rules here are a table of names: derived from
OCDS 1.1.5 patched with the EU profile, lots, suitability, performance failures and the UK extension.

The standard says that null removes what it stands for. The library keeps what lies below an object or list that was
removed, so here all of it goes, and so does an item of a list of which nothing but its id is left.
"""

import warnings
from collections.abc import Sequence
from typing import Any

from app.calls.notices.ocds_read import Parsed, RawRelease

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


_Path = tuple[Any, ...]


class _RulesByName(dict[tuple[str, ...], str]):
    """Answers what ocdsmerge asks for each path from the last name in it."""

    def get(self, path: tuple[str, ...], default: Any = None) -> Any:
        if path in OMITTED:
            return "omitWhenMerged"
        return "wholeListMerge" if path and path[-1] in WHOLE_LISTS else default


RULES = _RulesByName({("id",): "omitWhenMerged"})


def in_order(releases: Sequence[RawRelease]) -> list[RawRelease]:
    """In the order of their instants (zones differ, so not of the dates' texts), and of one instant by id, then by hash, so
    that it is the same in whatever order they arrived. Those without a date come first."""
    return sorted(releases, key=_place)


def _place(release: RawRelease) -> tuple[float, str, bytes]:
    at = release.date.timestamp() if release.date is not None else float("-inf")
    return at, release.release_id, release.sha256


def merge(releases: Sequence[RawRelease]) -> Parsed:
    """The compiled release. Where releases give a part different shapes, that of the newest holds."""
    ordered = [release.data for release in in_order(releases)]
    found = _merged(ordered)
    return found[-1] if found is not None else _merged_by_parts(ordered)


def steps(releases: Sequence[RawRelease]) -> list[Parsed]:
    """What each of the releases, in order, amounts to with all those before it."""
    ordered = [release.data for release in in_order(releases)]
    found = _merged(ordered, each=True)
    return found if found is not None else [_merged_by_parts(ordered[:end]) for end in range(1, len(ordered) + 1)]


def _merged(releases: Sequence[Parsed], each: bool = False) -> list[Parsed] | None:
    """What all of them, or `each` with those before it, amount to; None where they cannot be merged."""
    # Imported here, because it imports an HTTP client that would slow every start.
    from ocdsmerge.exceptions import DuplicateIdValueWarning, OCDSMergeError
    from ocdsmerge.merge import CompiledRelease

    class Compiled(CompiledRelease):  # type: ignore[misc]
        def flat_append(self, flat: dict[_Path, Any], *about: Any) -> None:
            super().flat_append(_without_removed(self.data, flat), *about)

    merged: list[Parsed] = []
    try:
        with warnings.catch_warnings(action="ignore", category=DuplicateIdValueWarning):
            compiled = Compiled(merge_rules=RULES)
            for number, release in enumerate(releases, 1):
                compiled.append(release)
                if each or number == len(releases):
                    merged.append(compiled.asdict())
    except (OCDSMergeError, TypeError, AttributeError):
        return None
    return merged


def _without_removed(whole: dict[_Path, Any], parts: dict[_Path, Any]) -> dict[_Path, Any]:
    """Takes out of `whole` what null in `parts` removes, with all below it; answers the parts that are left to set."""
    removed = {path for path, value in parts.items() if value is None}
    if not removed:
        return parts
    kept = {path: value for path, value in parts.items() if value is not None}
    for path in [path for path in whole if any(path[:end] in removed for end in range(1, len(path) + 1))]:
        del whole[path]
    bare = {item for path in removed if (item := _item_of(path))}
    for path in (*whole, *kept):
        bare -= {path[:end] for end in range(1, len(path)) if path != (*path[:end], "id")}
    for item in bare:
        whole.pop((*item, "id"), None)
        kept.pop((*item, "id"), None)
    return kept


def _item_of(path: _Path) -> _Path | None:
    """The innermost item of a list that the path lies in."""
    from ocdsmerge.flatten import IdValue

    ends = [end for end, step in enumerate(path, 1) if isinstance(step, IdValue)]
    return path[: ends[-1]] if ends else None


def _merged_by_parts(ordered: Sequence[Parsed]) -> Parsed:
    """Merge after leaving out, from the newest backwards, each part that has another shape in a newer release."""
    from ocdsmerge.exceptions import DuplicateIdValueWarning, OCDSMergeError
    from ocdsmerge.flatten import flatten, unflatten

    shapes: dict[_Path, str] = {}
    fitting: list[dict[_Path, Any]] = []
    try:
        with warnings.catch_warnings(action="ignore", category=DuplicateIdValueWarning):
            for release in reversed(ordered):
                flat = flatten({**release, "tag": None}, RULES, {}, flattened={})
                own = [(path, value, _shapes(path, value)) for path, value in flat.items()]
                fits = [one for one in own if all(shapes.get(path, kind) == kind for path, kind in one[2])]
                for _, _, kinds in fits:
                    shapes.update(kinds)
                fitting.append({path: value for path, value, _ in fits})
        whole: dict[_Path, Any] = {}
        for parts in reversed(fitting):
            whole.update(_without_removed(whole, parts))
        merged: Parsed = unflatten(whole)
    except (OCDSMergeError, TypeError, AttributeError):
        return ordered[-1]
    return merged


def _shapes(path: _Path, value: Any) -> list[tuple[_Path, str]]:
    """For each step of a path, whether it is a list, an object or a value. Null contradicts nothing."""
    from ocdsmerge.flatten import IdValue

    steps = [(path[:end], "list" if isinstance(path[end], IdValue) else "object") for end in range(1, len(path))]
    return steps if value is None else [*steps, (path, "value")]
