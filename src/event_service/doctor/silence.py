"""What is not looked at when a store can't be asked; that it can't is another check's finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pymongo.errors import OperationFailure
from redis.exceptions import ResponseError

from event_service.doctor.finding import skipped
from event_service.start_errors import StoreAddressError
from event_service.store_clients import REDIS_FAULTS, first_clause

if TYPE_CHECKING:
    from pymongo.errors import PyMongoError

    from event_service.doctor.finding import Finding


UNASKED: Final = (*REDIS_FAULTS, StoreAddressError)
"""Why Redis could not be asked: its own faults, or an address that leads nowhere."""


def mongodb_silent(what: str, fault: PyMongoError) -> Finding:
    """Skipped, and why, if MongoDB refuses this question alone."""
    refused = isinstance(fault, OperationFailure) and not fault.timeout
    return skipped(what, first_clause(fault) if refused else "MongoDB does not answer")


def redis_silent(what: str, fault: Exception) -> Finding:
    """Skipped, and why, if Redis refuses this question alone."""
    refused = isinstance(fault, ResponseError)
    return skipped(what, first_clause(fault) if refused else "Redis does not answer")
