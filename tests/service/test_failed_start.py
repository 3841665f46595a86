"""A service that can't start leaves nothing running, and nothing open."""

from __future__ import annotations

import gc
import os
import socket
import warnings
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from event_service.app import build_service
from event_service.embedded.directory import DataDirectory
from event_service.embedded.runtime import RUNTIME_FILE
from event_service.metrics.shared_files import VARIABLE
from event_service.start_errors import DataDirectoryError, StartError
from event_service.workers.fleet import Fleet
from tests.service.running import settings_for

if TYPE_CHECKING:
    from pathlib import Path

    from pymongo.database import Database

    from event_service.stores import Stores


ANY_PORT = ("127.0.0.1", 0)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_start_that_fails_leaves_nothing_running(
    stores: Stores,
    mongo_database: Database[dict[str, Any]],
    redis_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    processes: int,
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))  # restored after the test
    mongodb_uri = urlsplit(stores.mongodb_uri)._replace(path=f"/{mongo_database.name}").geturl()
    settings = settings_for(mongodb_uri, redis_url, tmp_path, processes=processes)
    service = build_service(settings) if processes == 1 else Fleet(settings, {})
    (tmp_path / f"{RUNTIME_FILE}.{os.getpid()}").mkdir()
    with pytest.raises(DataDirectoryError, match="can't be used"):
        service.start()
    assert service.http_address is not None
    for address in (service.address, service.http_address):
        host, _, port = address.rpartition(":")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, int(port)))
    service.wait()
    DataDirectory(tmp_path).release()


def test_a_port_that_is_taken_leaves_no_client_of_a_store_open(
    stores: Stores, mongo_database: Database[dict[str, Any]], redis_url: str, tmp_path: Path
) -> None:
    mongodb_uri = urlsplit(stores.mongodb_uri)._replace(path=f"/{mongo_database.name}").geturl()
    gc.collect()  # what other tests have left
    with warnings.catch_warnings(record=True) as told, socket.create_server(ANY_PORT) as taken:
        warnings.simplefilter("always")
        settings = settings_for(mongodb_uri, redis_url, tmp_path, http_port=taken.getsockname()[1])
        with pytest.raises(StartError, match="EVENT_HTTP_PORT"):
            build_service(settings)
        gc.collect()
    assert [str(one.message) for one in told if "Unclosed MongoClient" in str(one.message)] == []
    DataDirectory(tmp_path).release()


@pytest.mark.parametrize("processes", [1, 2])
def test_a_port_for_grpc_that_is_taken_is_told_with_its_setting(
    stores: Stores, redis_url: str, tmp_path: Path, processes: int
) -> None:
    with socket.create_server(ANY_PORT) as taken:
        settings = settings_for(
            stores.mongodb_uri,
            redis_url,
            tmp_path,
            port=taken.getsockname()[1],
            processes=processes,
        )
        with pytest.raises(StartError, match=r"Set EVENT_PORT .* or EVENT_HOST"):
            build_service(settings) if processes == 1 else Fleet(settings, {})
