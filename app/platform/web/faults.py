"""What a fault of the database means for who asked: somebody else is at work, the database is away, or a fault of ours."""

import asyncpg
import structlog
from sqlalchemy.exc import InterfaceError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.platform.access.errors import Refusal
from app.platform.db.engine import Unreachable
from app.platform.web.problems import ServiceUnavailable

log = structlog.get_logger("cobid.web")
_GONE = (Unreachable, OperationalError, InterfaceError, PoolTimeout, asyncpg.InterfaceError)
"""What the driver says of a connection that is no more."""
_BUSY = ("55P03", "40P01", "40001")
"""A lock that did not come in time, a deadlock, two transactions that exclude each other."""


def unavailable(error: Exception, operation: str) -> Refusal | None:
    """The refusal that tells the client to try again; None where the fault is ours."""
    cause = error.orig if isinstance(error, StatementError) else error
    said = getattr(cause, "__cause__", None) or cause
    state = str(getattr(cause, "sqlstate", None) or "")
    if state in _BUSY:
        return ServiceUnavailable("Somebody else is at work on this just now.", retry_after=1)
    if isinstance(said, asyncpg.DataError):
        return None  # the driver counts it among those of the connection, but it is a value that does not fit
    if isinstance(error, _GONE) or isinstance(said, asyncpg.InternalClientError) or state.startswith(("08", "57P")):
        log.error("database-unavailable", operation=operation, error=type(said).__name__)
        return ServiceUnavailable(retry_after=2)
    return None
