"""EventManager: what the Event service does (CONTRACT 3, 5 and 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import structlog

from event_service.admission.presence import always_there
from event_service.manager.delivery import Delivery, Outcome, RecordingRules
from event_service.manager.event_bodies import body_id_for
from event_service.manager.event_document import recorded_draft
from event_service.manager.stored_object import stored_object
from event_service.metrics.deliveries import UNREAD, event_done, queued
from event_service.normalise import failure_draft
from event_service.parsers.seam import ParseFailure
from event_service.stored_keys import from_stored
from event_service.understanding import Understood, understand

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from event_service.admission.presence import Gone
    from event_service.caller import Caller
    from event_service.manager.reads import ListResult, Reader, StatResult
    from event_service.manager.recorder import Recorder
    from event_service.manager.request_counts import RequestCounts
    from event_service.manager.webhook import Webhook
    from event_service.manager.webhooks import WebhookManager
    from event_service.plugins.plugins import Plugins
    from event_service.stubs.spaceone.api.core.v2.query_pb2 import Query, StatisticsQuery

    BodyGate: TypeAlias = Callable[[Webhook, Mapping[str, Any]], None]
    """Called with a body whose key was right, before it is read; raises to refuse it."""

_log = structlog.get_logger(__name__)


class Sent(NamedTuple):
    """What a call of a webhook has brought. ``identity`` is that of ``delivery.identity_of``."""

    data: Mapping[str, Any]
    identity: str = ""


class CreateEvent(NamedTuple):
    """One call of a webhook. ``gone`` says whether the answer is still waited for.

    ``read`` reads what it has brought, and is called once: when the key was right (CONTRACT 3.1),
    since to read it takes long. It raises ServiceError for data that can't be taken.
    """

    webhook_id: str
    access_key: str
    read: Callable[[], Sent]
    gone: Gone = always_there

    def __repr__(self) -> str:
        return f"CreateEvent(webhook_id={self.webhook_id!r})"


class Taken(NamedTuple):
    """What a body was read as, and an outcome for each of its events."""

    source: str
    outcomes: tuple[Outcome, ...]


class EventManager:
    """Takes events in and gives them out."""

    def __init__(
        self,
        webhooks: WebhookManager,
        plugins: Plugins,
        recorder: Recorder,
        reader: Reader,
        requests: RequestCounts,
        rules: RecordingRules,
        wake: Callable[[], None],
        clock: Callable[[], datetime],
        gate: BodyGate,
    ) -> None:
        self._webhooks = webhooks
        self._plugins = plugins
        self._recorder = recorder
        self._reader = reader
        self._requests = requests
        self._rules = rules
        self._wake = wake
        self._clock = clock
        self._gate = gate

    def create(self, request: CreateEvent) -> Taken:
        """Record what the body says, in the order of CONTRACT 3.1.

        Raises NotFound, PermissionDenied, WebhookDisabled, CallerGone, TooLarge, what reading the
        data, the gate and a slow plugin raise (QuotaExceeded among it), and Unavailable or
        ``pymongo.errors.PyMongoError`` when the database does not answer: the call may then be
        sent again, and what of it is recorded already will count as a repeat.
        """
        webhook = self._webhooks.authorise(request.webhook_id, request.access_key)
        data, identity = request.read()
        # Between the stores' times: what a gate or a plugin takes is its own.
        self._gate(webhook, data)
        source, understood = self._understand(webhook, data)
        raw_data = stored_object(data)
        delivery = Delivery(
            webhook_id=webhook.webhook_id,
            domain_id=webhook.domain_id,
            workspace_id=webhook.workspace_id,
            project_id=webhook.project_id,
            rules=self._rules_of(webhook),
            raw_data=raw_data,
            at=self._clock(),
            identity=identity,
            body_id=body_id_for(raw_data, len(understood.drafts)),
        )
        outcomes = self._recorder.record(delivery, understood.drafts, request.gone)
        for draft, outcome in zip(understood.drafts, outcomes, strict=True):
            event_done(source, draft.event_type, draft.severity, outcome)
        self._requests.count(webhook.webhook_id, failed=bool(understood.failures))
        self._wake()
        return Taken(source, outcomes)

    def replay(self, document: Mapping[str, Any]) -> Outcome:
        """Deliver a recorded event once more, past Redis (see ``repeats``).

        By the rules of its webhook, if there still is one. Raises as ``create`` does.
        """
        webhook_id = document["webhook_id"]
        webhook = self._webhooks.find(webhook_id)
        # Cloudforet's events have no workspace_id.
        workspace_id = document.get("workspace_id") or (webhook.workspace_id if webhook else "")
        delivery = Delivery(
            webhook_id=webhook_id,
            domain_id=document["domain_id"],
            workspace_id=workspace_id,
            project_id=document["project_id"],
            rules=self._rules_of(webhook),
            raw_data=stored_object(from_stored(document.get("raw_data") or {})),
            at=self._clock(),
        )
        return self._recorder.settle(delivery, recorded_draft(document))

    def get(self, caller: Caller, event_id: str) -> bytes:
        """One event of the caller's scope, as its BSON."""
        return self._reader.get(caller, event_id)

    def list(
        self,
        caller: Caller,
        query: Query,
        parameters: Mapping[str, str],
        seconds_left: float | None,
    ) -> ListResult:
        """Events of the caller's scope."""
        return self._reader.list(caller, query, parameters, seconds_left)

    def stat(
        self, caller: Caller, query: StatisticsQuery | None, seconds_left: float | None
    ) -> StatResult:
        """Statistics of the events of the caller's scope."""
        return self._reader.stat(caller, query, seconds_left)

    def tell_queues(self) -> None:
        """How many calls wait right now, for the metrics."""
        queued("webhook", self._webhooks.waiting)
        queued("create", self._recorder.waiting)
        queued("settle", self._recorder.settling)
        queued("get", self._reader.waiting)

    def _understand(self, webhook: Webhook, data: Mapping[str, Any]) -> tuple[str, Understood]:
        """What a body was read as, and its events (CONTRACT 3.4)."""
        try:
            reading = self._plugins.read(webhook.plugin, webhook.domain_id, data)
        except ParseFailure as failure:
            draft = failure_draft(webhook.webhook_id, webhook.name, failure.reason)
            return UNREAD, Understood((draft,), (failure.reason,))
        understood = understand(reading.results, webhook.webhook_id, webhook.name)
        for note in understood.notes:
            _log.info("event corrected", webhook_id=webhook.webhook_id, note=note)
        return reading.source, understood

    def _rules_of(self, webhook: Webhook | None) -> RecordingRules:
        """What holds for a webhook: ours where it says nothing, or (None) where it is gone."""
        rules = self._rules
        if webhook is None:
            return rules
        return RecordingRules(
            webhook.recording_policy or rules.policy,
            webhook.recovery_mode or rules.recovery,
            webhook.duplicate_window or rules.window_seconds,
        )
