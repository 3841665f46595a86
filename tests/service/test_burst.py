"""A client that is faster than Python: its calls come sooner than grpcio can hand them over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc

from tests.service.windowless import Windowless

if TYPE_CHECKING:
    from tests.service.running import Start

CALLS = 2_900
UNAUTHENTICATED = grpc.StatusCode.UNAUTHENTICATED.value[0]
RESOURCE_EXHAUSTED = grpc.StatusCode.RESOURCE_EXHAUSTED.value[0]


def test_each_of_many_calls_in_one_write_is_answered_by_us(start: Start) -> None:
    port = int(start().service.address.rpartition(":")[2])
    with Windowless(port) as client:
        get = "/spaceone.api.monitoring.v1.Event/get"
        client.ask(get, b"")  # by then it has confirmed the server's settings
        ended = client.statuses(get, CALLS)
    assert ended.total() == CALLS
    assert set(ended) <= {UNAUTHENTICATED, RESOURCE_EXHAUSTED}
