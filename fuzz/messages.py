"""Target of the decoder: the bytes of any request, through its servicer, and out again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import bson
from bson.raw_bson import RawBSONDocument
from google.protobuf.message import DecodeError
from google.protobuf.struct_pb2 import Struct

from event_service.admission.answer_room import AnswerRoom
from event_service.document_decoding import decoded
from event_service.draft import EventDraft, EventType, Severity
from event_service.errors import RequiredParameter
from event_service.manager.candidate import candidate_of
from event_service.manager.delivery import Delivery, RecordingRules
from event_service.manager.tenant_webhooks import ShownWebhook, WebhookPage
from event_service.manager.webhook_document import plugin_document
from event_service.policies import RecordingPolicy, RecoveryMode
from event_service.query.event_fields import EVENT_FIELDS
from event_service.query.webhook_fields import WEBHOOK_FIELDS
from event_service.servicer.call import Call
from event_service.servicer.event import EventServicer
from event_service.servicer.webhook import WebhookServicer
from event_service.stored_keys import to_stored
from event_service.stubs.event_service.delivery.calls_pb2 import CreateEventRequest
from event_service.stubs.spaceone.api.monitoring.v1.event_pb2 import EventInfo
from event_service.wire.encoded import content_of
from event_service.wire.event_message import encoded_event
from event_service.wire.json_message import json_of
from event_service.wire.struct import rewritten
from fuzz.asked import CALLERS, NOW, listening_reader
from fuzz.refusals import refused_well
from fuzz.stored import check_kept, check_short_ways

if TYPE_CHECKING:
    from collections.abc import Mapping

    from event_service.caller import Caller
    from event_service.manager.events import CreateEvent, EventManager
    from event_service.manager.reads import ListResult, Reader, StatResult
    from event_service.manager.tenant_webhooks import (
        NewWebhook,
        PluginChange,
        TenantWebhooks,
    )
    from event_service.servicer.method import Method


def message_bytes(data: bytes) -> None:
    """The first byte chooses the method, the second the caller, the others are the request."""
    if len(data) < 2:  # noqa: PLR2004 - the two bytes
        return
    method = _METHODS[data[0] % len(_METHODS)]
    try:
        request = method.request.FromString(data[2:])
    except DecodeError:
        return
    call = Call(CALLERS[data[1] % len(CALLERS)], {}, lambda: None)
    with refused_well():
        if isinstance(request, CreateEventRequest):
            check_short_ways(Struct.FromString(rewritten(b"".join(request.data))))
        answer = method.run(request, call)
        content_of(answer)
        json_of(answer)


class _Events:
    """What the Event service does, but for keeping anything."""

    def __init__(self) -> None:
        self._reader, _ = listening_reader(EVENT_FIELDS)

    def create(self, request: CreateEvent) -> tuple[()]:
        raw_data = check_kept(request.read().data)
        document = candidate_of(_delivery(raw_data), _DRAFT).document()
        info = EventInfo.FromString(encoded_event(bson.encode(document)))
        assert EventInfo.FromString(info.SerializeToString()) == info
        return ()

    def get(self, caller: Caller, event_id: str) -> bytes:
        return self._reader.get(caller, event_id)

    def list(
        self, caller: Caller, query: Any, parameters: Mapping[str, str], seconds: float | None
    ) -> ListResult:
        return self._reader.list(caller, query, parameters, seconds)

    def stat(self, caller: Caller, query: Any, seconds: float | None) -> StatResult:
        return self._reader.stat(caller, query, seconds)


class _Webhooks:
    """What the Webhook service does, but for keeping anything."""

    def __init__(self) -> None:
        self._reader: Reader
        self._reader, _ = listening_reader(WEBHOOK_FIELDS)

    def create(self, caller: Caller, new: NewWebhook) -> ShownWebhook:
        check_kept(new.tags)
        check_kept(new.plugin.options)
        return _shown(
            {
                "webhook_id": "webhook-1",
                "name": new.name,
                "domain_id": caller.scope.domain_id,
                "project_id": new.project_id,
                "tags": to_stored(new.tags),
                "plugin_info": plugin_document(new.plugin),
            }
        )

    def update(
        self, _: Caller, webhook_id: str, name: str | None, tags: Mapping[str, Any] | None
    ) -> ShownWebhook:
        return _shown({"webhook_id": webhook_id, "name": name, "tags": to_stored(tags or {})})

    def update_plugin(self, _: Caller, webhook_id: str, change: PluginChange) -> ShownWebhook:
        check_kept(change.options or {})
        return _shown({"webhook_id": webhook_id, "plugin_info": {"version": change.version}})

    def verify_plugin(self, caller: Caller, webhook_id: str) -> None:
        self._reader.get(caller, webhook_id)

    def enable(self, caller: Caller, webhook_id: str) -> ShownWebhook:
        return self.get(caller, webhook_id)

    def disable(self, caller: Caller, webhook_id: str) -> ShownWebhook:
        return self.get(caller, webhook_id)

    def delete(self, caller: Caller, webhook_id: str) -> None:
        self._reader.get(caller, webhook_id)

    def get(self, caller: Caller, webhook_id: str) -> ShownWebhook:
        return ShownWebhook(decoded(self._reader.get(caller, webhook_id)))

    def list(
        self, caller: Caller, query: Any, parameters: Mapping[str, str], seconds: float | None
    ) -> WebhookPage:
        page = self._reader.list(caller, query, parameters, seconds)
        return WebhookPage(
            [ShownWebhook(decoded(found)) for found in page.documents], page.total_count
        )

    def stat(self, caller: Caller, query: Any, seconds: float | None) -> StatResult:
        return self._reader.stat(caller, query, seconds)


def _shown(document: dict[str, Any]) -> ShownWebhook:
    if not document["webhook_id"]:
        raise RequiredParameter("webhook_id")
    return ShownWebhook(bson.decode(bson.encode(document)), "key")


def _delivery(raw_data: Mapping[str, Any]) -> Delivery:
    return Delivery(
        webhook_id="webhook-1",
        domain_id="domain-1",
        workspace_id="workspace-1",
        project_id="project-1",
        rules=RecordingRules(RecordingPolicy.ALL, RecoveryMode.AUTO, window_seconds=600),
        raw_data=RawBSONDocument(bson.encode(raw_data)),
        at=NOW,
    )


_DRAFT = EventDraft(
    "key", EventType.ALERT, "a title", Severity.ERROR, occurred_at=datetime(2024, 3, 1)  # noqa: DTZ001
)  # fmt: skip
_METHODS: tuple[Method, ...] = (
    *EventServicer(cast("EventManager", _Events()), AnswerRoom(30.0)).methods(),
    *WebhookServicer(cast("TenantWebhooks", _Webhooks()), "https://events.example.com").methods(),
)
