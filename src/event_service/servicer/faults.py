"""Whatever goes wrong in a call becomes a fault that a caller may see (CONTRACT 1.5).

Both edges, gRPC and HTTP, answer their calls through here, so that the same cause is the same
fault, and the same line of the log, on either.
"""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, TypeVar

import structlog
from pymongo.errors import DocumentTooLarge, ExecutionTimeout

from event_service.errors import (
    DeadlineExceeded,
    ServiceError,
    TooLarge,
    Unavailable,
    Unforeseen,
)
from event_service.store_clients import is_out_of_reach

if TYPE_CHECKING:
    from collections.abc import Callable

_Answer = TypeVar("_Answer")

_log = structlog.get_logger(__name__)

_DOCUMENT_BYTES = 16 * 1024 * 1024


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
    if is_out_of_reach(error):
        return Unavailable("The database does not answer. Nothing was changed; try again.")
    return Unforeseen(secrets.token_hex(8))


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
