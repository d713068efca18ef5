"""A problem of the API as what a page shows: a sentence in the summary, and words at the fields they are about."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from app.workspace.api import Refused
from app.workspace.view import ENGLISH

_FOR_PROGRAMS = re.compile(r" \((?:GET|POST|PUT|PATCH|DELETE) [^()]*\)")


@dataclass(frozen=True, slots=True)
class Errors:
    """What is wrong with a form: (field, sentence), in its order; the field is empty where it is about none."""

    found: tuple[tuple[str, str], ...] = ()
    by_field: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.found)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.found)

    def at(self, name: str) -> str:
        return self.by_field.get(name, "")


def errors(found: Iterable[tuple[str, str]]) -> Errors:
    each = tuple(found)
    by_field: dict[str, str] = {}
    for name, sentence in each:
        by_field[name] = f"{by_field[name]} {sentence}" if name in by_field else sentence
    by_field.pop("", None)
    return Errors(each, by_field)


def errors_of(refused: Refused, fields: Mapping[str, str]) -> Errors:
    """What the API refused. `fields` are the form's, by the JSON Pointer that each fills; the longest that fits counts.

    What finds no field goes into the summary.
    """
    if refused.status == 412:
        return errors([("", ENGLISH("stale.summary"))])
    listed = refused.problem.get("errors") or []
    if not listed:
        return errors([("", sentence(refused))])
    return errors((_field(str(each.get("pointer", "")), fields), plain(str(each.get("detail", "")))) for each in listed)


def _field(pointer: str, fields: Mapping[str, str]) -> str:
    while pointer:
        if pointer in fields:
            return fields[pointer]
        pointer = pointer.rpartition("/")[0]
    return ""


def sentence(refused: Refused) -> str:
    """What happened and what to do next, without what it says to programs."""
    return plain(str(refused.problem.get("detail") or refused.problem.get("title") or ""))


def plain(text: str) -> str:
    return _FOR_PROGRAMS.sub("", text)
