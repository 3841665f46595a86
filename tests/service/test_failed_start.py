"""A service that can't say where it is reached does not start, and leaves nothing running."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from event_service.app import Service
from event_service.embedded.directory import DataDirectory
from event_service.embedded.runtime import RUNTIME_FILE
from event_service.start_errors import DataDirectoryError
from tests.service.running import settings_for

if TYPE_CHECKING:
    from pathlib import Path

    from pymongo.database import Database

    from event_service.stores import Stores


def test_a_start_that_fails_leaves_nothing_running(
    stores: Stores, mongo_database: Database[dict[str, Any]], redis_url: str, tmp_path: Path
) -> None:
    mongodb_uri = urlsplit(stores.mongodb_uri)._replace(path=f"/{mongo_database.name}").geturl()
    service = Service(settings_for(mongodb_uri, redis_url, tmp_path))
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
