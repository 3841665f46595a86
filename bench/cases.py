"""What is measured: calls as clients make them (CONTRACT 8)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from google.protobuf.json_format import ParseDict

from bench.alarm import PLACE, alarm, create_request
from bench.load import Target
from bench.requests import MIXED_KEYS, Mixed, NewKeys, Repeated, Requests, Template, mixed_key
from bench.seeding import EVENTS_OF_ALERT, Stored, alert_id, event_id
from event_service.stubs.spaceone.api.monitoring.v1 import event_pb2

if TYPE_CHECKING:
    from google.protobuf.message import Message

_SERVICE = "/spaceone.api.monitoring.v1.Event/"
_NEWEST_FIRST = [{"key": "created_at", "desc": True}]
_PAGE = {"start": 1, "limit": 20}
_MOST_ALERTS = 50
_HOT_KEY = "hot-key-00000000"


@dataclass(frozen=True, slots=True)
class Scene:
    """What the calls of a case are made with."""

    webhook_id: str
    access_key: str
    token: str
    stored: Stored


Make: TypeAlias = Callable[[Scene], Requests]


@dataclass(frozen=True, slots=True)
class Case:
    """A kind of call; ``method`` is that of the Event service which it comes to.

    ``reads`` says that it needs stored events, ``http`` that it comes over HTTP.
    """

    name: str
    says: str
    method: str
    requests: Make
    http: bool = False

    @property
    def reads(self) -> bool:
        """Whether it reads what is stored."""
        return self.method != "create"

    def target(self, scene: Scene, address: str) -> Target:
        """Where its calls go, at the service or at a floor."""
        if self.http:
            path = f"/monitoring/v1/webhook/{scene.webhook_id}/events"
            return Target(address, path, (("X-Access-Key", scene.access_key),), http=True)
        metadata = (("token", scene.token),) if self.reads else ()
        return Target(address, _SERVICE + self.method, metadata)


def first_requests(scene: Scene) -> Requests:
    """A call for each of the keys of ``create_mix``, so that most of its calls are duplicates."""
    template = _create(scene)
    return Repeated(tuple(template.with_key(mixed_key(each)) for each in range(MIXED_KEYS)))


def _create(scene: Scene, event_type: str = "ALERT") -> Template:
    body = alarm(PLACE, scene.stored.kibibytes, event_type)
    return Template.of(create_request(scene.webhook_id, scene.access_key, body))


def _new(scene: Scene) -> Requests:
    return NewKeys(_create(scene))


def _hot(scene: Scene) -> Requests:
    return Repeated((_create(scene).with_key(_HOT_KEY),))


def _mix(scene: Scene) -> Requests:
    return Mixed(_create(scene), _create(scene, "RECOVERY"))


def _http(scene: Scene) -> Requests:
    return NewKeys(Template.of(json.dumps(alarm(PLACE, scene.stored.kibibytes)).encode()))


def _get(scene: Scene) -> Requests:
    alerts = scene.stored.caller_alerts(_MOST_ALERTS)
    ids = [event_id(each * EVENTS_OF_ALERT + place) for each in alerts for place in (0, 13)]
    return Repeated(tuple(_bytes(event_pb2.EventRequest(), {"event_id": each}) for each in ids))


def _list_alert(scene: Scene) -> Requests:
    alerts = [alert_id(each) for each in scene.stored.caller_alerts(_MOST_ALERTS)]
    return Repeated(
        tuple(_list({"filter": [{"k": "alert_id", "v": each, "o": "eq"}]}) for each in alerts)
    )


def _list_severity(scene: Scene) -> Requests:  # noqa: ARG001  # the same for all
    wanted = ("CRITICAL", "ERROR", "WARNING", "INFO")
    return Repeated(
        tuple(_list({"filter": [{"k": "severity", "v": each, "o": "eq"}]}) for each in wanted)
    )


def _list_minimal(scene: Scene) -> Requests:  # noqa: ARG001  # the same for all
    return Repeated((_list({"minimal": True}),))


def _stat(scene: Scene) -> Requests:  # noqa: ARG001  # the same for all
    group = {
        "keys": [{"key": "severity", "name": "severity"}],
        "fields": [{"name": "count", "operator": "count"}],
    }
    query = {"query": {"aggregate": [{"group": group}]}}
    return Repeated((_bytes(event_pb2.EventStatQuery(), query),))


def _list(query: dict[str, Any]) -> bytes:
    asked = {"query": {"page": _PAGE, "sort": _NEWEST_FIRST} | query}
    return _bytes(event_pb2.EventQuery(), asked)


def _bytes(message: Message, content: dict[str, Any]) -> bytes:
    return ParseDict(content, message).SerializeToString()


CASES: Final = (
    Case("get", "an event by its id", "get", _get),
    Case("list_alert", "20 events of one alert, and how many it has", "list", _list_alert),
    Case("list_severity", "20 of one severity, and how many there are", "list", _list_severity),
    Case("list_minimal", "the newest 20 in short form", "list", _list_minimal),
    Case("stat", "events by severity", "stat", _stat),
    Case("create_new", "every event with a key of its own", "create", _new),
    Case("create_hot", "the same event over and over", "create", _hot),
    Case("create_mix", "80 % duplicates of 1,000 keys, 5 % recoveries", "create", _mix),
    Case("http_new", "over HTTP, every event with a key of its own", "create", _http, http=True),
)
"""Reads first: creates add to what is stored."""
