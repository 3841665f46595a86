"""A disk that is full.

The data directory is a small file system of its own, which only the service and its stores see:
it goes with them, whatever becomes of the rest.
"""

from __future__ import annotations

import errno
import os
import shlex
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pymongo
from pymongo.errors import PyMongoError

from chaos.faults.fault import Fault, Needs
from chaos.stand import NoReturn

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from pymongo.collection import Collection

    from chaos.stand import Stand

SIZE = "768m"
FILLER = "filler"
BLOCK = bytes(1024 * 1024)
LARGEST_WRITE, SMALLEST_WRITE = 4 * 1024 * 1024, 1024
MOST_WRITTEN = 1024 * 1024 * 1024
WRITE_SECONDS = 2.0
SHORTEST_SECONDS, LONGEST_SECONDS = 1.0, 4.0


class FillDisk(Fault):
    """Another file takes all the room there is, and is deleted after a while."""

    name = "fill-disk"
    # What is written to use up the log stays on the disk: more rounds would need more room.
    rounds_of_a_service = 2

    def impossible(self) -> str | None:
        """See Fault."""
        if sys.platform != "linux" or shutil.which("unshare") is None:
            return "it takes Linux and unshare (util-linux)"
        tried = subprocess.run(
            _in_own_mounts("mount -t tmpfs none /mnt"), capture_output=True, check=False
        )
        return None if tried.returncode == 0 else "neither root nor a user may mount a file system"

    def needs(self, directory: Path) -> Needs:
        """See Fault."""
        mount = f"mount -t tmpfs -o size={SIZE},mode=700 none {shlex.quote(str(directory))}"
        return Needs(
            wrapper=_in_own_mounts(f'{mount} && exec "$@"', "sh"),
            visible=f"/proc/{{pid}}/root{directory}",
        )

    def strike(self, stand: Stand, random: Random) -> float:
        """See Fault: from the moment when there is room again."""
        filler = stand.service.directory / FILLER
        held = random.uniform(SHORTEST_SECONDS, LONGEST_SECONDS)
        try:
            _fill(filler)
            with stand.database() as database:
                _use_up_log(database["chaos"], random)
            ends = time.monotonic() + held
            while time.monotonic() < ends:
                # Again and again: stores also free some room.
                _fill(filler)
                time.sleep(0.1)
        finally:
            filler.unlink(missing_ok=True)
        return time.monotonic()


def _use_up_log(collection: Collection[dict[str, Any]], random: Random) -> None:
    """Write to the database until it has no room for anything: it has taken some beforehand."""
    size = LARGEST_WRITE
    written = 0
    while size > SMALLEST_WRITE:
        if written > MOST_WRITTEN:
            raise NoReturn(f"the full disk was not felt after {written} bytes")
        junk = random.randbytes(size)  # nothing that could be compressed
        try:
            with pymongo.timeout(WRITE_SECONDS):
                collection.update_one({"_id": 0}, {"$set": {"junk": junk}}, upsert=True)
        except PyMongoError:
            # A smaller one may still find room.
            size //= 4
        else:
            written += size


def _fill(filler: Path) -> None:
    block = BLOCK
    with filler.open("ab", buffering=0) as file:
        while block:
            try:
                file.write(block)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                # To the last byte: a smaller block may still fit.
                block = block[: len(block) // 2]


def _in_own_mounts(script: str, *arguments: str) -> list[str]:
    namespaces = ["--mount"] if os.geteuid() == 0 else ["--user", "--map-root-user", "--mount"]
    return ["unshare", *namespaces, "sh", "-c", script, *arguments]
