"""Puts the gRPC side together over the managers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import grpc
from pymongo.errors import PyMongoError

from event_service.admission.answer_room import AnswerRoom
from event_service.admission.places import Places
from event_service.auth.verification import MAX_TOKEN_BYTES
from event_service.servicer import event, health, webhook
from event_service.servicer.connections import connection_options
from event_service.servicer.doors import Doors
from event_service.servicer.edge import Edge
from event_service.servicer.health import HealthMonitor
from event_service.servicer.reflection import add_reflection
from event_service.start_errors import StartError
from event_service.store_clients import REDIS_FAULTS, RedisClient, ping_mongodb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymongo.database import Database

    from event_service.admission.byte_budget import ByteBudget
    from event_service.managers import Managers
    from event_service.servicer.invocation import Invoker
    from event_service.servicer.method import Method
    from event_service.settings import Settings

_HEADROOM_BYTES = 16 * 1024 * 1024
"""How far past the limit a request may go and still get our own answer instead of grpcio's."""
_SLOW_BYTES = 256 * 1024 * 1024
"""What gRPC may hold of requests that take long to come: each as if it were of the largest size."""
_LEAST_SLOW = 8
"""Requests that may take long to come, however large any may be."""
_METADATA_BYTES = 4 * MAX_TOKEN_BYTES
"""gRPC refuses more, without a code: so it is well over what any caller has to send."""
_MOST_UNTAKEN = 3_000
"""Calls that have come and that grpcio has not taken yet, one by one. gRPC ends further ones with
CANCELLED, which no client tries again."""


@dataclass(frozen=True, slots=True)
class GrpcServer:
    """A server that has its port, ``host:port``, and the ways into it."""

    server: grpc.Server
    doors: Doors
    address: str


def build_methods(settings: Settings, managers: Managers) -> Sequence[Method]:
    """The methods that both gRPC and HTTP host."""
    room = AnswerRoom(settings.query_seconds)
    webhooks = webhook.WebhookServicer(managers.tenant_webhooks, settings.webhook_url_prefix)
    return [*event.EventServicer(managers.events, room).methods(), *webhooks.methods()]


def build_health(database: Database[dict[str, Any]], redis: RedisClient) -> HealthMonitor:
    """What tells whether the stores answer, not yet started."""
    return HealthMonitor(
        checks={"mongodb": partial(ping_mongodb, database), "redis": redis.ping},
        # Without Redis the database decides (CONTRACT 4.5): slower, so not all is well, but
        # whoever asks for a service by name may go on using it.
        needs={
            health.OVERALL: ("mongodb", "redis"),
            event.SERVICE: ("mongodb",),
            webhook.SERVICE: ("mongodb",),
        },
        faults=(PyMongoError, *REDIS_FAULTS),
    )


def build_grpc(
    settings: Settings,
    methods: Sequence[Method],
    invoker: Invoker,
    monitor: HealthMonitor,
    budget: ByteBudget,
    *,
    shares_port: bool,
) -> GrpcServer:
    """A server, not yet started, for the methods, health and reflection. Raises StartError."""
    largest = int(settings.max_request_bytes) + _HEADROOM_BYTES
    doors = Doors(
        Places(settings.grpc_threads, settings.waiting_per_thread),
        settings.http_read_seconds,
        max(_LEAST_SLOW, _SLOW_BYTES // largest),
    )
    server = grpc.server(
        doors.deliveries,
        options=(
            ("grpc.max_receive_message_length", largest),
            ("grpc.max_send_message_length", int(settings.max_response_bytes)),
            # One limit of each: between two of them gRPC refuses at random.
            ("grpc.max_metadata_size", _METADATA_BYTES),
            ("grpc.absolute_max_metadata_size", _METADATA_BYTES),
            ("grpc.server.max_pending_requests", _MOST_UNTAKEN),
            ("grpc.server.max_pending_requests_hard_limit", _MOST_UNTAKEN),
            ("grpc.so_reuseport", int(shares_port)),
            *connection_options(settings),
        ),
    )
    limits = settings.max_request_bytes, settings.max_response_bytes
    server.add_generic_rpc_handlers((Edge(methods, invoker, *limits, doors, budget),))
    monitor.add_to(server, doors)
    add_reflection(server, [event.SERVICE, webhook.SERVICE, health.SERVICE], doors)
    try:
        port = server.add_insecure_port(f"{settings.host}:{settings.port}")
    except RuntimeError:
        raise StartError(
            f"{settings.host}:{settings.port} can't be listened on: it is taken, or not of this"
            " machine. Set EVENT_PORT (0 picks a free port) or EVENT_HOST."
        ) from None
    return GrpcServer(server, doors, f"{settings.host}:{port}")
