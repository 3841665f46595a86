"""Puts the managers together over given stores: the one place that says what depends on what."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from event_service.admission.quotas import Quotas
from event_service.admission.shared_buckets import SharedBuckets
from event_service.dedup.claims import Claims
from event_service.dedup.gate import RedisGate
from event_service.instants import utc_now
from event_service.lane import lanes_for
from event_service.manager.alerts import AlertManager
from event_service.manager.batch_recorder import BatchRecorder
from event_service.manager.delivery import RecordingRules
from event_service.manager.event_log import EventLog
from event_service.manager.events import EventManager
from event_service.manager.execution import Execution
from event_service.manager.flusher import Flusher
from event_service.manager.key_alerts import KeyAlerts
from event_service.manager.key_vault import vault_for
from event_service.manager.orphaned_counts import OrphanedCounts
from event_service.manager.reads import Reader
from event_service.manager.recorder import Recorder
from event_service.manager.repeats import RepeatCounts, RepeatWriter
from event_service.manager.request_counts import RequestCounts
from event_service.manager.settlement import Settlement
from event_service.manager.standing import Standings
from event_service.manager.tenant_webhooks import TenantWebhooks
from event_service.manager.webhook_cache import WebhookCache
from event_service.manager.webhook_changes import WebhookChanges
from event_service.manager.webhooks import WebhookManager
from event_service.plugins.build import build_plugins
from event_service.query.event_fields import EVENT_FIELDS
from event_service.query.limits import QueryLimits
from event_service.query.webhook_fields import WEBHOOK_FIELDS
from event_service.secret_text import text_of
from event_service.sns.fetch import Fetch, fetch_https
from event_service.sns.gate import sns_gate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pymongo.database import Database

    from event_service.manager.webhook import Webhook
    from event_service.parsers.registry import ParserRegistry
    from event_service.plugins.plugins import Plugins
    from event_service.query.fields import FieldSet
    from event_service.settings import Settings
    from event_service.store_clients import RedisClient

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Managers:
    """What the servicers call, and the threads that work behind it."""

    events: EventManager
    webhooks: WebhookManager
    tenant_webhooks: TenantWebhooks
    plugins: Plugins
    flusher: Flusher
    webhook_changes: WebhookChanges

    def start(self) -> None:
        """Start the threads."""
        self.webhook_changes.start()
        self.flusher.start()

    def stop(self) -> None:
        """Write what is counted and end the threads; no call may be under way any longer."""
        self.flusher.stop()
        self.webhook_changes.stop()
        self.plugins.close()


class DatabaseTraits(NamedTuple):
    """What ``take_over_alerts`` and ``sorts_in_memory`` say of a database."""

    taken_over: bool = False
    sorts_in_memory: bool = False


def build_managers(
    settings: Settings,
    database: Database[dict[str, Any]],
    redis: RedisClient,
    parsers: ParserRegistry,
    traits: DatabaseTraits,
    *,
    clock: Clock = utc_now,
    fetch: Fetch = fetch_https,
) -> Managers:
    """The managers of one process on one database.

    The name of the database goes into every Redis key, so that services of several databases can
    share a Redis. ``fetch`` gets what of SNS the settings want fetched.
    """
    wake = threading.Event()
    namespace, gate = f"event-service:{database.name}", RedisGate()
    # A counter that starts knows nothing of the alerts of another service.
    claims = Claims(redis, namespace, gate, numbers_from_1=not traits.taken_over)
    claims.load()
    log = EventLog(database)
    alerts = AlertManager(database["alert"], claims, taken_over=traits.taken_over)
    execution = Execution(log, alerts, claims)
    standings = Standings(log, alerts, KeyAlerts(database["alert"]))
    settlement = Settlement(standings, execution, claims)

    def wake_up() -> None:
        if not wake.is_set():  # to set it again would take its lock, for every call
            wake.set()

    repeats = RepeatCounts(wake_up)
    requests = RequestCounts()
    cache = WebhookCache(settings.webhook_cache_seconds)
    vault = vault_for(text_of(settings.secret_key), keys_are_shown=settings.webhook_show_keys)
    webhooks = WebhookManager(database, redis, cache, vault, settings.store_timeout_seconds)
    plugins = build_plugins(
        parsers,
        settings.plugins,
        settings.plugin_service_endpoint,
        text_of(settings.system_token),
        lanes_for(min(settings.grpc_threads, settings.http_threads)),
    )

    def reader(collection: str, fields: FieldSet) -> Reader:
        return Reader(
            database[collection],
            fields,
            QueryLimits(page_default=settings.page_limit),
            settings.query_seconds,
            settings.max_response_bytes,
            clock,
            sorts_in_memory=traits.sorts_in_memory,
        )

    quotas = Quotas(
        SharedBuckets(redis, namespace, gate), settings.webhook_quota, settings.domain_quota
    )
    sns = sns_gate(fetch, clock, verify=settings.sns_verify, confirm=settings.sns_confirm)

    def body_gate(webhook: Webhook, data: Mapping[str, Any]) -> None:
        # A wrong key must not use up the quota of the webhook's owner: gates open after it.
        quotas.admit(webhook.webhook_id, webhook.domain_id)
        sns(webhook, data)

    events = EventManager(
        webhooks=webhooks,
        plugins=plugins,
        recorder=Recorder(
            BatchRecorder(log, settlement, execution, claims, repeats),
            settlement,
            settings.store_timeout_seconds,
        ),
        reader=reader("event", EVENT_FIELDS),
        requests=requests,
        rules=RecordingRules(
            settings.recording_policy, settings.recovery_mode, settings.duplicate_window_seconds
        ),
        wake=wake_up,
        clock=clock,
        gate=body_gate,
    )
    writer = RepeatWriter(log, alerts, claims, events.replay)
    orphans = OrphanedCounts(claims, database, settings.flush_seconds, clock)
    flusher = Flusher(repeats, writer, requests, database, orphans, wake, settings.flush_seconds)
    return Managers(
        events=events,
        webhooks=webhooks,
        tenant_webhooks=TenantWebhooks(webhooks, plugins, reader("webhook", WEBHOOK_FIELDS), vault),
        plugins=plugins,
        flusher=flusher,
        webhook_changes=WebhookChanges(redis, cache),
    )
