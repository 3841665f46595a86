"""The model and running services side by side: what is done to the one is done to the others."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from event_service.instants import utc_now
from tests.service.dedup_model import Body, Call, Hook, Model, Tenant
from tests.service.dedup_steps import (
    Choice,
    Deliver,
    EmptyRedis,
    Pass,
    Resend,
    Step,
    Switch,
    User,
    WriteCounts,
)
from tests.service.dedup_stored import (
    DOMAINS,
    Stored,
    agree,
    expected_alert,
    expected_event,
    place,
)
from tests.service.running import Running, Webhook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from event_service.auth.local import LocalKeyPair
    from event_service.store_clients import RedisClient

_WINDOW = timedelta(seconds=600)
_WHOSE = (  # those of one project share their keys
    *(("domain-1", "project-1"), ("domain-1", "project-1")),
    *(("domain-1", "project-2"), ("domain-2", "project-1")),
)
_USERS = {
    "resolve": {"state": "RESOLVED"},
    "acknowledge": {"state": "ACKNOWLEDGED"},
    "describe": {"description": "a user's"},
}


class Hours:
    """A clock that stands, and goes on when it is told."""

    def __init__(self) -> None:
        now = utc_now()
        self.now = now.replace(microsecond=now.microsecond // 1000 * 1000)

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, by: timedelta) -> None:
        self.now += by


class _Sent(NamedTuple):
    call: Call
    hook: int
    span: tuple[str, str]


class World:
    """Processes on one database and one Redis, and the model; in a workspace of its own."""

    def __init__(
        self,
        processes: Sequence[Running],
        redis: RedisClient,
        keys: LocalKeyPair,
        clock: Hours,
        choices: Sequence[Choice],
    ) -> None:
        self._processes = processes
        self._redis = redis
        self._clock = clock
        self._model = Model()
        self._hooks: list[Hook] = []
        self._webhooks: list[Webhook] = []
        self._sent: list[_Sent] = []
        workspace = f"workspace-{uuid.uuid4().hex[:12]}"
        for (domain, project), (policy, recovery) in zip(_WHOSE, choices, strict=True):
            hook = Hook(
                f"hook {len(self._hooks)}",
                Tenant(domain, workspace, project),
                policy,
                recovery,
                _WINDOW,
            )
            choice = {"recording_policy": policy, "recovery_mode": recovery}
            self._hooks.append(hook)
            self._webhooks.append(
                processes[0].webhook(hook.name, **hook.tenant._asdict(), **choice)
            )
        names = {
            webhook.webhook_id: hook.name
            for webhook, hook in zip(self._webhooks, self._hooks, strict=True)
        }
        self._stored = Stored(processes[0], keys, workspace, names)

    def take(self, step: Step) -> None:
        """Do that, a moment after what was done before."""
        self._clock.go_on(timedelta(milliseconds=10))
        match step:
            case Deliver(hook, data, process):
                self._deliver(hook, data, process)
            case Resend(back, process):
                self._resend(back, process)
            case EmptyRedis():
                self._redis.flushdb()
            case WriteCounts():
                self._write_counts()
            case Pass(seconds):
                self._pass(seconds)
            case User(alert, change):
                self._change(alert, change)
            case Switch(hook, how):
                self._switch(hook, how)

    def check(self) -> None:
        """Everything that is stored is what the model says."""
        self._write_counts()
        alerts = self._stored.alerts()
        places = {alert["alert_id"]: where for where, alert in alerts.items()}
        agree(
            [(where, self._stored.alert_row(alert)) for where, alert in alerts.items()],
            [(place(alert), expected_alert(alert)) for alert in self._model.alerts],
        )
        agree(
            [
                (places[event["alert_id"]], self._stored.event_row(event))
                for event in self._stored.events()
            ],
            [(place(event.alert), expected_event(event)) for event in self._model.events],
        )
        for domain in DOMAINS:
            numbers = [one["alert_number"] for one in alerts.values() if one["domain_id"] == domain]
            assert len(set(numbers)) == len(numbers)
            assert min(numbers, default=1) == 1
        for hook, webhook in zip(self._hooks, self._webhooks, strict=True):
            requests = self._processes[0].service.webhooks.get(webhook.webhook_id).requests
            assert (requests.total, requests.error) == (hook.total, hook.error)

    def _deliver(self, number: int, data: Body, process: int) -> None:
        span = ("traceparent", f"00-{uuid.uuid4().hex}-00f067aa0ba902b7-01")
        if self._taken(number, data, process, span):
            call = self._model.deliver(self._hooks[number], data, self._clock.now)
            self._sent.append(_Sent(call, number, span))

    def _resend(self, back: int, process: int) -> None:
        if self._sent:
            call, number, span = self._sent[-1 - back % len(self._sent)]
            if self._taken(number, call.data, process, span):
                self._model.deliver_again(call, self._clock.now)

    def _taken(self, number: int, data: Body, process: int, span: tuple[str, str]) -> bool:
        answer = self._processes[process].client.create(self._webhooks[number], data, [span])
        enabled = self._hooks[number].enabled
        assert answer.code == ("" if enabled else "ERROR_WEBHOOK_STATE_DISABLED"), answer
        return enabled

    def _write_counts(self) -> None:
        for running in self._processes:
            assert running.service.flush_counts()

    def _pass(self, seconds: int) -> None:
        # Counts wait for a moment only, and Redis goes by the machine's clock.
        self._write_counts()
        self._clock.go_on(timedelta(seconds=seconds))
        for key in self._redis.scan_iter():
            left = self._redis.pttl(key)
            if left >= 0:
                self._redis.pexpire(key, left - 1000 * seconds)

    def _change(self, number: int, change: str) -> None:
        alerts = [alert for alert in self._model.alerts if alert.state != "RESOLVED"]
        if not alerts:
            return
        alert = alerts[number % len(alerts)]
        for name, value in _USERS[change].items():
            setattr(alert, name, value)
        # Repeats on their way are written to what they repeated; Redis is not told of changes
        # that are not the service's own, so only without it they count at once.
        self._write_counts()
        real = self._stored.alerts()[place(alert)]
        self._processes[0].database["alert"].update_one(
            {"alert_id": real["alert_id"]}, {"$set": _USERS[change]}
        )
        self._redis.flushdb()

    def _switch(self, number: int, how: str) -> None:
        webhook, webhooks = self._webhooks[number], self._processes[0].service.webhooks
        if how == "rotate":
            _, key = webhooks.rotate_key(webhook.webhook_id)
            self._webhooks[number] = Webhook(webhook.webhook_id, key)
            answer = self._processes[0].client.create(webhook, {"title": "t1"})
            assert answer.code == "ERROR_PERMISSION_DENIED", answer
        else:
            self._hooks[number].enabled = how == "enable"
            getattr(webhooks, how)(webhook.webhook_id)
