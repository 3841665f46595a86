"""A name comes once in a project, whoever wants it at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from pymongo.errors import PyMongoError

from event_service.errors import InvalidParameter
from event_service.manager import webhook_names
from event_service.manager.webhook_names import WantedName, WebhookNames

if TYPE_CHECKING:
    from pymongo.database import Database

    from event_service.manager.webhooks import WebhookManager

TENANT = ("domain-1", "workspace-1", "project-1")
OTHERS = (
    ("domain-2", "workspace-1", "project-1"),
    ("domain-1", "workspace-2", "project-1"),
    ("domain-1", "workspace-1", "project-2"),
)


def test_a_name_that_was_given_up_is_free(manager: WebhookManager) -> None:
    first, _ = manager.create("a", *TENANT)
    assert manager.update(first.webhook_id, "b").name == "b"
    second, _ = manager.create("a", *TENANT)
    with pytest.raises(InvalidParameter, match="key = name"):
        manager.update(first.webhook_id, "a")
    manager.delete(second.webhook_id)
    assert manager.update(first.webhook_id, "a").name == "a"
    assert manager.update(first.webhook_id, " a ").name == "a"
    manager.create("b", *TENANT)


def test_another_tenants_name_says_nothing(manager: WebhookManager) -> None:
    manager.create("a", *TENANT)
    for tenant in OTHERS:
        manager.create("a", *tenant)


def test_tenants_may_want_one_name_at_the_same_time(
    webhook_database: Database[dict[str, Any]],
) -> None:
    names = WebhookNames(webhook_database)
    with ExitStack() as stack:
        for tenant in (TENANT, *OTHERS):
            stack.enter_context(names.held(WantedName(*tenant, "a")))


def test_a_webhook_may_be_given_the_name_that_it_has(
    manager: WebhookManager, webhook_database: Database[dict[str, Any]]
) -> None:
    webhook, _ = manager.create("a", *TENANT)
    with WebhookNames(webhook_database).held(WantedName(*TENANT, "a"), webhook.webhook_id):
        pass


def test_of_many_at_once_one_gets_it(
    manager: WebhookManager, webhook_database: Database[dict[str, Any]]
) -> None:
    others = [manager.create(f"other-{n}", *TENANT)[0] for n in range(4)]
    together = Barrier(8)

    def want(number: int) -> bool:
        together.wait(30)
        try:
            if number < len(others):
                manager.update(others[number].webhook_id, "wanted")
            else:
                manager.create("wanted", *TENANT)
        except InvalidParameter:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(want, range(8)))
    assert got.count(True) == 1
    assert webhook_database["webhook"].count_documents({"name": "wanted"}) == 1
    assert webhook_database["webhook_name"].count_documents({}) == 0


def test_what_a_dead_process_held_is_free_after_a_minute(
    webhook_database: Database[dict[str, Any]],
) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    wanted = WantedName(*TENANT, "a")
    holds = webhook_database["webhook_name"]
    with WebhookNames(webhook_database, lambda: now).held(wanted):
        dead = holds.find_one()
    assert dead is not None
    holds.insert_one(dead)
    early = WebhookNames(webhook_database, lambda: now + timedelta(seconds=50))
    with pytest.raises(InvalidParameter, match="key = name"), early.held(wanted):
        pytest.fail("it is held")
    late = WebhookNames(webhook_database, lambda: now + timedelta(seconds=70))
    with late.held(wanted):
        assert holds.count_documents({}) == 1
    assert holds.count_documents({}) == 0


def test_what_was_left_behind_goes_with_another_name(
    webhook_database: Database[dict[str, Any]],
) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    holds = webhook_database["webhook_name"]
    for name, age in (("left", 61), ("also left", 3_600), ("held", 59)):
        one = WantedName(*TENANT, name)
        held_at = now - timedelta(seconds=age)
        holds.insert_one({"_id": one.hold_id, "holder": name, "held_at": held_at})
    with WebhookNames(webhook_database, lambda: now).held(WantedName(*TENANT, "a")):
        pass
    assert [one["holder"] for one in holds.find()] == ["held"]


def test_who_took_too_long_leaves_the_name_to_who_holds_it_now(
    webhook_database: Database[dict[str, Any]],
) -> None:
    holds = webhook_database["webhook_name"]
    with WebhookNames(webhook_database).held(WantedName(*TENANT, "a")):
        holds.update_one({}, {"$set": {"holder": "another"}})
    assert [one["holder"] for one in holds.find()] == ["another"]


def test_a_database_that_is_too_slow_is_not_waited_for(
    webhook_database: Database[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_names, "_WAITED_AT_MOST", timedelta(microseconds=1))
    names = WebhookNames(webhook_database)
    with pytest.raises(PyMongoError) as late, names.held(WantedName(*TENANT, "a")):
        pytest.fail("it was waited for")
    assert late.value.timeout


def test_a_failed_write_lets_go(webhook_database: Database[dict[str, Any]]) -> None:
    names = WebhookNames(webhook_database)
    wanted = WantedName(*TENANT, "a")
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), names.held(wanted):
            raise ZeroDivisionError
