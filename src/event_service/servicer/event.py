"""``spaceone.api.monitoring.v1.Event``: message in, message out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.empty_pb2 import Empty

from event_service.auth.access import EVENT_READ
from event_service.errors import RequiredParameter
from event_service.manager.delivery import identity_of
from event_service.manager.events import CreateEvent, EventManager, Sent
from event_service.servicer.method import Method
from event_service.stubs.event_service.delivery import calls_pb2
from event_service.stubs.spaceone.api.monitoring.v1 import event_pb2
from event_service.under_way import called_by_webhook
from event_service.wire.event_messages import EventMessages
from event_service.wire.statistic_message import statistic_struct
from event_service.wire.struct import read_body, rewritten

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.struct_pb2 import Struct

    from event_service.admission.answer_room import AnswerRoom
    from event_service.servicer.call import Call
    from event_service.wire.encoded import Encoded

SERVICE = event_pb2.DESCRIPTOR.services_by_name["Event"].full_name

CREATE = f"/{SERVICE}/create"
"""What a delivery is a call of, whatever carried it here."""


class EventServicer:
    """The four methods, on an EventManager."""

    def __init__(self, events: EventManager, room: AnswerRoom) -> None:
        self._events = events
        self._room = room
        self._messages = EventMessages()

    def methods(self) -> Iterable[Method]:
        """What is to be hosted."""
        return (
            Method(SERVICE, "create", calls_pb2.CreateEventRequest, None, self.create),
            Method(SERVICE, "get", event_pb2.EventRequest, EVENT_READ, self.get),
            Method(SERVICE, "list", event_pb2.EventQuery, EVENT_READ, self.list),
            Method(SERVICE, "stat", event_pb2.EventStatQuery, EVENT_READ, self.stat),
        )

    def create(self, request: calls_pb2.CreateEventRequest, call: Call) -> Empty:
        """Take in what a monitoring system sent to a webhook."""
        for key in ("webhook_id", "access_key"):
            if not getattr(request, key):
                raise RequiredParameter(key)
        if not request.data:
            raise RequiredParameter("data")
        called_by_webhook(request.webhook_id)
        event = CreateEvent(
            webhook_id=request.webhook_id,
            access_key=request.access_key,
            read=_Unread(b"".join(request.data), call.metadata.get("traceparent", "")),
            gone=call.gone,
        )
        del request  # large; not to wait for the stores with it
        self._events.create(event)
        return Empty()

    def get(self, request: event_pb2.EventRequest, call: Call) -> Encoded[event_pb2.EventInfo]:
        """One event."""
        return self._messages.one(self._events.get(call.known_caller, request.event_id))

    def list(self, request: event_pb2.EventQuery, call: Call) -> Encoded[event_pb2.EventsInfo]:
        """Events that match."""
        query = request.query
        fields = ((field.name, value) for field, value in request.ListFields())
        parameters = {name: value for name, value in fields if name != "query"}
        # What says how large a list becomes, but for whose events they are; its names may be long.
        kind = hash((query.minimal, query.count_only, *query.only, query.page.limit))
        with self._room.share(kind, call.time_remaining()) as took:
            page = self._events.list(call.known_caller, query, parameters, call.time_remaining())
            took(sum(map(len, page.documents)))
            return self._messages.page(page.documents, page.total_count)

    def stat(self, request: event_pb2.EventStatQuery, call: Call) -> Encoded[Struct]:
        """Statistics over events."""
        statistic = self._events.stat(
            call.known_caller,
            request.query if request.HasField("query") else None,
            call.time_remaining(),
        )
        return statistic_struct(statistic.results, statistic.total_count)


class _Unread:
    """A body that is read when it is called for, and then let go of."""

    __slots__ = ("_struct", "_traceparent")

    def __init__(self, struct: bytes, traceparent: str) -> None:
        self._struct = struct
        self._traceparent = traceparent

    def __call__(self) -> Sent:
        # Else the order of an object's members may be another for each copy of a call.
        body = rewritten(self._struct)
        self._struct = b""
        return Sent(read_body(body), identity_of(self._traceparent, body))
