"""Calls that are sent again are known, and change nothing (CONTRACT 1.6)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from event_service.policies import RecordingPolicy
from tests.manager.now import Now
from tests.service.alarms import disk_full

if TYPE_CHECKING:
    from redis import Redis

    from tests.service.running import Running, Start

_DAY_BEFORE = {"$dateSubtract": {"startDate": "$resolved_at", "unit": "day", "amount": 1}}


def test_a_call_sent_again_is_recorded_once_even_where_every_delivery_is(running: Running) -> None:
    webhook = running.webhook(recording_policy=RecordingPolicy.ALL)
    span = ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    for _ in range(3):
        running.client.create(webhook, disk_full(), [span])
    assert len(running.events()) == 1
    running.client.create(webhook, disk_full())
    running.client.create(webhook, disk_full())
    assert len(running.events()) == 3


def _span(number: int) -> tuple[str, str]:
    return ("traceparent", f"00-0af7651916cd43dd8448eb211c80319c-{number:016x}-01")


def test_a_recovery_sent_again_ends_no_later_alert(running: Running) -> None:
    webhook = running.webhook()
    alarm, recovery, later = disk_full(), disk_full(event_type="RECOVERY"), disk_full(title="again")
    for number, body in ((1, alarm), (2, recovery), (3, later), (2, recovery)):
        assert running.client.create(webhook, body, [_span(number)]).status == "OK"
    assert [alert["state"] for alert in running.alerts()] == ["RESOLVED", "TRIGGERED"]
    assert len(running.events()) == 3


def test_what_one_trace_says_at_other_times_is_no_call_sent_again(running: Running) -> None:
    webhook = running.webhook()
    for kind, minute in (("ALERT", 1), ("RECOVERY", 2), ("ALERT", 3)):
        body = disk_full(event_type=kind, occurred_at=f"2026-01-01T00:0{minute}:00Z")
        assert running.client.create(webhook, body, [_span(1)]).status == "OK"
    assert [alert["state"] for alert in running.alerts()] == ["RESOLVED", "TRIGGERED"]
    assert len(running.events()) == 3


def test_a_call_sent_again_is_known_in_whatever_order_its_members_come(running: Running) -> None:
    webhook = running.webhook(recording_policy=RecordingPolicy.ALL)
    tags = {f"tag-{number}": number for number in range(20)}
    for order in (tags, dict(reversed(tags.items()))):
        running.client.create(webhook, disk_full(additional_info=order), [_span(1)])
    assert len(running.events()) == 1


def test_an_id_that_another_event_has_makes_no_call_one_that_is_sent_again(
    running: Running, redis_client: Redis
) -> None:
    webhook = running.webhook()
    running.client.create(webhook, disk_full(), [_span(1)])
    running.database["event"].update_many({}, {"$set": {"event_key": "another"}})
    redis_client.flushdb()
    assert running.client.create(webhook, disk_full(), [_span(1)]).status == "OK"
    assert [event["event_key"] for event in running.events()] == ["another", "k1"]


def test_what_was_resolved_is_not_opened_by_an_alarm_sent_again(running: Running) -> None:
    webhook = running.webhook()
    both = {"results": [disk_full(), disk_full(event_type="RECOVERY")]}
    for _ in range(2):
        assert running.client.create(webhook, both, [_span(1)]).status == "OK"
    assert [alert["state"] for alert in running.alerts()] == ["RESOLVED"]
    assert [event["event_type"] for event in running.events()] == ["ALERT", "RECOVERY"]


def test_a_sender_whose_trace_context_never_changes_loses_nothing(start: Start) -> None:
    now = Now()
    running = start(clock=now)
    webhook = running.webhook()
    for event_type in ("ALERT", "RECOVERY", "ALERT", "RECOVERY"):
        body = disk_full(event_type=event_type)
        assert running.client.create(webhook, body, [_span(1)]).status == "OK"
        now.at += timedelta(minutes=20)
    recorded = [(event["event_type"], event["alert_id"]) for event in running.events()]
    first, second = (alert["alert_id"] for alert in running.alerts())
    assert recorded == [
        (event_type, alert_id)
        for alert_id in (first, second)
        for event_type in ("ALERT", "RECOVERY")
    ]


def test_a_resent_recovery_whose_first_try_died_halfway_is_recorded(
    running: Running, start: Start
) -> None:
    webhook = running.webhook()
    running.client.create(webhook, disk_full())
    running.client.create(webhook, disk_full(event_type="RECOVERY"))
    # As if its process had died after resolving the alert and before recording why.
    running.database["event"].delete_one({"event_type": "RECOVERY"})
    another_process = start()
    for _ in range(2):
        another_process.client.create(webhook, disk_full(event_type="RECOVERY"))
    assert [event["event_type"] for event in running.events()] == ["ALERT", "RECOVERY"]


def test_a_stray_recovery_is_dropped_also_when_the_last_one_has_expired(
    running: Running, start: Start
) -> None:
    webhook = running.webhook()
    running.client.create(webhook, disk_full())
    running.client.create(webhook, disk_full(event_type="RECOVERY"))
    running.database["event"].delete_many({})  # as retention does, a day later at least
    running.database["alert"].update_many({}, [{"$set": {"resolved_at": _DAY_BEFORE}}])
    start().client.create(webhook, disk_full(event_type="RECOVERY"))
    assert running.events() == []
