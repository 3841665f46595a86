"""A real document store for the tests of compiled queries."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pymongo
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymongo.database import Database

_LISTENING = re.compile(r"listening on (?P<address>\S+)")


@pytest.fixture(scope="session")
def mongodb_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """EVENT_MONGODB_URI, or an embedded store of the session's own."""
    given = os.environ.get("EVENT_MONGODB_URI")
    if given:
        yield given
        return
    directory = tmp_path_factory.mktemp("mongodb")
    command = [
        *(_server(), "--sync-on-commit", "--log-file-max", "128MB"),
        *("--host", "127.0.0.1", "--port", "0", "--storage-path", str(directory / "data")),
    ]
    with (
        (directory / "errors").open("w") as errors,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=directory
        ) as server,
    ):
        assert server.stdout is not None
        found = _LISTENING.search(server.stdout.readline())
        assert found is not None, (directory / "errors").read_text()
        try:
            yield f"mongodb://{found['address']}/"
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def mongo_client(mongodb_uri: str) -> Iterator[pymongo.MongoClient[dict[str, Any]]]:
    with pymongo.MongoClient[dict[str, Any]](mongodb_uri, serverSelectionTimeoutMS=10_000) as it:
        yield it


@pytest.fixture(scope="module")
def mongo_database(
    mongo_client: pymongo.MongoClient[dict[str, Any]],
) -> Iterator[Database[dict[str, Any]]]:
    """A database of the module's own, dropped afterwards."""
    name = f"query_{uuid.uuid4().hex[:12]}"
    yield mongo_client[name]
    mongo_client.drop_database(name)


def _server() -> str:
    beside = Path(sys.executable).parent / "secantusd-rs"
    found = str(beside) if beside.exists() else shutil.which("secantusd-rs")
    assert found is not None, "install the extra 'embedded', or set EVENT_MONGODB_URI"
    return found
