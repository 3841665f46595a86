"""A worker process of a service that counts a little, says so, and ends when it is told to.

``python -m tests.metrics.worker CALLS DEPTH``
"""

import sys

from event_service.metrics import calls, deliveries, stores
from event_service.metrics.exposition import MetricsUpdater

PATH = "/tests.Metrics/call"


def main() -> None:
    """Count so many calls, leave the queue that deep."""
    count, depth = (int(argument) for argument in sys.argv[1:])
    calls.methods_hosted([PATH])
    account = MetricsUpdater("1.2.3")
    account.start()
    for _ in range(count):
        calls.call_handled(PATH, "OK", 0.01)
    deliveries.queued("create", depth)
    stores.store_up("redis", up=True)
    deliveries.alerts_open(count)
    account.stop()
    sys.stdout.write("counted\n")
    sys.stdout.flush()
    sys.stdin.readline()


if __name__ == "__main__":
    main()
