"""Rows that PostgreSQL handed out as JSON, as the domain's frozen values: types follow the annotations."""

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

T = TypeVar("T")


def value(cls: type[T], row: Mapping[str, Any], **given: Any) -> T:
    """`row`'s members that are fields of `cls`, converted; `given` for what is named or shaped otherwise.

    A null for a field that takes none leaves the field's default.
    """
    made = dict(given)
    for name, (convert, nullable) in _converters(cast(Any, cls)).items():
        if name in made or name not in row:
            continue
        raw = row[name]
        if raw is not None:
            made[name] = convert(raw)
        elif nullable:
            made[name] = None
    return cls(**made)


@cache
def _converters(cls: type[Any]) -> dict[str, tuple[Callable[[Any], Any], bool]]:
    hints = typing.get_type_hints(cls)
    return {field.name: _converter(hints[field.name]) for field in dataclasses.fields(cls)}


def _converter(hint: Any) -> tuple[Callable[[Any], Any], bool]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        inner = next(argument for argument in arguments if argument is not type(None))
        return _converter(inner)[0], True
    if origin is tuple:
        each = _converter(arguments[0])[0]
        return (lambda raw: tuple(each(one) for one in raw)), False
    if origin is not None and issubclass(origin, Mapping):
        each = _converter(arguments[1])[0]
        return (lambda raw: {name: each(one) for name, one in raw.items()}), False
    return _plain(hint), False


def _plain(kind: Any) -> Callable[[Any], Any]:
    if kind is datetime:
        return datetime.fromisoformat
    if kind is date:
        return date.fromisoformat
    if kind is Decimal:
        return lambda raw: Decimal(str(raw))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if dataclasses.is_dataclass(kind):
        return lambda raw: value(cast(type[Any], kind), raw)
    return lambda raw: raw
