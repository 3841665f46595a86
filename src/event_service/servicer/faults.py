"""Whatever goes wrong in a call becomes a fault that a caller may see (CONTRACT 1.5).

Both edges, gRPC and HTTP, answer their calls through here, so that the same cause is the same
fault on either, and every call is told of alike (``servicer.call_telemetry``).
"""

from __future__ import annotations

import secrets
from traceback import clear_frames
from typing import TYPE_CHECKING, TypeVar

from pymongo.errors import DocumentTooLarge, ExecutionTimeout

from event_service.document_size import MOST_DOCUMENT_BYTES
from event_service.errors import (
    DeadlineExceeded,
    ServiceError,
    TooLarge,
    Unavailable,
    Unforeseen,
)
from event_service.servicer.call_telemetry import CallTelemetry
from event_service.store_clients import is_out_of_reach

if TYPE_CHECKING:
    from collections.abc import Callable

    from event_service.under_way import Arrival

_Answer = TypeVar("_Answer")


def answered(arrival: Arrival, work: Callable[[], _Answer]) -> _Answer:
    """What ``work`` gives as the answer to a call.

    An exception leaves it as a ServiceError. What is no Exception (the process ends) passes.
    """
    telemetry = CallTelemetry(arrival)
    try:
        answer = work()
    except Exception as error:  # noqa: BLE001  # the edge: whatever it is, it gets an id
        fault = service_error(error)
        telemetry.close(fault, error)
        # A fault holds the frames that it came through, and with them the request. Frames that hold
        # their fault in turn would keep all that until Python looks for such rings: gigabytes.
        clear_frames(error.__traceback__)
        try:
            if fault is error:
                raise
            raise fault from error
        finally:
            del fault
    except BaseException:  # also the end of the process: what was begun for the call is closed
        telemetry.give_up()
        raise
    telemetry.close()
    return answer


def service_error(error: Exception) -> ServiceError:
    """The fault that a caller sees for ``error``."""
    if isinstance(error, ServiceError):
        return error
    if isinstance(error, ExecutionTimeout):
        return DeadlineExceeded()
    if isinstance(error, DocumentTooLarge):
        return TooLarge("bytes of one document", MOST_DOCUMENT_BYTES)
    if is_out_of_reach(error):
        return Unavailable("The database does not answer; try again.")
    return Unforeseen(secrets.token_hex(8))
