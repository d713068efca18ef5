"""The declarative base: naming convention, column kinds, and the mix-ins that aggregates share.

There are no ORM relationships, on purpose: every load is a query that says what it loads, so an N+1 can't hide.
"""

from datetime import datetime
from typing import Annotated, Any

import uuid_utils
from sqlalchemy import BigInteger, DateTime, ForeignKey, Integer, LargeBinary, MetaData, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.platform.access.ids import Id


def new_id() -> Id:
    """A UUIDv7 as a string: ordered by time, made by the application, no secret."""
    return str(uuid_utils.uuid7())


Instant = DateTime(timezone=True)
IdType = Uuid(as_uuid=False)

Key = Annotated[str, mapped_column(IdType, primary_key=True, default=new_id)]
Created = Annotated[datetime, mapped_column(Instant, server_default=func.clock_timestamp())]
Json = Annotated[dict[str, Any], mapped_column(JSONB, server_default=text("'{}'::jsonb"), default=dict)]
JsonList = Annotated[list[Any], mapped_column(JSONB, server_default=text("'[]'::jsonb"), default=list)]
Ids = Annotated[list[str], mapped_column(ARRAY(IdType), server_default=text("'{}'::uuid[]"), default=list)]
Texts = Annotated[list[str], mapped_column(ARRAY(Text), server_default=text("'{}'::text[]"), default=list)]


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Text, datetime: Instant, bytes: LargeBinary, int: BigInteger, dict[str, Any]: JSONB}


NOT_IN_PERSONAL_FILE = {"personal_file": False}
"""`info` of a column that is left out of a person's file of personal data, because others wrote what it holds.

On a column that names a person: none of its rows go into that file, because they are secrets, or are in it otherwise.
"""


def ref(
    target: str,
    *,
    nullable: bool = False,
    index: bool = True,
    ondelete: str | None = None,
    info: dict[str, Any] | None = None,
) -> Any:
    """A foreign key column to `table.column`."""
    return mapped_column(IdType, ForeignKey(target, ondelete=ondelete), nullable=nullable, index=index, info=info)


class Versioned:
    """What can change has a version; the ETag is made of it. Raised by the service that changes the row."""

    version: Mapped[int] = mapped_column(Integer, server_default="1", default=1)
    created_at: Mapped[Created]


class Logged(Versioned):
    """An aggregate with its own event log: the head of its hash chain. Never shown to anybody."""

    event_seq: Mapped[int] = mapped_column(BigInteger, server_default="0", default=0)
    chain_hash: Mapped[bytes] = mapped_column(LargeBinary, server_default=text("'\\x'::bytea"), default=b"")
