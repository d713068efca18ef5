"""What crosses the wire: base schemas that refuse unknown fields, and the types of text, money and quantities."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Annotated, Any

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    StrictInt,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from app.platform.access.money import format_amount, format_quantity, parse_amount, parse_quantity
from app.platform.words import names
from app.platform.words.codes import VerificationLevel

__all__ = [
    "LEFT_OUT",
    "Day",
    "Flag",
    "IdIn",
    "In",
    "Instant",
    "Line",
    "Markdown",
    "MoneyIn",
    "MoneyOut",
    "Name",
    "Out",
    "Patch",
    "Quantity",
    "QuantityOut",
    "Reference",
    "ShortName",
    "Text",
    "Whole",
]


class In(BaseModel):
    """A request body. Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Patch(In):
    """A merge patch (RFC 7396): a field left out stays, null clears. `sent()` is what was sent."""

    def sent(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set}


LEFT_OUT: Any = None
"""The default of a field that a merge patch may leave out but not clear: null is refused there."""


class Out(BaseModel):
    """A response body."""

    # Every field is in every answer, also one with a default: who reads it need not ask whether it is there.
    model_config = ConfigDict(from_attributes=True, defer_build=True, json_schema_serialization_defaults_required=True)


def _email(value: str) -> str:
    """As it is written everywhere else. `.test` is for trying things out (RFC 6761), so it is let through."""
    try:
        return validate_email(value, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as error:
        raise ValueError(f"This is not a mail address that can be written to: {error}") from error


Email = Annotated[
    str,
    StringConstraints(max_length=254),
    AfterValidator(_email),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": 254}),
]
"""A mail address, in lower case."""
Token = Annotated[str, StringConstraints(min_length=10, max_length=200)]


class TokenIn(In):
    """A secret that came by mail."""

    token: Token = Field(examples=["m9bQmXc1aBqW6mF0kqzCwF0k"])


def _nfc(value: Any) -> Any:
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("This must not be empty.")
    return value.strip()


def _one_line(value: str) -> str:
    if any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in value):
        raise ValueError("This is one line of text, without line breaks or control characters.")
    if hidden := next((char for char in value if names.is_hidden(char)), None):
        raise ValueError(f"This holds a character that nobody can see (U+{ord(hidden):04X}). Type it anew without it.")
    return _not_blank(value)


def _no_address(value: str) -> str:
    if found := names.address_in(value):
        raise ValueError(f"This is a name and stands in mails, so it holds no address: leave out “{found[:80]}”.")
    return value


Line = Annotated[str, BeforeValidator(_nfc), StringConstraints(max_length=300), AfterValidator(_one_line)]
"""One line of text, NFC, not empty, at most 300 characters, each of which can be seen."""
Name = Annotated[Line, AfterValidator(_no_address)]
"""The name of a person, an organisation, a bid or a call: a line without an address, since it stands in mails."""
ShortName = Annotated[
    str,
    BeforeValidator(_nfc),
    StringConstraints(max_length=24),
    AfterValidator(_one_line),
    AfterValidator(_no_address),
]
"""What an organisation is called where there is little room: a name of at most 24 characters."""
Reference = Annotated[str, BeforeValidator(_nfc), StringConstraints(max_length=120), AfterValidator(_one_line)]
"""A number or name that a thing has in somebody's own books, and other short lines: at most 120 characters."""
Text = Annotated[str, BeforeValidator(_nfc), StringConstraints(max_length=20_000)]
Markdown = Annotated[str, BeforeValidator(_nfc), StringConstraints(max_length=100_000)]
"""CommonMark with tables; raw HTML is literal text."""

_ID = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
IdIn = Annotated[str, StringConstraints(pattern=_ID, to_lower=True)]
Flag = StrictBool
Whole = StrictInt


def _spelled(value: Any) -> Any:
    """Pydantic takes a number, `"0.5"` too, for seconds since 1970: that is a slip here, and never what is meant."""
    if isinstance(value, datetime) or (isinstance(value, str) and _DATED.match(value)):
        return value
    raise PydanticCustomError("datetime_parsing", "not an instant")


def _instant(value: datetime) -> datetime:
    """In UTC. Years that only a slip or an attack names are refused: they overflow once a time zone is applied."""
    if not 1900 <= value.year <= 9000:
        raise ValueError("This is not a date that can be meant here.")
    return value.astimezone(UTC)


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_spelled),
    AfterValidator(_instant),
    PlainSerializer(lambda v: v.astimezone(UTC).isoformat().replace("+00:00", "Z"), return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""RFC 3339 with its offset; UTC in every answer."""


def _day(value: Any) -> Any:
    """As for an instant: a number is no day."""
    if isinstance(value, date) or (isinstance(value, str) and _DATED.match(value)):
        return value
    raise PydanticCustomError("date_parsing", "not a day")


Day = Annotated[date, BeforeValidator(_day)]
"""A calendar day, such as 2027-03-31."""
_DATED = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _quantity(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError('A quantity is text such as "37.5", never a number.')
    return parse_quantity(value)


Quantity = Annotated[
    Any,
    BeforeValidator(_quantity),
    PlainSerializer(lambda v: None if v is None else format_quantity(v), return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^(0|[1-9][0-9]{0,12})(\.[0-9]{1,4})?$", "examples": ["37.5"]}),
]
QuantityOut = Annotated[
    Any,
    PlainSerializer(lambda v: None if v is None else format_quantity(v), return_type=str | None),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "null"}]}),
]


class ViewerCanOut(Out):
    """Who reads, and what their roles let them do with the thing: operations of this API by their ids."""

    can: list[str] = Field(examples=[["get_opportunity", "update_opportunity"]])


class MoneyIn(In):
    """An exact amount with its currency; `minor` gives pence."""

    amount: Annotated[str, AfterValidator(lambda v: (parse_amount(v), v)[1])] = Field(
        json_schema_extra={"pattern": r"^(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?$"}, examples=["12345.67"]
    )
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = Field("GBP", examples=["GBP"])

    @property
    def minor(self) -> int:
        return parse_amount(self.amount)


class MoneyOut(Out):
    amount: str = Field(examples=["12345.67"])
    currency: str = Field(examples=["GBP"])

    @classmethod
    def of(cls, minor: int, currency: str = "GBP") -> "MoneyOut":
        return cls(amount=format_amount(minor), currency=currency)

    @classmethod
    def maybe(cls, minor: int | None, currency: str = "GBP") -> "MoneyOut | None":
        return None if minor is None else cls.of(minor, currency)


class VerificationOut(Out):
    """How far it was checked who an organisation is, by whom and when."""

    level: VerificationLevel
    by: str | None = None
    at: Instant | None = None
