"""Zabbix's webhook media type: nested, as SpaceONE's guide sets it up, or flat.

Zabbix leaves the body to its users. The flat form has the parameter names of its own media types
(``event_id``, ``event_value``, ``host_name``) or the macros' (``EVENT.ID``). The event id is the
problem's, also on recovery.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from event_service.parsers.derived_keys import derived_key, plugin_key
from event_service.parsers.epochs import from_epoch
from event_service.parsers.reading import first_text, joined, mapping, text, texts, word
from event_service.parsers.seam import Body, Options, ParseFailure, Source
from event_service.parsers.severity_words import SeverityWords
from event_service.parsers.variable_names import by_variable, spellings

_SEVERITIES = SeverityWords(
    {
        "CRITICAL": ("disaster", "5"),
        "ERROR": ("high", "4"),
        "WARNING": ("average", "3", "warning", "2"),
        "INFO": ("information", "1"),
        "NONE": ("not classified", "0"),
    }
)
# Normal is what an internal event says of an item or trigger that can be worked out again.
_OVER = {"resolved", "ok", "normal"}
_OVER_VALUE = "0"
# A macro that had nothing to stand for: {EVENT.RECOVERY.ID}, or *UNKNOWN* where it should have had.
_EMPTY_MACRO = re.compile(r"\{[A-Z0-9_.?$#:]+\}|\*UNKNOWN\*")
_GROUPS = ("event", "trigger", "host", "item")
_FLAT_MARKS = ("event_value", "event_severity", "event_nseverity", "trigger_id", "host_name")
# The number of a severity is the same everywhere, its word is not.
_SEVERITY_FIELDS = (
    *("event_nseverity", "event_severity", "trigger_nseverity", "trigger_severity"),
    *("nseverity", "severity"),
)


def parse(body: Body, options: Options) -> Sequence[object]:  # noqa: ARG001 - it has no options
    """The problem as the only result. Raises ParseFailure when nothing names an event."""
    fields = _fields(body)
    if not any(name.startswith("event_") for name in fields):
        raise ParseFailure("The body has neither an object event nor fields that begin with event_")
    return (_result(fields),)


def recognises(body: Body) -> bool:
    """Whether the body has an event with an id beside a trigger or host, or the flat fields."""
    fields = _fields(body)
    if "event_id" not in fields:
        return False
    if isinstance(body.get("event"), Mapping):
        return any(isinstance(body.get(group), Mapping) for group in ("trigger", "host"))
    return sum(name in fields for name in _FLAT_MARKS) > 1


def _fields(body: Body) -> Mapping[str, str]:
    """Both forms as the flat one: ``event.id`` is ``event_id``; macros that were empty are gone."""
    nested = {
        f"{group}_{name}": value
        for group in _GROUPS
        for name, value in mapping(body.get(group)).items()
    }
    said = {name: text(value) for name, value in (dict(by_variable(body)) | nested).items()}
    return {
        name: value for name, value in said.items() if value and not _EMPTY_MACRO.fullmatch(value)
    }


def _result(fields: Mapping[str, str]) -> Mapping[str, Any]:
    over = _is_over(fields)
    problem = first_text(*map(fields.get, ("trigger_name", "event_name")))
    severity = first_text(*map(fields.get, _SEVERITY_FIELDS))
    return {
        "event_key": _event_key(fields, problem),
        "event_type": "RECOVERY" if over else "ALERT",
        "title": first_text(*map(fields.get, ("title", "alert_subject", "event_name")), problem),
        "description": first_text(*map(fields.get, ("message", "alert_message"))),
        "severity": "INFO" if over else _SEVERITIES.severity(severity),
        "resource": {"name": _resource_name(fields)},
        "rule": problem,
        "occurred_at": from_epoch(fields.get("event_timestamp")),
        "additional_info": texts(
            {
                "zabbix_host_visible_name": fields.get("host_visible_name"),
                "zabbix_trigger_id": fields.get("trigger_id"),
                "zabbix_event_id": fields.get("event_id"),
                "zabbix_host_id": fields.get("host_id"),
                "zabbix_item_key": fields.get("item_key"),
                "zabbix_item_value": fields.get("item_value"),
                "zabbix_url": fields.get("zabbix_url"),
                "event_tags": fields.get("event_tags"),
                # In the time of the Zabbix server, whose zone isn't said.
                "event_time": joined(fields.get("event_date"), fields.get("event_time")),
            }
        ),
    }


def _event_key(fields: Mapping[str, str], problem: str | None) -> str | None:
    event_id, host_id = fields.get("event_id"), fields.get("host_id")
    if event_id is not None and host_id is not None:
        return plugin_key(host_id, event_id)
    if event_id is not None:
        return derived_key(fields.get("zabbix_url"), event_id)
    return derived_key(host_id or fields.get("host_name"), fields.get("trigger_id") or problem)


def _is_over(fields: Mapping[str, str]) -> bool:
    status = first_text(fields.get("event_status"), fields.get("trigger_status"))
    if status is None and "event_value" in fields:
        return fields["event_value"] == _OVER_VALUE
    return word(status or fields.get("status")) in _OVER


def _resource_name(fields: Mapping[str, str]) -> str | None:
    host = first_text(*map(fields.get, ("host_name", "host_host", "host")))
    address = first_text(*map(fields.get, ("host_connection_info", "host_conn", "host_ip")))
    return joined(host, address and f"({address})") if host else address


SOURCE = Source(
    name="zabbix",
    parse=parse,
    recognises=recognises,
    looks_like="Zabbix's event with an id, beside a trigger or a host",
    marks=frozenset({"event", *spellings("event_id")}),
    plugin_ids=("plugin-zabbix-mon-webhook",),
)
