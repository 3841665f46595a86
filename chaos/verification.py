"""Asks the database what became of everything that was sent."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from chaos.alerts import alerts_per_key, number_clashes, overlapping
from chaos.calls import COUNTED, RECORDED, STORY, Kind
from chaos.findings import Findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pymongo.database import Database

    from chaos.journal import Sent

Document = dict[str, Any]

EVENT_FIELDS = {
    "_id": 0,
    "event_id": 1,
    "event_key": 1,
    "event_type": 1,
    "alert_id": 1,
    "additional_info": 1,
    "raw_data.delivery": 1,
    "body_id": 1,
    "repeat_count": 1,
    "created_at": 1,
    "last_repeated_at": 1,
}


def examine(sent: Sequence[Sent], database: Database[Document]) -> Findings:
    """Look for all of it. Nothing may be under way; counts may still be on their way."""
    events = list(database["event"].find({}, EVENT_FIELDS))
    alerts = list(database["alert"].find({}))
    # Written before their events, and read after them.
    bodies = {one["_id"]: one for one in database["event_body"].find({}, {"raw_data.delivery": 1})}
    by_says: dict[str, list[Document]] = defaultdict(list)
    for event in events:
        by_says[event["additional_info"].get("says", "")].append(event)
    without_body = [one["event_id"] for one in events if _body(one, bodies) is None]
    deliveries = Counter(_said_in(event, bodies) for event in events)
    acknowledged = [one for one in sent if one.acknowledged]
    recorded = [one for one in acknowledged if one.call.kind in RECORDED]
    missing = [one.call.says for one in recorded if one.call.says not in by_says]
    uncounted, counted = _counted(acknowledged, by_says)
    dropped = sum(one.call.kind is Kind.CONTESTED_RECOVERY for one in acknowledged)
    brief = {one.call.event_key for one in sent if one.call.kind is Kind.BRIEF}
    wrong_state, states_checked = _states(sent, alerts)
    known = {alert["alert_id"] for alert in alerts}
    return Findings(
        acknowledged=len(acknowledged),
        found=len(recorded) - len(missing) + counted + dropped,
        missing=tuple(missing),
        uncounted=tuple(uncounted),
        duplicated=tuple(" ".join(said) for said, n in deliveries.items() if n > 1),
        repeats_recorded=tuple(
            one.call.delivery
            for one in sent
            if one.call.kind is Kind.REPEAT
            and (one.call.delivery, one.call.event_key, one.call.says) in deliveries
        ),
        overlapping=tuple(overlapping(alerts, events, brief)),
        wrong_state=tuple(wrong_state),
        number_clashes=tuple(number_clashes(alerts)),
        without_alert=tuple(
            event["event_id"] for event in events if event["alert_id"] not in known
        ),
        without_body=tuple(without_body),
        answers=Counter(status for one in sent for status in one.statuses),
        alerts_per_key=alerts_per_key(alerts),
        states_checked=states_checked,
    )


def _body(event: Document, bodies: Mapping[str, Document]) -> Document | None:
    """The raw data of an event, which it has or names."""
    found: Document | None = bodies.get(event.get("body_id", ""), event).get("raw_data")
    return found


def _said_in(event: Document, bodies: Mapping[str, Document]) -> tuple[str, str, str]:
    """By what an event is known: the call that it was recorded for, its key and what it says."""
    delivery = (_body(event, bodies) or {}).get("delivery", "")
    return delivery, event["event_key"], event["additional_info"].get("says", "")


def _counted(
    acknowledged: Iterable[Sent], by_says: Mapping[str, Sequence[Document]]
) -> tuple[list[str], int]:
    """What was counted too seldom, and how many repeats were counted."""
    expected: Counter[str] = Counter()
    repeats: Counter[str] = Counter()
    for one in acknowledged:
        if one.call.kind in COUNTED or one.call.kind is Kind.CHANGED:
            expected[one.call.says] += 1
        if one.call.kind in COUNTED:
            repeats[one.call.says] += 1
    uncounted, counted = [], 0
    for says, times in repeats.items():
        there = sum(1 + (event.get("repeat_count") or 0) for event in by_says.get(says, ()))
        lost = max(0, min(times, expected[says] - there))
        counted += times - lost
        if lost:
            uncounted.append(f"{says}: {expected[says]} acknowledged, {there} counted")
    return uncounted, counted


def _states(sent: Iterable[Sent], alerts: Iterable[Document]) -> tuple[list[str], int]:
    """Keys of one client whose alert is not as it must be, and how many were looked at."""
    last: dict[str, Sent] = {}
    unsure: set[str] = set()
    for one in sent:
        if one.call.kind in STORY:
            last[one.call.event_key] = one
            if one.may_come_late or not one.acknowledged:
                unsure.add(one.call.event_key)
    still_open = Counter(alert["event_key"] for alert in alerts if alert["state"] != "RESOLVED")
    wrong, checked = [], 0
    for key, one in last.items():
        if key in unsure:
            continue
        checked += 1
        expected = 0 if one.call.kind is Kind.RECOVERY else 1
        if still_open[key] != expected:
            wrong.append(f"{key}: {still_open[key]} open after {one.call.kind.value}")
    return wrong, checked
