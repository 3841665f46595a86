"""A supervisor of two workers, which prints what would be served: before and after one has died.

``python -m tests.metrics.supervisor DIRECTORY``
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from event_service.metrics.ended_workers import worker_gone
from event_service.metrics.shared_files import share_metrics


def _worker(count: int, depth: int) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.metrics.worker", str(count), str(depth)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "counted\n"
    return process


def main() -> None:
    """Print a JSON list of the two expositions."""
    share_metrics(Path(sys.argv[1]))
    # Only now: prometheus_client looks at the environment when it is imported.
    from event_service.metrics.exposition import exposition, worker_restarted  # noqa: PLC0415

    first, second = _worker(3, 5), _worker(4, 6)
    # Of a worker that is making it at this moment, or was killed when it did.
    (Path(sys.argv[1]) / "counter_1000000000.db").touch()
    both = exposition("")[0].decode()
    os.kill(second.pid, signal.SIGKILL)
    second.wait()
    worker_gone(second.pid)
    worker_restarted()
    one = exposition("")[0].decode()
    first.communicate("end\n")
    sys.stdout.write(json.dumps([both, one]))


if __name__ == "__main__":
    main()
