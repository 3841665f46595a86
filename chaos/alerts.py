"""Whether alerts are as CONTRACT 4 wants them.

What "in its window" means when the clock is stepped: the window is measured on the server's clock
from the newest time that an event of the alert has. So an alert may stay open beside a newer one
of its key only if the newer one was opened, by that clock, at least a window after it. A step
forward by more than a window may therefore open an alert early, and a step back keeps one longer;
neither ever makes two alerts that hold the key.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from chaos.stand import BRIEF_SECONDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

Document = dict[str, Any]


def overlapping(
    alerts: Iterable[Document], events: Iterable[Document], brief: Collection[str]
) -> list[str]:
    """The keys that have two open alerts in one window; ``brief`` are those of a short window.

    The others' windows are longer than any run.
    """
    seen = _last_seen(events)
    wrong = []
    for episodes in _by_key(alerts).values():
        key = episodes[0]["event_key"]
        open_ones = [alert for alert in episodes if alert["state"] != "RESOLVED"]
        holding = [alert for alert in open_ones if not alert.get("superseded")]
        if len(holding) > 1 or (len(open_ones) > 1 and key not in brief):
            wrong.append(f"{key}: {[alert['alert_id'] for alert in open_ones]}")
            continue
        for older, newer in pairwise(open_ones):
            last = seen.get(older["alert_id"], older["created_at"])
            if newer["created_at"] - last < timedelta(seconds=BRIEF_SECONDS):
                wrong.append(
                    f"{key}: {newer['alert_id']} at {newer['created_at']}, {older['alert_id']}"
                    f" seen at {last}"
                )
    return wrong


def number_clashes(alerts: Iterable[Document]) -> list[str]:
    """Numbers that two alerts of a workspace have."""
    numbers = Counter((alert["workspace_id"], alert["alert_number"]) for alert in alerts)
    return [f"{workspace}: {number}" for (workspace, number), n in numbers.items() if n > 1]


def alerts_per_key(alerts: Iterable[Document]) -> Counter[int]:
    """How many keys have how many alerts."""
    return Counter(len(episodes) for episodes in _by_key(alerts).values())


def _by_key(alerts: Iterable[Document]) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = defaultdict(list)
    for alert in alerts:
        found[alert["dedup_key"]].append(alert)
    for episodes in found.values():
        episodes.sort(key=lambda alert: int(alert["episode"]))
    return found


def _last_seen(events: Iterable[Document]) -> dict[str, datetime]:
    times: dict[str, list[datetime]] = defaultdict(list)
    for event in events:
        if event["event_type"] != "RECOVERY":
            times[event["alert_id"]].extend(_times(event))
    return {alert_id: max(found) for alert_id, found in times.items()}


def _times(event: Document) -> Sequence[datetime]:
    repeated = event.get("last_repeated_at")
    return [event["created_at"], repeated] if repeated else [event["created_at"]]
