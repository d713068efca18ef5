"""How a command ends that cannot do what it was asked: a sentence, and no traceback."""

import psycopg
from sqlalchemy.exc import DBAPIError

from app.platform.access.errors import Refusal
from app.platform.db.embedded import Unusable
from app.platform.db.engine import Unreachable

NO_TABLE = ("42P01", "42703")
"""PostgreSQL's codes for a table and a column that are not there."""


class Stopped(Exception):
    """The words say why, and what to do; the command line prints them and ends with exit code 1."""


def sentence(error: BaseException) -> str | None:
    """What to tell an operator; None where it is a fault of ours, whose traceback is wanted."""
    if isinstance(error, Stopped | Unusable):
        return str(error)
    if isinstance(error, Refusal):
        return error.detail
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, psycopg.OperationalError | Unreachable):
        return f"The database cannot be used: {str(cause).strip()}\nStart it, or correct DATABASE_URL."
    if getattr(cause, "sqlstate", None) in NO_TABLE:
        return "The database has no tables of this version yet. Run `cobid migrate`, or start the service once."
    if isinstance(cause, psycopg.errors.InsufficientPrivilege):
        return f"The database refused: {str(cause).strip()}\n`cobid doctor` says which right is missing."
    return None
