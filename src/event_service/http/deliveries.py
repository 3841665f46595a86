"""The HTTP side of webhooks: where monitoring systems post what they have to say."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from starlette.routing import Route

from event_service.admission.presence import start_only_for
from event_service.errors import AuthenticateFailure
from event_service.http.answers import answer
from event_service.http.body import body_of
from event_service.http.metadata import access_key_of, arrival_of
from event_service.http.protocol import gone_of
from event_service.http.versions import spellings
from event_service.manager.delivery import identity_of
from event_service.manager.events import CreateEvent, Sent
from event_service.parsers import slack
from event_service.servicer.event import CREATE
from event_service.servicer.faults import answered
from event_service.under_way import called_by_webhook
from event_service.wire.form_body import without_form
from event_service.wire.json_body import json_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from event_service.admission.presence import Gone
    from event_service.http.body import BodyLimits
    from event_service.http.workers import Workers
    from event_service.manager.events import EventManager, Taken

KEY_IN_PATH: Final = "/monitoring/v1/webhook/{webhook_id}/{access_key}/events"
KEY_IN_HEADER: Final = "/monitoring/v1/webhook/{webhook_id}/events"


class Deliveries:
    """Takes JSON bodies, whatever content type they claim, for an EventManager.

    Also as the ``payload`` of a form, as GitHub sends them unless it is told otherwise.
    """

    def __init__(self, events: EventManager, workers: Workers, limits: BodyLimits) -> None:
        self._events = events
        self._workers = workers
        self._limits = limits

    def routes(self) -> Sequence[Route]:
        """What is to be hosted."""
        return [
            Route(spelling, self.deliver, methods=["POST"])
            for path in (KEY_IN_PATH, KEY_IN_HEADER)
            for spelling in spellings(path)
        ]

    async def deliver(self, request: Request) -> Response:
        """Record a body; ``{}`` once that is done, and to Slack's senders what Slack says then."""
        webhook_id = request.path_params["webhook_id"]
        access_key = request.path_params.get("access_key") or access_key_of(request.headers)
        if not access_key:
            raise AuthenticateFailure("The access key is missing: X-Access-Key, or a Bearer token.")
        gone = gone_of(request)
        with self._workers.place():
            async with body_of(request, self._limits) as body:
                arrival = arrival_of(CREATE, request)
                traceparent = arrival.metadata.get("traceparent", "")
                record = partial(self._record, webhook_id, access_key, body, traceparent, gone)
                taken = await self._workers.run(partial(answered, arrival, record))
        # Alertmanager and Grafana take any other JSON for a failure, and send again.
        return answer(b'{"ok": true}' if taken.source == slack.SOURCE.name else b"{}")

    def _record(
        self, webhook_id: str, access_key: str, body: bytes, traceparent: str, gone: Gone
    ) -> Taken:
        called_by_webhook(webhook_id)
        start_only_for(gone)
        read = partial(_read, body, traceparent)
        return self._events.create(CreateEvent(webhook_id, access_key, read, gone))


def _read(body: bytes, traceparent: str) -> Sent:
    return Sent(json_object(without_form(body)), identity_of(traceparent, body))
