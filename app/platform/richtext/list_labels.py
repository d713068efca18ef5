"""What stands before the items of an ordered list: numbers, letters or Roman numbers, as browsers write them.

An editor keeps the form of a list in `orderedList.type`, as HTML does: 1, a, A, i or I.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal, cast

Form = Literal["1", "a", "A", "i", "I"]

_ROMAN: Final = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_LAST_ROMAN: Final = 3999


def form_of(attrs: Mapping[str, Any]) -> Form:
    """The form of a list with these attributes. What no browser knows counts by numbers, as browsers do."""
    found = attrs.get("type")
    return cast(Form, found) if found in ("a", "A", "i", "I") else "1"


def start_of(attrs: Mapping[str, Any]) -> int:
    """The number of the first item. An editor may begin at nought."""
    start = attrs.get("start")
    return 1 if start is None else max(0, int(start))


def label(form: Form, number: int) -> str:
    """'3.', 'c.', 'C.', 'iii.' or 'III.'. A number that has no letter or Roman form stays a number."""
    if form in ("a", "A") and number > 0:
        found = _letters(number)
    elif form in ("i", "I") and 0 < number <= _LAST_ROMAN:
        found = _roman(number)
    else:
        return f"{number}."
    return f"{found.upper() if form.isupper() else found}."


def standard(form: Form, first: int, last: int) -> bool:
    """Whether word processors write these numbers by themselves as browsers do. Word writes 'aa, bb' after z."""
    return form == "1" or (first > 0 and last <= (26 if form in ("a", "A") else _LAST_ROMAN))


def _letters(number: int) -> str:
    """A to z, then aa, ab and so on."""
    found = ""
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(ord("a") + rest) + found
    return found


def _roman(number: int) -> str:
    found = ""
    for value, letters in _ROMAN:
        times, number = divmod(number, value)
        found += letters * times
    return found
