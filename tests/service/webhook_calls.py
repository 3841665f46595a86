"""Calls of the Webhook service over a real channel, by JSON and metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import ParseDict

from event_service.stubs.spaceone.api.monitoring.v1 import webhook_pb2
from event_service.stubs.spaceone.api.monitoring.v1.webhook_pb2_grpc import WebhookStub
from tests.service.running import Answer, Metadata, send_message

if TYPE_CHECKING:
    import grpc
    from google.protobuf.message import Message

REQUESTS: dict[str, type[Message]] = {
    "create": webhook_pb2.CreateWebhookRequest,
    "update": webhook_pb2.UpdateWebhookRequest,
    "update_plugin": webhook_pb2.UpdateWebhookPluginRequest,
    "list": webhook_pb2.WebhookQuery,
    "stat": webhook_pb2.WebhookStatQuery,
} | dict.fromkeys(
    ("verify_plugin", "enable", "disable", "delete", "get"), webhook_pb2.WebhookRequest
)


def call_webhook(channel: grpc.Channel, method: str, metadata: Metadata, **params: Any) -> Answer:
    """Call a method; never raises for a status."""
    request = ParseDict(params, REQUESTS[method]())
    return send_message(WebhookStub(channel), method, request, metadata)
