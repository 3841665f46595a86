"""What the database says becomes a fault that a caller may see (CONTRACT 1.5)."""

from __future__ import annotations

import pytest
from pymongo.errors import AutoReconnect, DocumentTooLarge, ExecutionTimeout, PyMongoError

from event_service.errors import (
    DeadlineExceeded,
    ServiceError,
    TooLarge,
    Unavailable,
    Unforeseen,
)
from event_service.servicer.faults import service_error


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (ExecutionTimeout("slow"), DeadlineExceeded),
        (DocumentTooLarge("large"), TooLarge),
        (AutoReconnect("gone"), Unavailable),
        (PyMongoError("any"), Unforeseen),
    ],
)
def test_each_has_its_own(said: PyMongoError, fault: type[ServiceError]) -> None:
    assert type(service_error(said)) is fault
