"""``event-service migrate`` on real databases."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from bson import encode

from event_service.cli.migrate import run_plan
from event_service.manager.access_key import credential_of, matches
from event_service.manager.key_vault import KeyVault
from event_service.migration.following import Progress, follow
from event_service.migration.plan import Plan, make_plan
from event_service.migration.steps import OnIndex
from event_service.model.index_steps import MakeIndex
from event_service.model.indexes import (
    COLLECTIONS,
    DECLARED,
    all_found,
    declared_steps,
    ensure_indexes,
)
from tests.service.cloudforet import WEBHOOK, fill

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymongo.database import Database

    from tests.cli.conftest import Command

Document = dict[str, Any]
ALL = len(DECLARED)
SECRET = "a secret of at least thirty-two characters"  # noqa: S105 - of this test alone

pytestmark = pytest.mark.usefixtures("stores_given")


def content(database: Database[Document]) -> dict[str, list[bytes]]:
    """All of it, byte for byte."""
    names = sorted(database.list_collection_names())
    documents = {name: [encode(each) for each in database[name].find()] for name in names}
    indexes = {
        f"{name}'s indexes": [encode(each) for each in database[name].list_indexes()]
        for name in names
    }
    return documents | indexes


def take_over(database: Database[Document]) -> None:
    """A database of Cloudforet's, with indexes of its own."""
    fill(database)
    database["event"].create_index([("event_id", 1)])
    database["event"].create_index([("event_key", 1)], unique=True)
    database["event"].create_index([("title", 1)])


def test_a_dry_run_says_all_and_changes_nothing(
    command: Command, mongo_database: Database[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVENT_RETENTION_DAYS", "7")
    take_over(mongo_database)
    before = content(mongo_database)
    told = command.told("migrate", "--dry-run", "--drop-unused")
    assert content(mongo_database) == before
    for line in (
        f"1/{ALL + 6} event: replace the index event_id by event_id (unique)",
        f"{ALL + 1}/{ALL + 6} event: build the index created_at (expires after 7 d)",
        f"{ALL + 2}/{ALL + 6} event_body: build the index created_at (expires after 8 d)",
        f"{ALL + 3}/{ALL + 6} event: drop the index event_key (unique)",
        f"{ALL + 4}/{ALL + 6} event: drop the index title",
        "webhook: keep digests of the access keys that stand in clear (1 document)",
        "alert: take over open alerts, so that events go on joining them (2 documents)",
        "Nothing was changed",
    ):
        assert line in told
    assert WEBHOOK.key not in told


def test_a_database_of_cloudforets_is_migrated_once(
    command: Command, mongo_database: Database[Document]
) -> None:
    take_over(mongo_database)
    told = command.told("migrate")
    assert f"{ALL + 2}/{ALL + 2} alert: take over open alerts" in told
    assert "no use for the index event.title_1; --drop-unused" in told
    assert "no use for the index event.event_key_1, which may refuse events; --drop" in told
    assert declared_steps(all_found(mongo_database)) == ()
    webhook = mongo_database["webhook"].find_one() or {}
    assert WEBHOOK.key not in str(webhook)
    assert matches(credential_of(webhook), WEBHOOK.key)
    keyed = mongo_database["alert"].find({"dedup_key": {"$exists": True}})
    assert {alert["alert_id"] for alert in keyed} == {"alert-8", "alert-9"}

    before = content(mongo_database)
    assert "There is nothing to do." in command.told("migrate")
    assert content(mongo_database) == before
    assert "drop the index title" in command.told("migrate", "--drop-unused")
    assert command.told("migrate", "--drop-unused") == "There is nothing to do.\n"


def test_a_webhook_without_a_key_in_clear_is_no_work(
    command: Command, mongo_database: Database[Document]
) -> None:
    command.told("migrate")
    keys: list[Document] = [
        {},
        {"access_key": ""},
        {"access_key": None},
        {"access_key": "old", "access_key_hash": "00"},
    ]
    mongo_database["webhook"].insert_many(
        [{"webhook_id": f"webhook-{number}", **each} for number, each in enumerate(keys)]
    )
    assert command.told("migrate") == "There is nothing to do.\n"


def test_a_key_beside_a_digest_that_is_none_is_in_clear(
    command: Command, mongo_database: Database[Document]
) -> None:
    command.told("migrate")
    keys: list[Document] = [
        {"webhook_id": "webhook-1", "access_key": "old", "access_key_hash": ["00"]},
        {"webhook_id": "webhook-2", "access_key": ["old"]},
        {"webhook_id": ["webhook-3"], "access_key": "old"},
        {"access_key": "old"},
    ]
    mongo_database["webhook"].insert_many(keys)
    assert "(1 document)" in command.told("migrate", "--dry-run")
    command.told("migrate")
    assert command.told("migrate") == "There is nothing to do.\n"
    webhook = mongo_database["webhook"].find_one({"webhook_id": "webhook-1"}) or {}
    assert "access_key" not in webhook
    assert matches(credential_of(webhook), "old")


def test_keys_that_are_shown_are_kept_encrypted(
    command: Command, mongo_database: Database[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVENT_SECRET_KEY", SECRET)
    monkeypatch.setenv("EVENT_WEBHOOK_SHOW_KEYS", "true")
    fill(mongo_database)
    command.told("migrate")
    webhook = mongo_database["webhook"].find_one() or {}
    assert WEBHOOK.key not in str(webhook)
    opened = KeyVault(SECRET).open(WEBHOOK.webhook_id, webhook["access_key_sealed"])
    assert opened == WEBHOOK.key


def test_an_alert_that_cannot_be_taken_over_is_not_work_for_ever(
    command: Command, mongo_database: Database[Document]
) -> None:
    fill(mongo_database)
    alerts = mongo_database["alert"]
    alerts.update_one({"alert_id": "alert-9"}, {"$set": {"alert_number": 8}})
    alerts.insert_one({"alert_id": "alert-10", "state": "TRIGGERED"})  # without an event
    assert "(1 document)" in command.told("migrate", "--dry-run").splitlines()[-2]
    command.told("migrate")
    assert command.told("migrate") == "There is nothing to do.\n"


def test_duplicates_are_named_and_left_to_the_operator(
    command: Command, mongo_database: Database[Document]
) -> None:
    twice = {"event_id": "event-1"}
    mongo_database["event"].insert_many([dict(twice), dict(twice), {"event_id": "event-2"}])
    told = command.refused("migrate")
    assert "2 documents of event share 1 value of event_id (event-1: 2)" in told
    assert f"{ALL - 1}/{ALL - 1}" in told, "the other indexes are built"
    assert [str(step) for step in declared_steps(all_found(mongo_database))] == [
        "build the index event_id (unique)"
    ]
    assert mongo_database["event"].count_documents({}) == 3
    mongo_database["event"].delete_one(twice)
    assert "1/1 event: build the index event_id (unique)" in command.told("migrate")


def test_of_a_long_value_its_beginning_is_told(
    command: Command, mongo_database: Database[Document]
) -> None:
    mongo_database["event"].insert_many([{"event_id": "x" * 100_000} for _ in range(2)])
    told = command.refused("migrate", "--dry-run")
    assert f"event_id ({'x' * 100}...: 2)" in told
    assert len(told) < 10_000


def test_lists_that_share_a_member_stop_their_index_alone(
    command: Command, mongo_database: Database[Document]
) -> None:
    fill(mongo_database)
    mongo_database["event"].create_index([("event_id", 1)])
    mongo_database["event"].insert_many([{"event_id": ["a", "b"]}, {"event_id": ["b", "c"]}])
    told = command.refused("migrate")
    # MongoDB says before the code which build has failed.
    assert "replace the index event_id by event_id (unique): DuplicateKeyError: " in told
    assert "E11000" in told
    assert f"{ALL + 2}/{ALL + 2} alert: take over open alerts" in told
    webhook = mongo_database["webhook"].find_one() or {}
    assert matches(credential_of(webhook), WEBHOOK.key)
    assert "1/1 event" in command.refused("migrate")
    mongo_database["event"].delete_one({"event_id": ["a", "b"]})
    assert "1/1 event" in command.told("migrate")


def test_a_plan_for_scripts(command: Command, mongo_database: Database[Document]) -> None:
    ensure_indexes(mongo_database, None)
    mongo_database["alert"].drop_index("alert_id_1")
    mongo_database["event"].create_index([("title", 1)])
    plan = command.told_json("migrate", "--dry-run")
    assert plan == {
        "steps": [
            {
                "collection": "alert",
                "step": "build the index alert_id (unique)",
                "documents": None,
            }
        ],
        "stopped": [],
        "unused": [{"collection": "event", "name": "title_1", "index": "title"}],
    }
    assert command.told_json("migrate") == plan
    assert command.told_json("migrate")["steps"] == []


def test_bars_on_a_terminal(
    command: Command, mongo_database: Database[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    fill(mongo_database)
    told = command.told("migrate")
    assert "\x1b[" in told
    assert f"{ALL + 2}/{ALL + 2} alert: take over open alerts" in told
    assert "2 of 2" in told


@dataclass(frozen=True)
class Slow:
    """A step that counts to two and then waits until it is seen."""

    act: Callable[[], None] = lambda: None
    seen: threading.Event = field(default_factory=threading.Event)
    documents: int | None = 3
    collection: str = "event"

    def run(self, database: Database[Document], done: Callable[[int], None]) -> None:  # noqa: ARG002
        done(2)
        self.act()
        assert self.seen.wait(30)


def test_documents_are_counted_while_a_step_runs(mongo_database: Database[Document]) -> None:
    step = Slow()
    told: list[Progress] = []

    def tell(progress: Progress) -> None:
        told.append(progress)
        step.seen.set()

    follow(step, mongo_database, tell)
    assert told[0] == Progress(2, 3)
    assert told[-1] == Progress(3, 3)


def test_a_build_is_followed_where_the_server_says_nothing(
    mongo_database: Database[Document],
) -> None:
    step = Slow(documents=None)
    told: list[Progress] = []

    def tell(progress: Progress) -> None:
        told.append(progress)
        step.seen.set()

    follow(step, mongo_database, tell)
    assert told[0] == Progress(None, None)


def test_what_is_done_stays_done_after_ctrl_c(
    command: Command, mongo_database: Database[Document], capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = (OnIndex(MakeIndex(index)) for index in DECLARED[:2])
    interrupted = Slow(lambda: os.kill(os.getpid(), signal.SIGINT))
    plan = Plan((before, interrupted, after), (), ())
    try:
        with pytest.raises(SystemExit) as ended:
            run_plan(plan, mongo_database, quiet=False)
    finally:
        interrupted.seen.set()
    assert ended.value.code == 130
    assert "1 of 3 steps are done" in capsys.readouterr().err
    assert [index.shape for index in all_found(mongo_database)] == [DECLARED[0].shape]
    command.told("migrate")
    plan = make_plan(mongo_database, retention_days=None, vault=None, drop_unused=False)
    assert (plan.steps, plan.stopped) == ((), ())


def test_every_collection_is_one_of_the_services() -> None:
    assert set(COLLECTIONS) == {"event_body", *(index.collection for index in DECLARED)}
