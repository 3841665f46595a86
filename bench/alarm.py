"""The alarm that is sent and stored: one event in the direct form, of a wanted size."""

from __future__ import annotations

import json
from typing import Any

from google.protobuf.json_format import ParseDict

from event_service.stubs.spaceone.api.monitoring.v1.event_pb2 import CreateEventRequest

KEY_LENGTH = 16
PLACE = "k" * KEY_LENGTH
"""Stands for the event_key; a key of the same length can be put in its place."""

KIBIBYTE = 1024


def alarm(key: str, kibibytes: int, event_type: str = "ALERT", number: int = 0) -> dict[str, Any]:
    """A body of ``kibibytes`` as JSON, of many small fields as senders' bodies are."""
    body: dict[str, Any] = {
        "event_key": key,
        "event_type": event_type,
        "title": "The disk of a database server is almost full",
        "description": "The file system /var/lib/data has less than 10 % of its space left.",
        "severity": ("CRITICAL", "ERROR", "WARNING", "INFO", "NONE")[number % 5],
        "resource": {"resource_id": f"server-{number % 100}", "resource_type": "inventory.Server"},
        "rule": "disk-almost-full",
        "provider": "aws",
        "account": "123456789012",
        "occurred_at": "2026-01-01T00:00:00+09:00",
        "additional_info": {
            "instance": f"db-{number % 100:02}:9100",
            "threshold": 90,
            "value": 93.5,
            "readings": [],
        },
    }
    readings = body["additional_info"]["readings"]
    room = kibibytes * KIBIBYTE - len(json.dumps(body))
    while True:
        reading = {"name": f"disk-{len(readings):05}", "used": 0.935, "full": False, "unit": "B"}
        room -= len(json.dumps(reading)) + 2
        if room < 0:
            return body
        readings.append(reading)


def create_request(webhook_id: str, access_key: str, body: dict[str, Any]) -> bytes:
    """The bytes of a create with that body."""
    request = {"webhook_id": webhook_id, "access_key": access_key, "data": body}
    return ParseDict(request, CreateEventRequest()).SerializeToString()
