"""Kubernetes events, core/v1 and events.k8s.io/v1, as exporters and event routers send them.

One event, a list of them, or one inside the envelope of a watch (``object``) or router (``event``).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from event_service.parsers.reading import (
    at,
    first_text,
    joined,
    mapping,
    mappings,
    text,
    texts,
    word,
)
from event_service.parsers.seam import Body, Options, ParseFailure, Source, readable
from event_service.parsers.severity_words import SeverityWords

_TYPES = SeverityWords({"ERROR": ("error",), "WARNING": ("warning",), "INFO": ("normal",)})
# Events have no state. These are the reasons that take another one back.
_TAKES_BACK = {
    "NodeReady": "NodeNotReady",
    "NodeSchedulable": "NodeNotSchedulable",
    "NodeHasSufficientMemory": "NodeHasInsufficientMemory",
    "NodeHasNoDiskPressure": "NodeHasDiskPressure",
    "NodeHasSufficientDisk": "NodeOutOfDisk",
    "NodeHasSufficientPID": "NodeHasInsufficientPID",
    "Scheduled": "FailedScheduling",
}
# Kubernetes calls what happens to its nodes normal.
_WARNINGS = set(_TAKES_BACK.values())
_DELETED = {"deleted", "delete"}
_TIMES = (
    *(("series", "lastObservedTime"), ("lastTimestamp",), ("deprecatedLastTimestamp",)),
    *(("eventTime",), ("firstTimestamp",), ("metadata", "creationTimestamp")),
)


def parse(body: Body, options: Options) -> Sequence[object]:  # noqa: ARG001 - it has no options
    """One result per event; what the event is about and its reason are the key.

    None for one that a watch saw deleted. Raises ParseFailure when there is no event.
    """
    events = _events(body)
    if not events:
        raise ParseFailure("There is no Kubernetes event in the body")
    if _is_deletion(body):
        return ()
    cluster = first_text(body.get("clusterName"), body.get("cluster"))
    return [_result(event, cluster) for event in readable(events)]


def recognises(body: Body) -> bool:
    """Whether it holds an event: a reason, and the object that it regards."""
    return bool(_events(body))


def _is_deletion(body: Body) -> bool:
    """Whether a watch tells of the end of an event's own record, which the cluster keeps for an
    hour: what it told of did not happen again.
    """
    words = (word(body.get(name)) for name in ("type", "verb"))
    return "reason" not in body and any(each in _DELETED for each in words)


def _events(body: Body) -> list[Mapping[str, Any]]:
    found = [body, *(mapping(body.get(name)) for name in ("object", "event"))]
    found += mappings(body.get("items"))
    return [event for event in found if "reason" in event and "kind" in _regarding(event)]


def _regarding(event: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(event.get("involvedObject")) or mapping(event.get("regarding"))


def _result(event: Mapping[str, Any], cluster: str | None) -> dict[str, Any]:
    regarding = _regarding(event)
    kind = text(regarding.get("kind"))
    name = joined(regarding.get("namespace"), regarding.get("name"), by="/")
    reason = text(event.get("reason")) or ""
    taken_back = _TAKES_BACK.get(reason)
    cluster = first_text(event.get("clusterName"), cluster)
    message = first_text(event.get("message"), event.get("note"))
    return {
        # The object's uid is no part of it: for a node, kubelet and controller give two.
        "event_key": joined("kubernetes", cluster, kind, name, taken_back or reason, by=":"),
        "event_type": "RECOVERY" if taken_back else "ALERT",
        "title": joined(joined(kind, name), reason, by=": "),
        "description": message,
        "severity": "WARNING" if reason in _WARNINGS else _TYPES.severity(event.get("type")),
        "resource": {"name": name},
        "rule": reason,
        "provider": "kubernetes" if cluster else None,
        "account": cluster,
        "occurred_at": first_text(*(at(event, *place) for place in _TIMES)),
        "additional_info": _additional_info(event, regarding),
    }


def _additional_info(event: Mapping[str, Any], regarding: Mapping[str, Any]) -> dict[str, str]:
    # The count is left out: it would make news of every repetition.
    return texts(
        mapping(regarding.get("labels")),
        {
            "kind": regarding.get("kind"),
            "namespace": regarding.get("namespace"),
            "field": regarding.get("fieldPath"),
            "component": first_text(
                event.get("reportingComponent"),
                event.get("reportingController"),
                at(event, "source", "component"),
                at(event, "deprecatedSource", "component"),
            ),
            "host": first_text(at(event, "source", "host"), at(event, "deprecatedSource", "host")),
            "action": event.get("action"),
        },
    )


SOURCE = Source(
    name="kubernetes",
    parse=parse,
    recognises=recognises,
    looks_like="a Kubernetes event, with a reason and an involvedObject or regarding",
    marks=frozenset({"reason", "object", "event", "items"}),
)
