"""What the database says against a query, as a fault that its caller may see (CONTRACT 1.5)."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pymongo.errors import ExecutionTimeout, OperationFailure

from event_service.errors import DeadlineExceeded, InvalidParameter, ServiceError, TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator

_REFUSED_CODES = frozenset({2, 9, 14, 16, 31, 52, 168, 292, 51091, 51108, 51075})
"""BadValue, FailedToParse, TypeMismatch and the like: the database can't do what was asked."""
_FIRST_LOCATION_CODE = 10_000

_DOCUMENT_BYTES = 16 * 1024 * 1024
_OVER_A_DOCUMENT = frozenset({10334, 17217, 17419, 17420})
"""BSONObjectTooLarge, of a row or of all values of a distinct."""
_STAGE_BYTES = 100 * 1024 * 1024
_OVER_A_STAGE = 146
"""ExceededMemoryLimit: what one stage gathers, with ``push`` for example."""


def refusal(code: int) -> ServiceError | None:
    """The fault for an error code of the database; None when it is not the query's."""
    if code in _OVER_A_DOCUMENT:
        return TooLarge("bytes of one result in the database", _DOCUMENT_BYTES)
    if code == _OVER_A_STAGE:
        return TooLarge("bytes of one stage in the database", _STAGE_BYTES)
    if code in _REFUSED_CODES or code >= _FIRST_LOCATION_CODE:
        # The text of the database can repeat the whole query, scope and all.
        return InvalidParameter("query", f"the database refuses it (code {code})")
    return None


@contextmanager
def query_faults() -> Iterator[None]:
    """Raises what callers may see instead of what the database says."""
    try:
        yield
    except ExecutionTimeout:
        raise DeadlineExceeded("The query took longer in the database than it may.") from None
    except OperationFailure as error:
        refused = refusal(error.code or 0)
        if refused is None:
            raise
        raise refused from error
