"""Repeats of one document are written once, all of them."""

from __future__ import annotations

from event_service.dedup.claims import PendingRepeats
from event_service.manager.repeat_sums import RepeatSum, summed


def test_each_document_gets_all_of_its_repeats_and_the_time_of_the_last() -> None:
    repeats = [
        PendingRepeats("00", "key-1", "alert-1", "event-1", 2, 5_000),
        PendingRepeats("00", "key-1", "alert-1", "event-2", 3, 4_000),
        PendingRepeats("00", "key-2", "alert-2", "event-3", 1, 6_000),
        PendingRepeats("00", "key-3", "alert-9", "event-1", 4, 3_000),
    ]
    assert summed(repeats, lambda one: one.alert_id) == [
        RepeatSum("alert-1", 5, 5_000),
        RepeatSum("alert-2", 1, 6_000),
        RepeatSum("alert-9", 4, 3_000),
    ]
    assert RepeatSum("event-1", 6, 5_000) in summed(repeats, lambda one: one.event_id)
