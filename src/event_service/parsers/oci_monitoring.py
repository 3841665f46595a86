"""Oracle Cloud's Monitoring alarms, as its Notifications send them: one alarm a body."""

from collections.abc import Mapping, Sequence
from typing import Any

from event_service.parsers.derived_keys import derived_key
from event_service.parsers.epochs import from_epoch
from event_service.parsers.event_types import event_type
from event_service.parsers.reading import first_text, joined, mappings, text, texts, word
from event_service.parsers.seam import Body, Options, ParseFailure, Source
from event_service.parsers.severity_words import CUSTOMARY, SeverityWords

_SEVERITIES = SeverityWords(CUSTOMARY)
# RESET: the metric is no longer emitted, so that the alarm can't go on firing.
# OK is a status, which counts where there is no type.
_OVER = {"firing_to_ok", "reset", "ok"}
# It tells of the alarm's rule, not of its state: SpaceONE's plugin leaves it out too.
_NO_EVENT = "rule_change"
_NAME_DIMENSIONS = ("resourceName", "resourceDisplayName", "displayName", "resourceId")


def parse(body: Body, options: Options) -> Sequence[object]:  # noqa: ARG001 - it has no options
    """The alarm as the only result; none for a change of its rule.

    Raises ParseFailure when nothing names an alarm.
    """
    if word(body.get("type")) == _NO_EVENT:
        return ()
    alarm = _first_alarm(body)
    if not alarm and first_text(body.get("dedupeKey"), body.get("title")) is None:
        raise ParseFailure("The body has neither a dedupeKey, nor a title, nor alarmMetaData")
    return (_result(body, alarm),)


def recognises(body: Body) -> bool:
    """Whether the body has a list alarmMetaData, and a dedupeKey or a type."""
    named = first_text(body.get("dedupeKey"), body.get("type")) is not None
    return named and isinstance(body.get("alarmMetaData"), list)


def _first_alarm(body: Body) -> Mapping[str, Any]:
    return next(iter(mappings(body.get("alarmMetaData"))), {})


def _result(body: Body, alarm: Mapping[str, Any]) -> Mapping[str, Any]:
    streams = _streams(body)
    names = [_name(stream) for stream in streams]
    severity = first_text(body.get("severity"), alarm.get("severity"))
    return {
        "event_key": first_text(body.get("dedupeKey")) or derived_key(alarm.get("id")),
        "event_type": event_type(_OVER, first_text(body.get("type"), alarm.get("status"))),
        "title": joined(body.get("title"), severity and f"({severity})"),
        "description": first_text(body.get("body"), alarm.get("alarmSummary")),
        "severity": _SEVERITIES.severity(severity),
        "resource": {"name": next(iter(names), None)},
        "resources": names[1:],
        "rule": text(alarm.get("query")),
        "provider": "oracle_cloud",
        "occurred_at": from_epoch(body.get("timestampEpochMillis")) or text(body.get("timestamp")),
        "additional_info": texts(
            {
                "alarm_url": alarm.get("alarmUrl"),
                "alarm_id": alarm.get("id"),
                "namespace": alarm.get("namespace"),
                "status": alarm.get("status"),
                "region": next((s["region"] for s in streams if "region" in s), None),
                "alarm_summary": alarm.get("alarmSummary"),
            }
        ),
    }


def _streams(body: Body) -> list[Mapping[str, Any]]:
    """The dimensions of each metric stream of the alarm, without repeats."""
    alarms = mappings(body.get("alarmMetaData"))
    found = [stream for alarm in alarms for stream in mappings(alarm.get("dimensions"))]
    return list({tuple(sorted(texts(stream).items())): stream for stream in found}.values())


def _name(dimensions: Mapping[str, Any]) -> str | None:
    return first_text(*(dimensions.get(name) for name in _NAME_DIMENSIONS))


SOURCE = Source(
    name="oci_monitoring",
    parse=parse,
    recognises=recognises,
    looks_like="Oracle Cloud's alarm with a dedupeKey and a list alarmMetaData",
    marks=frozenset({"alarmMetaData"}),
    plugin_ids=("plugin-oci-monitoring-mon-webhook",),
)
