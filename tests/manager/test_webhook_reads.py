"""A webhook is read as it is when its caller asks, together with those of others (CONTRACT 3.2)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from event_service.manager.webhook_reads import WebhookReads
from event_service.store_clients import connect_mongodb, database_of
from tests.eventually import eventually
from tests.mongodb_relay import mongodb_relay

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pymongo.database import Database

    from event_service.settings import Settings
    from tests.sent_commands import SentCommands


def test_who_asks_during_a_read_shares_the_next_and_hears_of_what_changed_meanwhile(
    webhook_database: Database[dict[str, Any]], store_settings: Settings
) -> None:
    webhooks = webhook_database["webhook"]
    webhooks.insert_many([{"webhook_id": one, "state": "ENABLED"} for one in ("w-1", "w-2")])
    asked: list[list[str]] = []
    held, go_on = threading.Event(), threading.Event()

    def hold_the_first(command: Mapping[str, Any]) -> None:
        if command.get("find") == "webhook":
            asked.append(list(command["filter"]["webhook_id"]["$in"]))
            if len(asked) == 1:
                held.set()
                go_on.wait(60)

    with (
        mongodb_relay(webhook_database, hold_the_first) as uri,
        connect_mongodb(uri, store_settings) as client,
        ThreadPoolExecutor() as threads,
    ):
        reads = WebhookReads(database_of(client)["webhook"], 60)
        first = threads.submit(reads.find, "w-1")
        assert held.wait(60)
        others = [threads.submit(reads.find, one) for one in ("w-1", "w-2", "w-1", "w-3")]
        eventually(lambda: reads.waiting == len(others))
        webhooks.update_one({"webhook_id": "w-1"}, {"$set": {"state": "DISABLED"}})
        go_on.set()
        found = [one.result() for one in (first, *others)]
    assert [sorted(one) for one in asked] == [["w-1"], ["w-1", "w-2", "w-3"]]
    assert [one and one["state"] for one in found[1:]] == ["DISABLED", "ENABLED", "DISABLED", None]


def test_a_list_that_has_an_id_in_it_is_no_webhook(
    webhook_database: Database[dict[str, Any]],
) -> None:
    webhook_database["webhook"].insert_one({"webhook_id": ["w-1", "w-2"]})
    assert WebhookReads(webhook_database["webhook"], 60).find("w-1") is None


def test_an_id_that_no_webhook_has_is_not_looked_for(
    listened_database: Database[dict[str, Any]], heard: SentCommands
) -> None:
    reads = WebhookReads(listened_database["webhook"], 60)
    assert reads.find("w" * 1_025) is None
    assert heard.commands == 0
    assert reads.find("w" * 1_024) is None
    assert heard.commands == 1
