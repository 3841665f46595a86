"""Does the service of this machine take calls, or could it start?"""

from __future__ import annotations

import http.client
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from event_service.doctor.finding import failure, ok, warning
from event_service.grpc_endpoint import open_plain_channel
from event_service.socket_address import listening_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from event_service.doctor.finding import Finding
    from event_service.settings import Settings

SERVING: Final = health_pb2.HealthCheckResponse.ServingStatus.Name(
    health_pb2.HealthCheckResponse.SERVING
)

_WHAT: Final = "Service"
_PORTS: Final = "Ports"
_READY: Final = 200


@dataclass(frozen=True, slots=True)
class ServiceAddress:
    """Where a running service is reached from this machine: ``host:port`` each."""

    grpc: str
    http: str | None
    pid: int


def check_service(service: ServiceAddress, seconds: float) -> Iterator[Finding]:
    """Findings of a service that runs, asked over gRPC and HTTP."""
    log = "Look at its log: it says which store does not answer, if it is one."
    try:
        status = health_of(service.grpc, seconds)
    except grpc.RpcError as fault:
        status = fault.code().name
    if status != SERVING:
        found = f"process {service.pid} on {service.grpc}: {status}"
        yield failure(_WHAT, found, log)
    else:
        yield ok(_WHAT, f"serving on {service.grpc}, process {service.pid}")
    if service.http is not None:
        told = _readiness(service.http, seconds)
        if told == _READY:
            yield ok("HTTP", f"ready on {service.http}")
        else:
            yield failure("HTTP", f"{service.http}/readyz: {told or 'no answer'}", log)


def check_ports(settings: Settings, *, holder: int | None) -> Iterator[Finding]:
    """Findings of the ports that a service would take; ``holder`` has its data directory."""
    if holder is not None:
        found = f"process {holder or '(unknown)'} has the data directory and does not serve"
        advice = "Wait, if it is only starting or stopping. Else look at its log, and end it."
        yield warning(_WHAT, found, advice)
        return
    ports = {"EVENT_PORT": settings.port, "EVENT_HTTP_PORT": settings.http_port}
    fixed = {name: port for name, port in ports.items() if port > 0}
    if len(set(fixed.values())) < len(fixed):
        found = f"EVENT_PORT and EVENT_HTTP_PORT are both {settings.port}"
        yield failure(_PORTS, found, "Set another EVENT_HTTP_PORT; 0 picks a free port.")
        return
    taken = {name: port for name, port in fixed.items() if not _is_free(settings.host, port)}
    numbers = " and ".join(str(port) for port in (taken or fixed).values())
    if taken:
        advice = f"End what has it (ss -ltnp), or set another {' and '.join(taken)}."
        found = f"not running, and {settings.host} port {numbers} can't be listened on"
        yield failure(_PORTS, found, advice)
    else:
        yield ok(_PORTS, f"no service runs; {numbers or 'any'} can be listened on")


def health_of(address: str, seconds: float, service: str = "") -> str:
    """What is said over gRPC of the health of all, or of one service, such as SERVING.

    Raises grpc.RpcError, with NOT_FOUND for a service that is not there.
    """
    with open_plain_channel(address) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        answer = stub.Check(  # type: ignore[attr-defined]  # the stubs leave it out
            health_pb2.HealthCheckRequest(service=service), timeout=seconds
        )
    return str(health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status))


def _readiness(address: str, seconds: float) -> int | None:
    connection = http.client.HTTPConnection(address, timeout=seconds)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _is_free(host: str, port: int) -> bool:
    try:
        family, address = listening_address(host, port)
        with socket.socket(family) as probe:
            # As the service does: what is left of connections that ended is no hindrance.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError:
        return False
    return True
