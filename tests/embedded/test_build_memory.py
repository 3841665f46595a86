"""The embedded database gets more memory where indexes of many documents are to be built."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from event_service.embedded.directory import DataDirectory
from event_service.embedded.mongodb import CACHE_BYTES, EmbeddedMongoDB

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("for_builds", [False, True])
def test_the_cache_is_larger_for_builds(tmp_path: Path, for_builds: bool) -> None:  # noqa: FBT001
    with DataDirectory(tmp_path) as directory:
        store = EmbeddedMongoDB(directory.path, directory.lock, for_builds=for_builds)
        store.start()
        try:
            listed = ["ps", "-o", "args=", "-ww", "-p", str(store.pid)]
            command = subprocess.run(listed, capture_output=True, text=True, check=True).stdout
        finally:
            store.stop()
    found = re.search(r"--cache-size (\d+)M", command)
    assert found is not None
    half = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    wanted = max(CACHE_BYTES, half) if for_builds else CACHE_BYTES
    assert int(found[1]) == wanted // 1024**2
