"""Lines for a shell that try the service out with grpcurl."""

from __future__ import annotations

import json

_SERVICE = "spaceone.api.monitoring.v1.Event"

_EVENT = {
    "event_key": "disk-full/server-1",
    "event_type": "ALERT",
    "title": "Disk almost full",
    "severity": "WARNING",
    "resource": {"name": "server-1"},
}


def create_line(address: str, webhook_id: str, access_key: str) -> str:
    """Creates an event. The key goes through a pipe: an argument would be seen by other users."""
    request = {"webhook_id": webhook_id, "access_key": access_key, "data": _EVENT}
    return f"echo '{json.dumps(request)}' | grpcurl -plaintext -d @ {address} {_SERVICE}/create"


def list_line(address: str, token: str = "") -> str:
    """Lists the newest events; ``token`` may hold what a shell expands between double quotes."""
    request = {"query": {"page": {"limit": 10}}}
    header = f'-H "token: {token}" ' if token else ""
    return f"grpcurl -plaintext {header}-d '{json.dumps(request)}' {address} {_SERVICE}/list"
