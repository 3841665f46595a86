"""The embedded MongoDB-compatible store: the server ``secantusd-rs`` over WiredTiger."""

import os
import re
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from event_service.child_processes.child import Child
from event_service.child_processes.supervisor import Supervisor
from event_service.embedded.programs import mongodb_program
from event_service.mongodb_address import DEFAULT_DATABASE

CACHE_BYTES = 256 * 1024**2
LOG_FILE_SIZE = "128MB"
PROBE_MILLISECONDS = 500
PANIC = "WT_PANIC"
_ITS_VERSION = "secantusVersion"
"""What ``buildInfo`` has beside the version of MongoDB that it is like."""
LISTENING = re.compile(r"listening on 127\.0\.0\.1:(\d+)")


class EmbeddedMongoDB:
    """The store of a data directory, on a free loopback port that it keeps when restarted."""

    def __init__(self, directory: Path, lock: int, *, for_builds: bool = False) -> None:
        """``lock`` is the descriptor of the directory's lock.

        ``for_builds`` gives it half of the machine's memory: it builds an index in one
        transaction, which with the usual cache never ends beyond some 100,000 documents. Raises
        ProcessStartError.
        """
        self._directory = directory
        self._lock = lock
        self._cache = max(CACHE_BYTES, _memory_bytes() // 2) if for_builds else CACHE_BYTES
        self._port = 0
        self._settings = directory / "mongodb.toml"
        self._settings.write_text("# Empty on purpose: every option is an argument.\n")
        self._program = mongodb_program()
        self._log = directory / "mongodb.log"
        self._probe: MongoClient[dict[str, object]] | None = None
        self._supervisor = Supervisor(
            "embedded mongodb",
            self._log,
            spawn=self._spawn,
            heard=self._heard,
            broken=self._panicked,
        )

    @property
    def uri(self) -> str:
        """The connection string, with the database's name."""
        return f"mongodb://127.0.0.1:{self._port}/{DEFAULT_DATABASE}?directConnection=true"

    @property
    def pid(self) -> int | None:
        """The process id of the server, or of its last run."""
        return self._supervisor.pid

    def start(self) -> str:
        """Start the server and wait until it answers; its connection string.

        Raises ProcessStartError.
        """
        self._supervisor.start(self._answers)
        return self.uri

    def stop(self) -> None:
        """Have the server end; what was acknowledged is on the disk."""
        if self._probe is not None:
            self._probe.close()  # first, since the server waits for those who are connected
        self._supervisor.stop()

    def running(self) -> bool:
        """Whether the server's process lives right now."""
        return self._supervisor.running()

    def _spawn(self) -> Child:
        return Child(
            [
                str(self._program),
                # An own file, because without one the server looks for files of the user's.
                *("--config", str(self._settings)),
                # Without this it loses acknowledged writes when it is killed.
                "--sync-on-commit",
                # With the default of 2 GB it starts slowly.
                *("--log-file-max", LOG_FILE_SIZE),
                *("--cache-size", f"{self._cache // 1024**2}M"),
                *("--host", "127.0.0.1"),
                # The port of the first run ever after: clients connect again by themselves.
                *("--port", str(self._port)),
                *("--storage-path", str(self._directory / "mongodb")),
            ],
            directory=self._directory,
            log=self._log,
            lock=self._lock,
        )

    def _heard(self, line: str) -> None:
        found = LISTENING.search(line)
        if found:
            self._port = int(found[1])

    def _answers(self) -> bool:
        if not self._port:
            return False
        client: MongoClient[dict[str, object]] = MongoClient(
            self.uri,
            serverSelectionTimeoutMS=PROBE_MILLISECONDS,
            connectTimeoutMS=PROBE_MILLISECONDS,
            socketTimeoutMS=PROBE_MILLISECONDS,
        )
        try:
            client.admin.command("ping")
        except PyMongoError:
            client.close()
            return False
        # It is kept for later looks: making a client costs more than many of them.
        self._probe = client
        return True

    def _panicked(self) -> bool:
        # After a fault of the disk, a full one too, WiredTiger does nothing any more and wants to
        # be started again. The server goes on, and answers a ping.
        if self._probe is None:
            return False
        try:
            self._probe[DEFAULT_DATABASE].list_collection_names()
        except OperationFailure as error:
            return PANIC in str(error)
        except PyMongoError:  # also that of a client that was closed: the store is being stopped
            return False
        return False


def sorts_in_memory(client: MongoClient[dict[str, Any]]) -> bool:
    """Whether the server takes no order from an index, as the embedded one, whoever started it.

    Raises ``pymongo.errors.PyMongoError``.
    """
    return _ITS_VERSION in client.admin.command("buildInfo")


def _memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
