"""The dedup key: which deliveries speak of the same thing (CONTRACT 4)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

SHARDS = 64
"""Hash tags of Redis keys: a cluster keeps the keys of one of them on one node."""


@dataclass(frozen=True, slots=True)
class DedupKey:
    """(domain, workspace, project, event_key), and the digest that stands for it in the stores."""

    domain_id: str
    workspace_id: str
    project_id: str
    event_key: str
    digest: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Each part goes in behind its length, so that no two keys can run together.
        hashed = hashlib.blake2b(digest_size=16)
        for part in (self.domain_id, self.workspace_id, self.project_id, self.event_key):
            encoded = part.encode("utf-8", "surrogatepass")
            hashed.update(len(encoded).to_bytes(4, "big"))
            hashed.update(encoded)
        object.__setattr__(self, "digest", hashed.hexdigest())


def shard_of(digest: str) -> str:
    """The hash tag that the Redis keys of the dedup key of this digest share: one of ``SHARDS``."""
    return f"{int(digest[:2], 16) % SHARDS:02x}"


def all_shards() -> tuple[str, ...]:
    """Every hash tag that ``shard_of`` can name."""
    return tuple(f"{shard:02x}" for shard in range(SHARDS))
