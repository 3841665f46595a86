"""Redis alone, and Redis as a cluster: the buckets are the same on both."""

from tests.dedup.conftest import client

__all__ = ["client"]
