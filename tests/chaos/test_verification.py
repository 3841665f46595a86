"""What must not be is seen: a check that finds nothing wrong could also be blind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chaos.calls import Kind
from chaos.verification import examine
from tests.chaos.recorded import alert, event, kept_apart, sent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymongo.database import Database

    from chaos.findings import Findings
    from chaos.journal import Sent

Document = dict[str, Any]


@pytest.fixture
def database(mongo_database: Database[Document]) -> Database[Document]:
    return mongo_database


def look(
    database: Database[Document],
    calls: Sequence[Sent],
    events: Sequence[Document],
    alerts: Sequence[Document],
) -> Findings:
    for name, documents in (("event", events), ("alert", alerts)):
        if documents:
            database[name].insert_many([dict(one) for one in documents])
    return examine(calls, database)


def test_all_is_well(database: Database[Document]) -> None:
    fresh = sent(0, Kind.FRESH, "fresh")
    news = sent(1, Kind.CHANGED, "story")
    repeat = sent(2, Kind.REPEAT, "story", "UNAVAILABLE", "OK", says=news.call.says)
    recovery = sent(3, Kind.RECOVERY, "story")
    refused = sent(4, Kind.FRESH, "refused", "UNAVAILABLE")
    found = look(
        database,
        [fresh, news, repeat, recovery, refused],
        [
            event(fresh, "alert-fresh-0"),
            event(news, "alert-story-0", repeats=1),
            event(recovery, "alert-story-0"),
        ],
        [alert("fresh"), alert("story", state="RESOLVED", number=2)],
    )
    assert found.breaches == {}
    assert (found.acknowledged, found.found, found.refused) == (4, 4, 2)
    assert found.states_checked == 1


def test_what_was_acknowledged_is_missing(database: Database[Document]) -> None:
    lost, refused = sent(0, Kind.FRESH, "a"), sent(1, Kind.FRESH, "b", "UNAVAILABLE")
    found = look(database, [lost, refused], [], [])
    assert found.breaches == {"missing": ["0-0"]}
    assert (found.acknowledged, found.found) == (1, 0)


def test_a_repeat_was_not_counted(database: Database[Document]) -> None:
    news = sent(0, Kind.CHANGED, "k")
    repeats = [sent(number, Kind.REPEAT, "k", says="0-0") for number in (1, 2)]
    found = look(database, [news, *repeats], [event(news, "alert-k-0", repeats=1)], [alert("k")])
    assert found.breaches == {"uncounted": ["0-0: 3 acknowledged, 2 counted"]}
    assert found.found == 2


def test_one_call_is_two_events(database: Database[Document]) -> None:
    one = sent(0, Kind.FRESH, "k", "UNAVAILABLE", "OK")
    twice = [event(one, "alert-k-0"), event(one, "alert-k-0")]
    found = look(database, [one], twice, [alert("k")])
    assert found.breaches == {"recorded twice": ["0-0 k 0-0"]}


def test_one_call_is_an_event_of_each_of_its_keys(database: Database[Document]) -> None:
    group = [sent(0, Kind.FRESH, key, says=f"0-0-{key}") for key in ("a", "b")]
    body = {"_id": "body-1", "raw_data": {"delivery": "0-0"}}
    database["event_body"].insert_one(body)
    events = [kept_apart(event(one, f"alert-{one.call.event_key}-0"), "body-1") for one in group]
    found = look(database, group, events, [alert("a"), alert("b", number=2)])
    assert found.breaches == {}
    assert found.found == 2


def test_an_event_has_no_body(database: Database[Document]) -> None:
    one = sent(0, Kind.FRESH, "k")
    found = look(database, [one], [kept_apart(event(one, "alert-k-0"), "body-1")], [alert("k")])
    assert found.breaches == {"event without its body": ["event-0-0"]}


def test_a_repeat_is_an_event_of_its_own(database: Database[Document]) -> None:
    news = sent(0, Kind.CHANGED, "k")
    repeat = sent(1, Kind.REPEAT, "k", says="0-0")
    found = look(
        database,
        [news, repeat],
        [event(news, "alert-k-0"), event(repeat, "alert-k-0")],
        [alert("k")],
    )
    assert found.breaches == {}
    assert found.repeats_recorded == ("0-1",)


def test_a_recovery_has_left_its_alert_open(database: Database[Document]) -> None:
    calls = [sent(0, Kind.CHANGED, "k"), sent(1, Kind.RECOVERY, "k")]
    found = look(database, calls, [event(one, "alert-k-0") for one in calls], [alert("k")])
    assert found.breaches == {"alert in the wrong state": ["k: 1 open after recovery"]}


def test_an_alert_was_resolved_by_nobody(database: Database[Document]) -> None:
    one = sent(0, Kind.CHANGED, "k")
    resolved = alert("k", state="RESOLVED")
    found = look(database, [one], [event(one, "alert-k-0")], [resolved])
    assert found.breaches == {"alert in the wrong state": ["k: 0 open after changed"]}


@pytest.mark.parametrize("statuses", [("UNAVAILABLE",), ("DEADLINE_EXCEEDED", "OK")])
def test_a_state_that_is_not_known_is_not_held_against_it(
    database: Database[Document], statuses: tuple[str, ...]
) -> None:
    calls = [sent(0, Kind.CHANGED, "k"), sent(1, Kind.RECOVERY, "k", *statuses)]
    found = look(database, calls, [event(one, "alert-k-0") for one in calls], [alert("k")])
    assert found.breaches == {}
    assert found.states_checked == 0


def test_two_alerts_of_a_key_are_open(database: Database[Document]) -> None:
    one = sent(0, Kind.CONTESTED, "k")
    alerts = [alert("k"), alert("k", 1, number=2, seconds=3600)]
    found = look(database, [one], [event(one, "alert-k-0")], alerts)
    assert list(found.breaches) == ["two open alerts in a window"]
    assert found.alerts_per_key == {2: 1}


@pytest.mark.parametrize(("seconds", "overlap"), [(1.9, True), (2.0, False)])
def test_a_short_window_may_end(
    database: Database[Document], seconds: float, *, overlap: bool
) -> None:
    one = sent(0, Kind.BRIEF, "k")
    last_seen = 5
    alerts = [
        alert("k", superseded=True),
        alert("k", 1, number=2, seconds=last_seen + seconds),
    ]
    found = look(database, [one], [event(one, "alert-k-0", seconds=last_seen)], alerts)
    assert bool(found.overlapping) is overlap


def test_two_alerts_hold_a_key_of_a_short_window(database: Database[Document]) -> None:
    one = sent(0, Kind.BRIEF, "k")
    alerts = [alert("k"), alert("k", 1, number=2, seconds=3600)]
    found = look(database, [one], [event(one, "alert-k-0")], alerts)
    assert len(found.overlapping) == 1


def test_two_alerts_have_one_number(database: Database[Document]) -> None:
    found = look(database, [], [], [alert("a"), alert("b")])
    assert found.breaches == {"alert number twice": ["workspace-1: 1"]}


def test_an_event_has_no_alert(database: Database[Document]) -> None:
    one = sent(0, Kind.FRESH, "k")
    found = look(database, [one], [event(one, "alert-gone")], [])
    assert found.breaches == {"event without its alert": ["event-0-0"]}


def test_an_answer_that_no_fault_of_a_store_may_have(database: Database[Document]) -> None:
    found = look(database, [sent(0, Kind.FRESH, "k", "INTERNAL")], [], [])
    assert found.breaches == {"wrong answer": ["INTERNAL x 1"]}
