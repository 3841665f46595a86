"""What was acknowledged is there after kill -9 (CONTRACT 4.6)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from pymongo import MongoClient

from tests.eventually import eventually
from tests.service.process import ServeProcess, serving
from tests.service.running import Client, Webhook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SENDERS = 8
BEFORE_THE_KILL = 150


@pytest.fixture
def process(tmp_path: Path) -> Iterator[ServeProcess]:
    with serving(tmp_path / "data") as process:
        yield process


class Load:
    """Senders that go on until the service stops answering, and remember what was acknowledged."""

    def __init__(self, address: str, webhook: Webhook, keys_per_sender: int) -> None:
        self._webhook = webhook
        self._keys = keys_per_sender
        self._client = Client(address)
        self._lock = threading.Lock()
        self.acknowledged: dict[str, int] = {}
        self.enough = threading.Event()

    def run(self) -> None:
        """Send until a call fails."""
        with ThreadPoolExecutor(SENDERS) as threads:
            for sender in threads.map(self._send, range(SENDERS)):
                assert sender is None
        self._client.channel.close()

    def _send(self, sender: int) -> None:
        for number in range(100_000):
            key = f"{sender}/{number % self._keys}"
            body = {"event_key": key, "title": f"event {key}"}
            if self._client.create(self._webhook, body).status != "OK":
                return
            with self._lock:
                self.acknowledged[key] = self.acknowledged.get(key, 0) + 1
                if sum(self.acknowledged.values()) >= BEFORE_THE_KILL:
                    self.enough.set()


def _counted(process: ServeProcess) -> dict[str, int]:
    with MongoClient[dict[str, Any]](process.runtime()["mongodb_uri"]) as client:
        found = client.get_default_database()["event"].find({})
        counts: dict[str, int] = {}
        for event in found:
            key = event["event_key"]
            counts[key] = counts.get(key, 0) + 1 + event["repeat_count"]
        return counts


def _alerts_per_key(process: ServeProcess) -> set[int]:
    with MongoClient[dict[str, Any]](process.runtime()["mongodb_uri"]) as client:
        alerts: dict[str, int] = {}
        for alert in client.get_default_database()["alert"].find({}):
            alerts[alert["event_key"]] = alerts.get(alert["event_key"], 0) + 1
        return set(alerts.values())


@pytest.mark.parametrize("keys_per_sender", [100_000, 5], ids=["new keys", "repeats"])
def test_killed_under_load(process: ServeProcess, keys_per_sender: int) -> None:
    webhook = Webhook(*process.webhook("load"))
    acknowledged: dict[str, int] = {}
    for _ in range(3):
        load = Load(process.address, webhook, keys_per_sender)
        sending = threading.Thread(target=load.run)
        sending.start()
        assert load.enough.wait(60)
        process.kill()
        sending.join()
        for key, count in load.acknowledged.items():
            acknowledged[key] = acknowledged.get(key, 0) + count
        process.restart()

    def missing() -> dict[str, tuple[int, int]]:
        counted = _counted(process)
        return {
            key: (count, counted.get(key, 0))
            for key, count in acknowledged.items()
            if counted.get(key, 0) < count
        }

    # The counts of a killed process are adopted by the next one after a while.
    eventually(lambda: not missing(), failing=missing)
    assert _alerts_per_key(process) == {1}


def test_a_stop_answers_what_is_under_way_and_leaves_nothing_behind(process: ServeProcess) -> None:
    webhook = Webhook(*process.webhook("load"))
    load = Load(process.address, webhook, 100_000)
    sending = threading.Thread(target=load.run)
    sending.start()
    assert load.enough.wait(60)
    assert process.stop() == 0
    sending.join()
    assert not (process.data_dir / "runtime.json").exists()
    process.restart()
    assert load.acknowledged.keys() <= _counted(process).keys()
