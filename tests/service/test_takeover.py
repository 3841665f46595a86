"""A database of Cloudforet's monitoring service, taken over as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bson.datetime_ms import DatetimeMS

from event_service.manager.takeover import adopt, orphans
from tests.service.cloudforet import SEEN, WEBHOOK, fill

if TYPE_CHECKING:
    from structlog.typing import EventDict

    from tests.service.running import Running, Start


def _taken_over(start: Start) -> Running:
    first = start()
    fill(first.database)
    return start()


def test_old_events_are_read(start: Start) -> None:
    running = _taken_over(start)
    answer = running.client.call("list", {"alert_id": "alert-8"})
    assert [event["event_id"] for event in answer.body["results"]] == ["event-8"]


def test_dates_that_no_calendar_reaches_cost_no_page(start: Start) -> None:
    running = _taken_over(start)
    far = DatetimeMS(2**62)
    running.database["event"].update_one(
        {"event_id": "event-8"}, {"$set": {"occurred_at": far, "raw_data": {"at": far}}}
    )
    last = "9999-12-31T23:59:59.999Z"
    (event,) = running.client.call("list", {"alert_id": "alert-8"}).body["results"]
    assert (event["occurred_at"], event["raw_data"]) == (last, {"at": last})
    assert running.client.call("get", {"event_id": "event-8"}).body == event
    for key in ("occurred_at", "raw_data.at"):
        assert running.client.call("stat", {"query": {"distinct": key}}).body["results"] == [last]
    assert running.client.create(WEBHOOK, SEEN | {"title": "fuller"}).status == "OK"
    assert running.events()[-1]["alert_id"] == "alert-8"


def test_a_list_of_ids_is_nobodys_event(start: Start) -> None:
    running = _taken_over(start)
    listed = {"event_id": ["event-1", "event-2"], "domain_id": "domain-1", "title": "another"}
    running.database["event"].insert_one(listed)
    assert running.client.call("get", {"event_id": "event-1"}).code == "ERROR_NOT_FOUND"
    assert len(running.client.call("list", {}).body["results"]) == 4


def test_a_duplicate_joins_the_old_alert_in_its_window(start: Start) -> None:
    running = _taken_over(start)
    assert running.client.create(WEBHOOK, SEEN | {"title": "fuller"}).status == "OK"
    assert running.client.create(WEBHOOK, SEEN | {"title": "fuller"}).status == "OK"
    assert len(running.alerts()) == 3
    assert running.events()[-1]["alert_id"] == "alert-8"


def test_an_event_without_a_workspace_has_that_of_its_alert(start: Start) -> None:
    first = start()
    fill(first.database)
    first.database["event"].update_many({}, {"$unset": {"workspace_id": ""}})
    running = start()
    assert running.client.create(WEBHOOK, SEEN | {"title": "fuller"}).status == "OK"
    assert running.events()[-1]["alert_id"] == "alert-8"


def test_an_alert_that_was_moved_to_another_project_is_joined_all_the_same(start: Start) -> None:
    first = start()
    fill(first.database)
    moved = {"$set": {"project_id": "project-2"}}
    first.database["alert"].update_one({"alert_id": "alert-8"}, moved)
    running = start()
    assert running.client.create(WEBHOOK, SEEN | {"title": "fuller"}).status == "OK"
    assert running.events()[-1]["alert_id"] == "alert-8"


@pytest.mark.parametrize("field", ["state", "created_at"])
def test_an_alert_that_cannot_be_read_costs_no_event(start: Start, field: str) -> None:
    first = start()
    fill(first.database)
    first.database["alert"].update_one({"alert_id": "alert-8"}, {"$unset": {field: ""}})
    running = start()
    for title in ("fuller", "fullest"):
        assert running.client.create(WEBHOOK, SEEN | {"title": title}).status == "OK"
    assert running.events()[-1]["alert_id"] == running.events()[-2]["alert_id"] != "alert-8"


def test_an_alert_of_events_without_a_key_stays_as_it_is(start: Start) -> None:
    first = start()
    fill(first.database)
    first.database["event"].update_many({}, {"$unset": {"event_key": ""}})
    running = start()
    assert not any("dedup_key" in alert for alert in running.alerts())


def test_an_alert_whose_number_another_one_has_is_left_and_told(
    start: Start, log: list[EventDict]
) -> None:
    first = start()
    fill(first.database)
    first.database["alert"].update_one({"alert_id": "alert-8"}, {"$set": {"alert_number": 9}})
    running = start()
    told = [line["alert_id"] for line in log if "its number is not unique" in line["event"]]
    assert told == ["alert-8"]
    owned = [alert["alert_id"] for alert in running.alerts() if "dedup_key" in alert]
    assert owned == ["alert-9"]


def test_who_is_late_to_take_an_alert_over_changes_nothing(start: Start) -> None:
    first = start()
    fill(first.database)
    late = list(orphans(first.database))
    running = start()
    running.client.create(WEBHOOK, SEEN | {"title": "fuller"})
    before = running.alerts()
    for orphan in late:
        adopt(running.database, orphan)
    assert running.alerts() == before


def test_a_recovery_finds_the_old_alert(start: Start) -> None:
    running = _taken_over(start)
    running.client.create(WEBHOOK, SEEN | {"event_key": "k2", "event_type": "RECOVERY"})
    states = {alert["alert_id"]: alert["state"] for alert in running.alerts()}
    assert states == {"alert-7": "RESOLVED", "alert-8": "TRIGGERED", "alert-9": "RESOLVED"}


def test_a_new_alert_is_numbered_above_the_old_ones(start: Start) -> None:
    running = _taken_over(start)
    elsewhere = [("domain-1", "workspace-2"), ("domain-2", "workspace-1")]
    running.database["alert"].insert_many(
        {"domain_id": domain, "workspace_id": workspace, "alert_id": domain, "alert_number": 99}
        for domain, workspace in elsewhere
    )
    for key in ("new", "newer"):
        running.client.create(WEBHOOK, SEEN | {"event_key": key})
    assert [alert["alert_number"] for alert in running.alerts()] == [7, 8, 9, 10, 11, 99, 99]


def test_the_key_in_clear_is_gone_after_its_first_use(start: Start) -> None:
    running = _taken_over(start)
    assert running.client.create(WEBHOOK, SEEN).status == "OK"
    assert WEBHOOK.key not in str(running.database["webhook"].find_one({}))
    assert running.client.create(WEBHOOK, SEEN).status == "OK"


def test_an_index_that_may_refuse_events_is_told_at_the_start(
    start: Start, log: list[EventDict]
) -> None:
    first = start()
    # Cloudforet's first versions had it.
    first.database["event"].create_index([("domain_id", 1), ("event_key", 1)], unique=True)
    start()
    told = [line["index"] for line in log if "may refuse events" in line["event"]]
    assert told == ["event.domain_id_1_event_key_1"]
