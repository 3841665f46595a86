import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis.exceptions
from pymongo import MongoClient
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from event_service.embedded import programs
from event_service.embedded.directory import DataDirectory, read_runtime
from event_service.embedded.mongodb import sorts_in_memory
from event_service.settings import Settings
from event_service.start_errors import DataDirectoryError, ProcessStartError
from event_service.store_clients import RedisClient, connect_mongodb, connect_redis
from event_service.stores import Stores, open_stores

OWNER = Path(__file__).with_name("owner.py")
HEALED = Retry(
    ConstantBackoff(0.05),
    200,
    supported_errors=(redis.exceptions.ConnectionError, redis.exceptions.BusyLoadingError),
)

pytestmark = pytest.mark.usefixtures("no_event_variables")

Watch = Callable[[Iterable[int]], Callable[[], None]]


@contextmanager
def opened(directory: Path, **settings: Any) -> Iterator[Stores]:
    stores = open_stores(Settings(data_dir=directory, **settings))
    try:
        yield stores
    finally:
        stores.close()


@contextmanager
def clients(stores: Stores) -> Iterator[tuple[MongoClient[dict[str, Any]], RedisClient]]:
    settings = Settings(store_timeout_seconds=20)
    with (
        connect_mongodb(stores.mongodb_uri, settings) as mongo,
        connect_redis(stores.redis_url, settings) as cache,
    ):
        cache.set_retry(HEALED)
        yield mongo, cache


@contextmanager
def owner(directory: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """Another process that holds the directory, and what it says about itself."""
    with subprocess.Popen(
        [sys.executable, str(OWNER), str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def test_data_survive_a_restart(tmp_path: Path) -> None:
    with opened(tmp_path) as stores, clients(stores) as (mongo, cache):
        mongo.get_default_database().kept.insert_one({"_id": 1})
        cache.set("kept", "yes")
    with opened(tmp_path) as stores, clients(stores) as (mongo, cache):
        assert mongo.get_default_database().kept.find_one() == {"_id": 1}
        assert cache.get("kept") == "yes"


def test_the_address_names_the_database(tmp_path: Path) -> None:
    with opened(tmp_path) as stores, clients(stores) as (mongo, _):
        assert mongo.get_default_database().name == "event_service"


def test_it_is_known_by_its_address_alone(tmp_path: Path) -> None:
    with opened(tmp_path) as stores, clients(stores) as (mongo, _):
        assert sorts_in_memory(mongo)


def test_a_closed_store_is_gone(tmp_path: Path, watch: Watch) -> None:
    with opened(tmp_path) as stores:
        assert stores.mongodb is not None
        assert stores.redis is not None
        ended = watch(pids(stores))
        assert stores.mongodb.running()
        assert stores.redis.running()
    ended()
    assert not stores.mongodb.running()
    assert not stores.redis.running()


def test_killed_stores_come_back_where_they_were_with_what_they_acknowledged(
    tmp_path: Path, watch: Watch
) -> None:
    with opened(tmp_path) as stores, clients(stores) as (mongo, cache):
        kept = mongo.get_default_database().kept
        for number in range(50):
            kept.insert_one({"_id": number})
            cache.set(str(number), "yes")
        for _ in range(2):
            before = pids(stores)
            ended = watch(before)
            for pid in before:
                os.kill(pid, signal.SIGKILL)
            ended()
            assert kept.count_documents({}) == 50
            assert all(cache.get(str(number)) == "yes" for number in range(50))
            assert not set(before) & set(pids(stores))


def test_a_store_whose_guard_is_killed_comes_back(tmp_path: Path, watch: Watch) -> None:
    with opened(tmp_path) as stores, clients(stores) as (mongo, cache):
        before = pids(stores)
        ended = watch(before)
        for pid in before:
            os.kill(parent(pid), signal.SIGKILL)
        ended()
        assert mongo.get_default_database().kept.count_documents({}) == 0
        assert cache.dbsize() == 0


def test_stores_die_with_a_killed_owner_and_their_directory_is_free(
    tmp_path: Path, watch: Watch
) -> None:
    with owner(tmp_path) as (process, said):
        ended = watch(said["stores"])
        process.kill()
        with opened(tmp_path) as stores:
            ended()
            assert not set(pids(stores)) & set(said["stores"])


def test_a_directory_in_use_is_refused_and_its_user_named(tmp_path: Path) -> None:
    with owner(tmp_path) as (_, said):
        runtime = read_runtime(tmp_path)
        assert runtime is not None
        assert runtime.pid == said["pid"]
        with pytest.raises(DataDirectoryError, match=rf"\(pid {said['pid']}\)"):
            open_stores(Settings(data_dir=tmp_path))
        assert read_runtime(tmp_path) == runtime


def test_a_clean_stop_leaves_no_runtime_file(tmp_path: Path, watch: Watch) -> None:
    with owner(tmp_path) as (process, said):
        ended = watch(said["stores"])
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait() == 0
        ended()
        assert read_runtime(tmp_path) is None
        assert not (tmp_path / "runtime.json").exists()


def test_keys_pressed_in_the_owners_terminal_do_not_reach_its_stores(tmp_path: Path) -> None:
    with opened(tmp_path) as stores:
        assert all(os.getsid(pid) != os.getsid(0) for pid in pids(stores))


def test_a_path_too_long_for_a_socket_is_no_hindrance(tmp_path: Path) -> None:
    with opened(tmp_path / ("long" * 25)) as stores, clients(stores) as (_, cache):
        assert stores.redis_url.startswith("redis://127.0.0.1:")
        assert cache.ping()


def test_a_settings_file_in_the_working_directory_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secantusd.toml").write_text("nonsense [")
    monkeypatch.chdir(tmp_path)
    with opened(tmp_path) as stores, clients(stores) as (mongo, _):
        assert mongo.admin.command("ping")


def test_given_stores_win_and_the_directory_is_held_all_the_same(tmp_path: Path) -> None:
    given = {"mongodb_uri": "mongodb://u:p@h1,h2/?replicaSet=r", "redis_url": "redis://h/3"}
    with opened(tmp_path, **given) as stores:
        assert stores.mongodb is None
        assert stores.redis is None
        assert stores.mongodb_uri == (
            "mongodb://u:p@h1,h2/event_service?replicaSet=r&authSource=admin"
        )
        assert stores.redis_url == "redis://h/3"
        assert "u:p" not in repr(stores)
        with pytest.raises(DataDirectoryError):
            DataDirectory(tmp_path)


def test_only_what_is_not_given_is_embedded(tmp_path: Path) -> None:
    with opened(tmp_path, mongodb_uri="mongodb://h") as stores:
        assert stores.mongodb is None
        assert stores.redis is not None
        assert stores.redis.running()


def test_missing_programs_say_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "REDIS_WHEELS", ())
    with pytest.raises(ProcessStartError, match=r'pip install "spaceone-event-service\[embedded'):
        open_stores(Settings(data_dir=tmp_path))
    DataDirectory(tmp_path).release()


def test_redis_of_the_wheel_serves_where_none_is_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with opened(tmp_path, mongodb_uri="mongodb://h") as stores:
        assert stores.redis is not None
        assert stores.redis.running()


def test_a_store_that_cannot_start_leaves_nothing_running(tmp_path: Path) -> None:
    (tmp_path / "mongodb").write_text("not a directory")
    with pytest.raises(ProcessStartError, match=r"mongodb does not start; .*mongodb\.log"):
        open_stores(Settings(data_dir=tmp_path))
    DataDirectory(tmp_path).release()


def pids(stores: Stores) -> list[int]:
    running = [store for store in (stores.mongodb, stores.redis) if store is not None]
    return [store.pid for store in running if store.pid is not None]


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
