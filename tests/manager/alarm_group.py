"""A group of alarms, as a monitoring system sends all of it in one body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.manager.crowd import Crowd

ALARMS = 200


def group(title: str = "down", **others: Any) -> dict[str, Any]:
    """All of it, each alarm with that title and those fields."""
    alarms = [{"event_key": f"key-{at}", "title": title} | others for at in range(ALARMS)]
    return {"results": alarms}


def outcomes(crowd: Crowd, alarm: dict[str, Any]) -> set[str]:
    """What became of its alarms, taken by the first process."""
    return {str(one) for one in crowd.first.events.create(crowd.request(alarm)).outcomes}
