"""Runs fuzzers one after the other, and keeps what they find worth keeping."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fuzz.corpus import keep, kept, unpack
from fuzz.seeds import seeds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fuzz.target import Target

_ROOT = Path(__file__).parents[1]
_UNIT_SECONDS = 10
"""An input that takes longer is a finding: no reader may take so long for so few bytes."""
_MEMORY_MB = 1024
_SAID_AT_MOST = 6_000
_EXECUTED = re.compile(r"stat::number_of_executed_units:\s*([0-9]+)")
_COVERED = re.compile(r"cov: ([0-9]+) ft: ([0-9]+)")


@dataclass(frozen=True, slots=True)
class Run:
    """What came of fuzzing one target: ``finding`` is the end of the output when it failed.

    ``edges`` is how many places of the code were reached.
    """

    target: str
    inputs: int
    executed: int
    edges: int
    finding: str | None


def fuzz(target: Target, seconds: int, scratch: Path) -> Run:
    """Fuzz a target for so many seconds, beginning with what is kept.

    New inputs are in ``scratch / NAME / new`` afterwards, and those that fail beside it.
    """
    known, new = _directories(target, scratch)
    ended = _libfuzzer(
        target,
        f"-max_total_time={seconds}",
        f"-timeout={_UNIT_SECONDS}",
        f"-rss_limit_mb={_MEMORY_MB}",
        f"-max_len={target.longest}",
        f"-artifact_prefix={scratch / target.name}/failing-",
        "-print_final_stats=1",
        "-verbosity=1",
        str(new),
        str(known),
    )
    covered = _COVERED.findall(ended.stderr)
    executed = _EXECUTED.search(ended.stderr)
    said = (ended.stdout + ended.stderr)[-_SAID_AT_MOST:]
    return Run(
        target=target.name,
        inputs=len(list(known.iterdir())) + len(list(new.iterdir())),
        executed=int(executed[1]) if executed else 0,
        edges=int(covered[-1][0]) if covered else 0,
        finding=said if ended.returncode else None,
    )


def grow(target: Target, scratch: Path) -> Path:
    """Keep the fewest of the inputs found by ``fuzz`` that reach as much as all of them."""
    known, new = _directories(target, scratch)
    fewest = scratch / target.name / "fewest"
    fewest.mkdir(exist_ok=True)
    ended = _libfuzzer(target, "-merge=1", str(fewest), str(new), str(known))
    if ended.returncode:
        raise RuntimeError(f"merging failed: {ended.stderr[-_SAID_AT_MOST:]}")
    return keep(target.name, {path.read_bytes() for path in fewest.iterdir()})


def _directories(target: Target, scratch: Path) -> Sequence[Path]:
    known, new = (scratch / target.name / part for part in ("known", "new"))
    unpack({*kept(target.name), *seeds(target.name)}, known)
    new.mkdir(exist_ok=True)
    return known, new


def _libfuzzer(target: Target, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fuzz.one_target", target.name, *arguments]
    return subprocess.run(  # noqa: S603 - our own interpreter and arguments
        command,
        cwd=_ROOT,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
