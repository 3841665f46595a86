"""Calls that were sent, and what a service would have made of them in the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from chaos.calls import RECOVERIES, Call, Hook, Kind
from chaos.journal import Sent

HOOK = Hook("webhook-1", "key", "workspace-1")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC).replace(tzinfo=None)


def sent(number: int, kind: Kind, key: str, *statuses: str, says: str = "") -> Sent:
    """A call of the first client, acknowledged at once unless statuses are given."""
    call = Call(number, 0, kind, HOOK, key, says or f"0-{number}", "")
    return Sent(call, call.body, statuses or ("OK",), float(number), float(number))


def event(one: Sent, alert_id: str, repeats: int = 0, seconds: float = 0) -> dict[str, Any]:
    """The event of a call, so many seconds after noon."""
    body = one.call.body
    return {
        "event_id": f"event-{one.call.delivery}",
        "event_key": one.call.event_key,
        "event_type": "RECOVERY" if one.call.kind in RECOVERIES else "ALERT",
        "alert_id": alert_id,
        "additional_info": body["additional_info"],
        "raw_data": body,
        "repeat_count": repeats,
        "created_at": NOON + timedelta(seconds=seconds),
        "last_repeated_at": None,
    }


def kept_apart(one: dict[str, Any], body_id: str) -> dict[str, Any]:
    """An event whose body is one of the collection of bodies."""
    return {name: value for name, value in one.items() if name != "raw_data"} | {"body_id": body_id}


def alert(  # what dedup goes by
    key: str, episode: int = 0, state: str = "TRIGGERED", number: int = 1, **others: Any
) -> dict[str, Any]:
    """An alert of a key, opened at noon, or ``seconds`` after it."""
    return {
        "alert_id": f"alert-{key}-{episode}",
        "alert_number": number,
        "event_key": key,
        "dedup_key": f"digest of {key}",
        "episode": episode,
        "state": state,
        "workspace_id": HOOK.workspace_id,
        "created_at": NOON + timedelta(seconds=others.pop("seconds", 0)),
    } | others
