"""What services have stored in a workspace, and what the model of them expects there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.service.dedup_model import TEXTS, Alert, Event, Key, Tenant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from event_service.auth.local import LocalKeyPair
    from tests.service.running import Running

Row = dict[str, Any]
Place = tuple[Tenant, Key, int]
"""Whose an alert is, its key as the model has it, and the how-many-eth of that key it is."""

DOMAINS = ("domain-1", "domain-2")

_ALERT_FIELDS = (
    *("title", "severity", "urgency", "state", "description", "event_count"),
    *("created_at", "last_seen_at", "resolved_at"),
)
_EVENT_FIELDS = (
    *("event_type", "severity", "title", "raw_data"),
    *("created_at", "repeat_count", "last_repeated_at"),
)


class Stored:
    """The alerts as the database has them, and the events as the API lists them."""

    def __init__(
        self, running: Running, keys: LocalKeyPair, workspace: str, names: Mapping[str, str]
    ) -> None:
        """``names`` are those of the webhooks, by their ids."""
        self._running = running
        self._keys = keys
        self._names = names
        self._where = {"workspace_id": workspace}

    def alerts(self) -> dict[Place, Row]:
        """All of them."""
        database = self._running.database
        keys = {
            (_tenant(event), event["event_key"]): self._model_key(event)
            for event in database["event"].find(self._where)
        }
        return {
            (_tenant(alert), keys[_tenant(alert), alert["event_key"]], alert["episode"]): alert
            for alert in database["alert"].find(self._where)
        }

    def events(self) -> Iterable[Row]:
        """All of them, each with what is counted of it, which the API doesn't show."""
        workspace = {"k": "workspace_id", "v": self._where["workspace_id"], "o": "eq"}
        for domain in DOMAINS:
            token = self._keys.issue(role="DOMAIN_ADMIN", domain=domain)
            answer = self._running.client.call(
                "list", {"query": {"filter": [workspace]}}, [("token", token)]
            )
            assert answer.status == "OK", answer
            for event in answer.body.get("results", []):
                (stored,) = self._running.database["event"].find({"event_id": event["event_id"]})
                yield event | {key: stored[key] for key in ("repeat_count", "last_repeated_at")}

    def alert_row(self, alert: Row) -> Row:
        """One of the alerts, as ``expected_alert`` has it."""
        return {
            **{name: alert[name] for name in _ALERT_FIELDS},
            "triggered_by": self._names[alert["triggered_by"]],
        }

    def event_row(self, event: Row) -> Row:
        """One of the events, as ``expected_event`` has it."""
        return {
            **{name: event.get(name) for name in _EVENT_FIELDS},
            **{name: event.get(name, "") for name in TEXTS},
            "resources": tuple(event.get("resources", ())),
            "additional_info": repr(event.get("additional_info") or {}),
            "webhook": self._names[event["webhook_id"]],
        }

    def _model_key(self, event: Row) -> Key:
        key = event["event_key"]
        if key in ("k1", "k2"):
            return "sent", key
        if key.startswith("error-"):
            return "error", self._names[event["webhook_id"]], event["description"]
        return "derived", event["title"], event["rule"] or "", tuple(event["resources"])


def place(alert: Alert) -> Place:
    """Where an alert of the model is found."""
    return alert.tenant, alert.first.key, alert.nth


def expected_alert(alert: Alert) -> Row:
    """What is to be stored of it."""
    return {
        "title": alert.first.title,
        "severity": alert.first.severity,
        "urgency": alert.urgency,
        "state": alert.state,
        "description": alert.description or None,
        "event_count": alert.event_count,
        "created_at": alert.created_at,
        "last_seen_at": alert.last_seen_at,
        "resolved_at": alert.resolved_at,
        "triggered_by": alert.triggered_by.name,
    }


def expected_event(event: Event) -> Row:
    """What is to be listed and counted of it."""
    said = event.said
    return {
        "event_type": said.event_type,
        "severity": said.severity,
        "title": said.title,
        **dict(zip(TEXTS, said.texts, strict=True)),
        "resources": said.resources,
        "additional_info": said.additional_info,
        "raw_data": event.raw_data,
        "created_at": event.created_at.isoformat(timespec="milliseconds") + "Z",
        "repeat_count": event.repeat_count,
        "last_repeated_at": event.last_repeated_at,
        "webhook": event.hook.name,
    }


def agree(found: Iterable[tuple[Place, Row]], expected: Iterable[tuple[Place, Row]]) -> None:
    """Fail unless both are the same, in any order."""
    surplus, missing = list(found), []
    for one in expected:
        if one in surplus:
            surplus.remove(one)
        else:
            missing.append(one)
    assert (surplus, missing) == ([], []), f"\nfound: {surplus}\nexpected: {missing}"


def _tenant(row: Row) -> Tenant:
    return Tenant(*(row[name] for name in Tenant._fields))
