"""What tests have webhooks told."""

from __future__ import annotations

from typing import Any


def disk_full(**changes: Any) -> dict[str, Any]:
    """An alarm of the key ``k1``, with changes."""
    return {"event_key": "k1", "title": "disk full", "severity": "ERROR"} | changes
