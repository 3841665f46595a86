"""A whole service in the test's process, and clients of it over a real channel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Struct

from event_service.app import Service, build_service
from event_service.plugins.plugin import PluginInfo
from event_service.settings import Settings
from event_service.stubs.spaceone.api.monitoring.v1 import event_pb2, event_pb2_grpc
from tests.clock import onward
from tests.patience import STORE_TIMEOUT_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    from google.protobuf.message import Message
    from pymongo.database import Database

    from event_service.auth.authenticator import Authenticator
    from event_service.managers import Clock
    from event_service.parsers.registry import ParserRegistry

Metadata = Sequence[tuple[str, str]]

_REQUESTS: dict[str, type[Message]] = {
    "create": event_pb2.CreateEventRequest,
    "get": event_pb2.EventRequest,
    "list": event_pb2.EventQuery,
    "stat": event_pb2.EventStatQuery,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a message as JSON, or a status with its details."""

    status: str
    details: str
    body: dict[str, Any]

    @property
    def code(self) -> str:
        """The error code in front of the colon."""
        return self.details.partition(": ")[0]


class Client:
    """Calls the Event service as a client in another language would: by JSON and metadata."""

    def __init__(self, address: str, metadata: Metadata = ()) -> None:
        self.channel = grpc.insecure_channel(
            address,
            options=(
                ("grpc.max_receive_message_length", 256 * 1024 * 1024),
                # A connection of its own, also where another client has one already.
                ("grpc.use_local_subchannel_pool", 1),
            ),
        )
        self.metadata = tuple(metadata)
        self._stub = event_pb2_grpc.EventStub(self.channel)

    def call(self, method: str, params: dict[str, Any], metadata: Metadata | None = None) -> Answer:
        """Call a method of the Event service; never raises for a status."""
        return self.send(method, ParseDict(params, _REQUESTS[method]()), metadata)

    def send(self, method: str, request: Message, metadata: Metadata | None = None) -> Answer:
        """Call a method with a ready message."""
        return send_message(
            self._stub, method, request, self.metadata if metadata is None else metadata
        )

    def create(self, webhook: Webhook, data: dict[str, Any], metadata: Metadata = ()) -> Answer:
        """Deliver a body to a webhook."""
        return self.call(
            "create",
            {"webhook_id": webhook.webhook_id, "access_key": webhook.key, "data": data},
            metadata,
        )


def send_message(stub: object, method: str, request: Message, metadata: Metadata) -> Answer:
    """Call a method of any service; never raises for a status."""
    try:
        answer = getattr(stub, method)(request, metadata=tuple(metadata), timeout=60)
    except grpc.RpcError as error:
        return Answer(error.code().name, error.details() or "", {})
    if isinstance(answer, Struct):
        return Answer("OK", "", MessageToDict(answer))
    return Answer("OK", "", MessageToDict(answer, preserving_proto_field_name=True))


def call_event(channel: grpc.Channel, method: str, metadata: Metadata, **params: Any) -> Answer:
    """Call a method of the Event service over a channel of anybody's."""
    request = ParseDict(params, _REQUESTS[method]())
    return send_message(event_pb2_grpc.EventStub(channel), method, request, metadata)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook of a test, with its key."""

    webhook_id: str
    key: str


@dataclass(frozen=True, slots=True)
class Running:
    """A running service, its database and a client of it."""

    service: Service
    client: Client
    database: Database[dict[str, Any]]

    def webhook(self, name: str = "a webhook", **choices: Any) -> Webhook:
        """A new webhook in domain-1, workspace-1, project-1.

        Of the plugin, ``plugin_id``, ``plugin_options`` and ``metadata`` may be given.
        """
        plugin = PluginInfo(
            plugin_id=choices.pop("plugin_id", ""),
            options=choices.pop("plugin_options", {}),
            metadata=choices.pop("metadata", {}),
        )
        tenant = {
            "domain_id": "domain-1",
            "workspace_id": "workspace-1",
            "project_id": "project-1",
        }
        webhook, key = self.service.webhooks.create(name, **({"plugin": plugin} | tenant | choices))
        return Webhook(webhook.webhook_id, key)

    def events(self) -> list[dict[str, Any]]:
        """What the store holds, oldest first."""
        return list(self.database["event"].find().sort([("created_at", 1), ("_id", 1)]))

    def alerts(self) -> list[dict[str, Any]]:
        """What the store holds, oldest first."""
        return list(self.database["alert"].find().sort([("alert_number", 1)]))


Start = Callable[..., Running]


@contextmanager
def running_service(
    settings: Settings,
    authenticator: Authenticator,
    parsers: ParserRegistry | None = None,
    metadata: Metadata = (),
    clock: Clock = onward,
) -> Iterator[Running]:
    """Start a service on a free port, and stop it at the end."""
    service = build_service(settings, authenticator, parsers, clock)
    service.start()
    client = Client(service.address, metadata)
    try:
        yield Running(service, client, service.database)
    finally:
        client.channel.close()
        service.stop(grace_seconds=5)


def settings_for(mongodb_uri: str, redis_url: str, data_dir: Path, **choices: Any) -> Settings:
    """Settings of a service on given stores and any free ports."""
    given = {
        "mongodb_uri": mongodb_uri,
        "redis_url": redis_url,
        "data_dir": data_dir,
        "port": 0,
        "http_port": 0,
        "store_timeout_seconds": STORE_TIMEOUT_SECONDS,
    }
    return Settings.model_validate(given | choices)
