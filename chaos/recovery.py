"""How long after a fault the service serves again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from chaos.calls import Call, Kind
from chaos.stand import wait_until
from chaos.transports import CHANNEL_OPTIONS, GrpcTransport

if TYPE_CHECKING:
    from chaos.calls import Hook
    from chaos.stand import Stand

PROBE_SECONDS = 1.0
CREATE_SECONDS = 10.0
PROBE_SENDER = -1


def seconds_to_recover(stand: Stand, hook: Hook, number: int, since: float) -> float:
    """From ``since`` until the service's health is SERVING, of the whole, and a create succeeds.

    ``number`` is no other probe's. Raises NoReturn.
    """
    address = stand.service.grpc_address
    wait_until(lambda: _serving(address), "the service is SERVING")
    call = Call(number, PROBE_SENDER, Kind.FRESH, hook, f"probe-{number}", f"probe-{number}", "")
    transport = GrpcTransport(address)
    try:
        created = wait_until(
            lambda: transport.deliver(call, CREATE_SECONDS) == "OK", "a create succeeds"
        )
    finally:
        transport.close()
    return created - since


def wait_until_serving(stand: Stand) -> None:
    """Wait for a service that has just been started. Raises NoReturn."""
    address = stand.service.grpc_address
    wait_until(lambda: _serving(address), "the service is SERVING")


def _serving(address: str) -> bool:
    # A new channel each time: one that could not connect waits before it tries again.
    with grpc.insecure_channel(address, options=CHANNEL_OPTIONS) as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        try:
            answer = stub.Check(health_pb2.HealthCheckRequest(service=""), timeout=PROBE_SECONDS)
        except grpc.RpcError:
            return False
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)
