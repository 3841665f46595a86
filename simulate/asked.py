"""What the console and its backend ask (CONTRACT 8), as they send it, and who asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from event_service.auth.access import (
    DOMAIN_ADMIN,
    SYSTEM_TOKEN,
    WORKSPACE_MEMBER,
    WORKSPACE_OWNER,
)
from event_service.caller import Caller, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

ROLES = (
    Caller(DOMAIN_ADMIN, Scope("domain-1")),
    Caller(WORKSPACE_OWNER, Scope("domain-1", "workspace-1")),
    Caller(
        WORKSPACE_MEMBER, Scope("domain-1", "workspace-1", frozenset({"project-1", "project-2"}))
    ),
    Caller(SYSTEM_TOKEN, Scope("domain-1")),
    Caller(SYSTEM_TOKEN, Scope("domain-1", "workspace-1")),
)
"""One caller for each way in which CONTRACT 2 confines one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request on a collection: a ``get`` of an id, a ``list``, or a ``stat``."""

    what: str
    collection: str
    entity_id: str = ""
    listed: Mapping[str, Any] | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    statistics: Mapping[str, Any] | None = None


def _filter(key: str, operator: str, value: Any) -> dict[str, Any]:
    return {"k": key, "v": value, "o": operator}


_OF_ALERT = _filter("alert_id", "eq", "alert-1")
_PAGE = {"start": 1, "limit": 10}
_NEWEST = [{"key": "created_at", "desc": True}]
_TODAY = [
    _filter("created_at", "datetime_gte", "2024-03-01T00:00:00Z"),
    _filter("created_at", "datetime_lt", "2024-03-02T00:00:00Z"),
]
_COUNTED = [{"name": "count", "operator": "count"}]
_DAY = {"key": "created_at", "name": "date", "date_format": "%Y-%m-%d"}
_BY_DAY = {"group": {"keys": [_DAY], "fields": _COUNTED}}

EVENTS = (
    Asked("get of an event", "event", entity_id="event-1"),
    Asked(
        "events of an alert",
        "event",
        listed={"page": _PAGE, "sort": _NEWEST, "filter": [_OF_ALERT]},
    ),
    Asked(
        "the same with a search",
        "event",
        listed={"page": _PAGE, "sort": _NEWEST, "filter": [_OF_ALERT], "keyword": "disk"},
    ),
    Asked(
        "autocomplete of alert_id",
        "event",
        statistics={
            "distinct": "alert_id",
            "filter": [
                {"key": "alert_id", "value": None, "operator": "not"},
                _filter("alert_id", "contain", "typed"),
            ],
            "page": {"limit": 10},
        },
    ),
    Asked("newest events", "event", listed={"page": _PAGE, "sort": _NEWEST}),
    Asked("events of a date", "event", listed={"page": _PAGE, "filter": _TODAY}),
    Asked(
        "events of a project",
        "event",
        listed={"page": _PAGE},
        parameters={"project_id": "project-1"},
    ),
    Asked(
        "events with one of some ids",
        "event",
        listed={"filter": [_filter("event_id", "in", ["event-1", "event-2"])]},
    ),
    Asked(
        "plural and null values",
        "event",
        listed={
            "filter": [
                _filter("severity", "in", ["CRITICAL", "ERROR"]),
                _filter("account", "not", None),
                _filter("title", "contain_in", ["disk", "load"]),
            ]
        },
    ),
    Asked(
        "history of 14 days",
        "event",
        statistics={
            "filter": [_filter("created_at", "timediff_gte", "now/d-14d")],
            "aggregate": [_BY_DAY],
        },
    ),
)

ALERTS = (
    Asked("get of an alert", "alert", entity_id="alert-1"),
    Asked(
        "a page of alerts",
        "alert",
        listed={
            "only": [
                "alert_id", "alert_number", "title", "state", "urgency",
                "assignee", "project_id", "created_at", "resolved_at",
            ],
            "page": {"start": 1, "limit": 15},
            "sort": _NEWEST,
            "filter": [
                _filter("state", "in", ["TRIGGERED", "ACKNOWLEDGED"]),
                _filter("urgency", "eq", "HIGH"),
                _filter("assignee", "eq", "user-1"),
                _filter("project_id", "eq", "project-1"),
            ],
        },
    ),
    Asked(
        "alerts of a workspace",
        "alert",
        listed={"page": _PAGE, "sort": _NEWEST},
        parameters={"workspace_id": "workspace-1"},
    ),
    Asked(
        "counters of states",
        "alert",
        statistics={
            "filter": [
                _filter("state", "not", "ERROR"),
                _filter("project_id", "in", ["project-1", "project-2"]),
            ],
            "aggregate": [
                {"group": {"keys": [{"key": "state", "name": "state"}], "fields": _COUNTED}}
            ],
        },
    ),
    Asked(
        "history of 14 days",
        "alert",
        statistics={
            "filter": [_filter("created_at", "timediff_gte", "now/d-14d")],
            "aggregate": [
                _BY_DAY,
                {"group": {"keys": [{"key": "date", "name": "date"}], "fields": _COUNTED}},
            ],
        },
    ),
)  # fmt: skip
