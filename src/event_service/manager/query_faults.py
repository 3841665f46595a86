"""What becomes of a query that ends badly: a fault that its caller may see (CONTRACT 1.5 and 6)."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pymongo
from pymongo.errors import ExecutionTimeout, NetworkTimeout, OperationFailure

from event_service.document_size import MOST_DOCUMENT_BYTES
from event_service.errors import DeadlineExceeded, InvalidParameter, ServiceError, TooLarge
from event_service.store_clients import BROKEN_CODES, mongodb_answers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymongo.database import Database

_LEAST_SECONDS = 0.001
"""What the driver tells the database is whole milliseconds, and for it 0 is no limit."""

_REFUSED_CODES = frozenset({2, 9, 14, 16, 31, 52, 168, 292, 51091, 51108, 51075})
"""BadValue, FailedToParse, TypeMismatch and the like: the database can't do what was asked."""
_FIRST_LOCATION_CODE = 10_000
_NOT_OF_THE_QUERY = BROKEN_CODES | {11601, 13388}
"""Interrupted and StaleConfig: somebody ended it, or its data have moved."""

_OVER_A_DOCUMENT = frozenset({10334, 17419, 17420})
"""BSONObjectTooLarge, of a row."""
_STAGE_BYTES = 100 * 1024 * 1024
_OVER_A_STAGE = 146
"""ExceededMemoryLimit: what one stage gathers, with ``push`` for example."""


def refusal(code: int) -> ServiceError | None:
    """The fault for an error code of the database; None when it is not the query's."""
    if code in _NOT_OF_THE_QUERY:
        return None
    if code in _OVER_A_DOCUMENT:
        return TooLarge("bytes of one result in the database", MOST_DOCUMENT_BYTES)
    if code == _OVER_A_STAGE:
        return TooLarge("bytes of one stage in the database", _STAGE_BYTES)
    if code in _REFUSED_CODES or code >= _FIRST_LOCATION_CODE:
        # The text of the database can repeat the whole query, scope and all.
        return InvalidParameter("query", f"the database refuses it (code {code})")
    return None


@contextmanager
def query_faults(database: Database[dict[str, Any]], seconds: float) -> Iterator[None]:
    """Gives the queries inside so much time together, and tells their callers how they end.

    MongoDB is told with each of them what is left, and ends it then. The embedded store goes on;
    for those who wait it is over all the same. Raises DeadlineExceeded, InvalidParameter and
    TooLarge, and ``pymongo.errors.PyMongoError`` for what is no query's fault.
    """
    try:
        with pymongo.timeout(max(_LEAST_SECONDS, _limit(database, seconds))):
            yield
    except ExecutionTimeout:
        raise DeadlineExceeded() from None
    except NetworkTimeout:
        # Of a database that answers others, though not this query.
        if not mongodb_answers(database):
            raise
        raise DeadlineExceeded() from None
    except OperationFailure as error:
        refused = refusal(error.code or 0)
        if refused is None:
            raise
        raise refused from error


def _limit(database: Database[dict[str, Any]], seconds: float) -> float:
    """``seconds``, or as long as a server is waited for at most if none is known to be there."""
    client = database.client
    if client.topology_description.has_readable_server(database.read_preference):
        return seconds
    return min(seconds, client.options.server_selection_timeout)
