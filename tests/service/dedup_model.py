"""What a sequence of deliveries must lead to: CONTRACT 3 and 4 said once more, in memory.

One thing after the other, without stores and ids. Keys that the service derives are what they are
derived from. Where the page leaves it open, this is what the service does: a recovery that resolves
nothing has the window slide too, and is counted if it says what was recorded last.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from event_service.policies import RecordingPolicy, RecoveryMode

Key = tuple[Any, ...]
Body = dict[str, Any]

SENT_AGAIN = timedelta(minutes=15)
_TYPES = ("ALERT", "RECOVERY", "ERROR")
_SEVERITIES = ("CRITICAL", "ERROR", "WARNING", "INFO", "NOT_AVAILABLE", "NONE")
TEXTS = ("description", "rule", "image_url", "provider", "account")


class Tenant(NamedTuple):
    """Whose something is."""

    domain_id: str
    workspace_id: str
    project_id: str


class Said(NamedTuple):
    """One result, understood or not: its key, and what it says. Empty is absent."""

    key: Key
    event_type: str
    severity: str
    title: str
    texts: tuple[str, ...]
    resources: tuple[str, ...] = ()
    additional_info: str = "{}"

    @property
    def description(self) -> str:
        return self.texts[0]


@dataclass
class Hook:
    """A webhook: what it wants, and what it counts."""

    name: str
    tenant: Tenant
    policy: RecordingPolicy
    recovery: RecoveryMode
    window: timedelta
    enabled: bool = True
    total: int = 0
    error: int = 0


@dataclass
class Alert:
    """An alert, the ``nth`` of its key. It is held by its key until ``held_until``."""

    tenant: Tenant
    nth: int
    first: Said
    triggered_by: Hook
    created_at: datetime
    last_seen_at: datetime
    held_until: datetime
    state: str
    description: str = ""
    event_count: int = 0
    resolved_at: datetime | None = None

    @property
    def urgency(self) -> str:
        return "HIGH" if self.first.severity in ("CRITICAL", "ERROR", "NOT_AVAILABLE") else "LOW"


@dataclass
class Event:
    """An event, and how often what it says came again."""

    alert: Alert
    hook: Hook
    said: Said
    raw_data: Body
    created_at: datetime
    repeat_count: int = 0
    last_repeated_at: datetime | None = None


@dataclass
class Call:
    """A delivery, and which of its results are recorded since then."""

    hook: Hook
    data: Body
    at: datetime
    recorded: list[bool]


@dataclass
class Model:
    """Everything that is stored."""

    alerts: list[Alert] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def deliver(self, hook: Hook, data: Body, now: datetime) -> Call:
        """A delivery with its webhook's key."""
        call = Call(hook, data, now, [False] * len(data.get("results", [data])))
        self.deliver_again(call, now)
        return call

    def deliver_again(self, call: Call, now: datetime) -> None:
        """A call that is sent again: what is recorded of it isn't recorded again (CONTRACT 1.6)."""
        hook, data = call.hook, call.data
        said = [understood(hook, result) for result in data.get("results", [data])]
        hook.total += 1
        hook.error += any(one.key[0] == "error" for one in said)
        before: Counter[Key] = Counter()
        for place, one in enumerate(said):
            # What it says later of a key is later.
            at = now + timedelta(milliseconds=before[one.key])
            before[one.key] += 1
            if now - call.at >= SENT_AGAIN or not call.recorded[place]:
                call.recorded[place] = self._take(hook, one, data, at)

    def _take(self, hook: Hook, said: Said, data: Body, now: datetime) -> bool:
        """Whether it is recorded."""
        alert = self._alert_for(hook, said, now)
        if alert is None:
            return False
        before = [event for event in self.events if event.alert is alert]
        alert.event_count += 1
        alert.last_seen_at = now
        alert.held_until = now + hook.window
        alert.description = said.description or alert.description
        ends = said.event_type == "RECOVERY" and hook.recovery is RecoveryMode.AUTO
        if ends:
            alert.state, alert.resolved_at = "RESOLVED", now
        if ends or not before or _is_news(hook.policy, before[-1].said, said):
            self.events.append(Event(alert, hook, said, data, now))
            return True
        before[-1].repeat_count += 1
        before[-1].last_repeated_at = now
        return False

    def _alert_for(self, hook: Hook, said: Said, now: datetime) -> Alert | None:
        """The alert that it joins or opens (CONTRACT 4.1 to 4.3)."""
        whose = (hook.tenant, said.key)
        alerts = [one for one in self.alerts if (one.tenant, one.first.key) == whose]
        if said.event_type == "RECOVERY":
            unresolved = [alert for alert in alerts if alert.state != "RESOLVED"]
            return unresolved[-1] if unresolved else None
        if alerts and alerts[-1].state != "RESOLVED" and now < alerts[-1].held_until:
            return alerts[-1]
        state = "ERROR" if said.event_type == "ERROR" else "TRIGGERED"
        alert = Alert(hook.tenant, len(alerts), said, hook, now, now, now, state)
        self.alerts.append(alert)
        return alert


def _is_news(policy: RecordingPolicy, last: Said, said: Said) -> bool:
    if policy is RecordingPolicy.ALL:
        return True
    if policy is RecordingPolicy.FIRST and said.event_type != "RECOVERY":
        return False
    return said != last


def understood(hook: Hook, result: Any) -> Said:
    """What a result says, or what is recorded in its place (CONTRACT 3.4, 3.5)."""
    reason = _fault(result)
    if reason:
        title = f"Webhook Event Parsing Error - {hook.name}"
        texts = (reason, *("",) * (len(TEXTS) - 1))
        return Said(("error", hook.name, reason), "ERROR", "CRITICAL", title, texts)
    texts = tuple((result.get(name) or "").strip() for name in TEXTS)
    title = result["title"].strip()
    resources = tuple(result.get("resources") or ())
    sent = (result.get("event_key") or "").strip()
    return Said(
        ("sent", sent) if sent else ("derived", title, texts[1], resources),
        result.get("event_type") or "ALERT",
        result.get("severity") or "NONE",
        title,
        texts,
        resources,
        repr(result.get("additional_info") or {}),
    )


def _fault(result: Any) -> str:
    """The reason why a result can't be understood, if it can't."""
    if not isinstance(result, dict):
        return "The result is not an object"
    for name, known in (("event_type", _TYPES), ("severity", _SEVERITIES)):
        if result.get(name) and result[name] not in known:
            return f"{name} is none of {', '.join(known)}"
    return ""
