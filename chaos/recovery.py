"""How long after a fault the service serves again."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import grpc

from chaos.calls import Call, Kind
from chaos.stand import wait_until
from chaos.transports import GrpcTransport
from event_service.doctor.running_service import SERVING, health_of

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
    wait_until_serving(stand)
    call = Call(number, PROBE_SENDER, Kind.FRESH, hook, f"probe-{number}", f"probe-{number}", "")
    with closing(GrpcTransport(stand.service.grpc_address)) as transport:
        created = wait_until(
            lambda: transport.deliver(call, CREATE_SECONDS) == "OK", "a create succeeds"
        )
    return created - since


def wait_until_serving(stand: Stand) -> None:
    """Wait for a service that has just been started. Raises NoReturn."""
    address = stand.service.grpc_address
    wait_until(lambda: _serving(address), "the service is SERVING")


def _serving(address: str) -> bool:
    try:
        return health_of(address, PROBE_SECONDS) == SERVING
    except grpc.RpcError:
        return False
