"""Whatever goes wrong in a call becomes a fault that a caller may see (CONTRACT 1.5).

Both edges, gRPC and HTTP, answer their calls through here, so that the same cause is the same
fault, and the same line of the log, on either.
"""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, TypeVar

import structlog
from pymongo.errors import (
    ConnectionFailure,
    DocumentTooLarge,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WaitQueueTimeoutError,
    WTimeoutError,
)

from event_service.errors import (
    DeadlineExceeded,
    ServiceError,
    TooLarge,
    Unavailable,
    Unforeseen,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_Answer = TypeVar("_Answer")

_log = structlog.get_logger(__name__)

_DOCUMENT_BYTES = 16 * 1024 * 1024

_INTERNAL_ERROR, _OUT_OF_DISK_SPACE = 1, 14031
_STORE_FAULTS = frozenset({_INTERNAL_ERROR, _OUT_OF_DISK_SPACE})
"""What MongoDB answers when it is broken itself. The embedded store has only the first for a full
disk."""


def answered(name: str, work: Callable[[], _Answer]) -> _Answer:
    """What ``work`` gives, logged as a call of ``name``. Raises nothing but ServiceError."""
    began = time.perf_counter()
    try:
        answer = work()
    except Exception as error:  # the edge: whatever it is, it gets an id
        fault = service_error(error)
        _log_call(name, began, fault, error)
        if fault is error:
            raise
        raise fault from error
    _log_call(name, began, None)
    return answer


def service_error(error: Exception) -> ServiceError:
    """The fault that a caller sees for ``error``."""
    if isinstance(error, ServiceError):
        return error
    if isinstance(error, ExecutionTimeout):
        return DeadlineExceeded("The query took longer in the database than it may.")
    if isinstance(error, DocumentTooLarge):
        return TooLarge("bytes of one document", _DOCUMENT_BYTES)
    if isinstance(error, ConnectionFailure | WTimeoutError | WaitQueueTimeoutError) or (
        isinstance(error, PyMongoError) and error.timeout
    ):
        return Unavailable("The database does not answer. Nothing was changed; try again.")
    if isinstance(error, OperationFailure) and not _STORE_FAULTS.isdisjoint(_codes(error)):
        return Unavailable("The database can't do its work. Nothing was changed; try again.")
    return Unforeseen(secrets.token_hex(8))


def _codes(error: OperationFailure) -> set[object]:
    """What the database says is wrong: with the whole command, or with each write of many."""
    details = error.details or {}
    faults = [*details.get("writeErrors", ()), *details.get("writeConcernErrors", ())]
    return {error.code} | {fault.get("code") for fault in faults}


def _log_call(
    name: str, began: float, fault: ServiceError | None, error: Exception | None = None
) -> None:
    seconds = round(time.perf_counter() - began, 6)
    if fault is None:
        _log.debug("call", method=name, seconds=seconds, code="OK")
    elif isinstance(fault, Unforeseen):
        _log.error(
            "call", method=name, seconds=seconds, code=fault.code, fault_id=fault.fault_id,
            exc_info=error,
        )  # fmt: skip
    else:
        cause = type(error).__name__
        _log.info("call", method=name, seconds=seconds, code=fault.code, cause=cause)
