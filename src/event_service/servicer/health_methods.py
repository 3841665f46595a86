"""The methods of ``grpc.health.v1``, hosted so that no other call can silence them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import grpc
from google.protobuf.message import DecodeError
from grpc_health.v1 import health
from grpc_health.v1.health_pb2 import (  # type: ignore[attr-defined]  # the list is new
    HealthCheckRequest,
    HealthCheckResponse,
    HealthListResponse,
)

from event_service.errors import InvalidArgument, NotFound, ServiceError, TooLarge
from event_service.servicer.doors import MOST_ASIDE_BYTES, in_pool

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from event_service.admission.bounded_pool import BoundedPool
    from event_service.servicer.doors import Door, Doors, Handler
    from event_service.servicer.health_watches import HealthWatches, Send
    from event_service.servicer.slow_clients import SlowClients


def health_door(watches: HealthWatches, doors: Doors) -> Door:
    """Check, List and Watch, by a door of their own. Who watches holds none of its threads.

    Not grpcio's own servicer, which sends under a lock that all who watch share.
    """
    slow_clients = doors.slow_clients_aside

    def check(requests: Iterator[bytes], context: grpc.ServicerContext) -> HealthCheckResponse:
        service = _request(slow_clients, requests, context).service
        status = watches.status(service)
        if status is None:
            fault = NotFound("service", service)
            context.abort(fault.status, fault.details)
        return HealthCheckResponse(status=status)

    def list_all(_: Iterator[bytes], __: grpc.ServicerContext) -> HealthListResponse:
        # What is asked has nothing in it, so it isn't waited for.
        return HealthListResponse(
            statuses={
                service: HealthCheckResponse(status=status)
                for service, status in watches.statuses().items()
            }
        )

    def watch(requests: Iterator[bytes], context: grpc.ServicerContext, send: Send) -> None:
        service = _request(slow_clients, requests, context).service
        try:
            watches.follow(service, context, send)
        except ServiceError as fault:
            context.abort(fault.status, fault.details)

    # grpcio then hands out the means to answer, instead of a thread that waits for answers.
    watch.experimental_non_blocking = True  # type: ignore[attr-defined]
    serialise = HealthCheckResponse.SerializeToString

    def handlers(pool: BoundedPool) -> Mapping[str, Handler]:
        return {
            f"/{health.SERVICE_NAME}/Check": grpc.stream_unary_rpc_method_handler(
                in_pool(pool, check), response_serializer=serialise
            ),
            f"/{health.SERVICE_NAME}/List": grpc.stream_unary_rpc_method_handler(
                in_pool(pool, list_all),
                response_serializer=HealthListResponse.SerializeToString,
            ),
            f"/{health.SERVICE_NAME}/Watch": grpc.stream_stream_rpc_method_handler(
                cast("Any", in_pool(pool, watch)), response_serializer=serialise
            ),
        }

    return doors.aside("health", handlers)


def _request(
    slow_clients: SlowClients, requests: Iterator[bytes], context: grpc.ServicerContext
) -> HealthCheckRequest:
    try:
        body = slow_clients.only(requests, context)
        if len(body) > MOST_ASIDE_BYTES:
            raise TooLarge("bytes of one request", MOST_ASIDE_BYTES)
        return HealthCheckRequest.FromString(body)
    except DecodeError:
        fault: ServiceError = InvalidArgument("The request is no valid HealthCheckRequest.")
    except ServiceError as error:
        fault = error
    return context.abort(fault.status, fault.details)
