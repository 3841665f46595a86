"""The two stores: how long they took, what failed, whether they answer."""

from __future__ import annotations

from typing import Final

from event_service.metrics.instruments import STORE_FAILURES, STORE_SECONDS, STORE_UP, Children
from event_service.metrics.names import OPERATIONS, known
from event_service.metrics.tally import TALLY


def store_answered(store: str, operation: str, seconds: float) -> None:
    """A round trip to mongodb or redis was answered after so long."""
    TALLY.observe(_seconds[store, known(operation, OPERATIONS[store])], seconds)


def store_failed(store: str, operation: str) -> None:
    """A round trip to mongodb or redis was not answered, or with an error of the store."""
    TALLY.count(_failures[store, known(operation, OPERATIONS[store])])


def store_up(store: str, *, up: bool) -> None:
    """Whether the store answers."""
    STORE_UP.labels(store).set(int(up))


_seconds: Final = Children(lambda key: STORE_SECONDS.labels(*key))
_failures: Final = Children(
    lambda key: STORE_FAILURES.labels(*key),
    [(store, operation) for store, operations in OPERATIONS.items() for operation in operations],
)
