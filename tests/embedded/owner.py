"""A process that holds a data directory until its standard input ends: ``owner.py DIRECTORY``."""

import json
import os
import sys
from pathlib import Path

from event_service.settings import Settings
from event_service.stores import open_stores


def main() -> None:
    """Open the stores, say where they are, wait, and close them."""
    stores = open_stores(Settings(data_dir=Path(sys.argv[1])))
    assert stores.mongodb is not None
    assert stores.redis is not None
    stores.publish("127.0.0.1:1", None)
    said = {
        "pid": os.getpid(),
        "mongodb_uri": stores.mongodb_uri,
        "redis_url": stores.redis_url,
        "stores": [stores.mongodb.pid, stores.redis.pid],
    }
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    stores.close()


if __name__ == "__main__":
    main()
