"""The dedup key: which deliveries speak of the same thing (CONTRACT 4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b

SHARDS = 64
"""Hash tags of Redis keys: a cluster keeps the keys of one of them on one node."""


@dataclass(frozen=True, slots=True)
class DedupKey:
    """(domain, workspace, project, event_key), and the digest that stands for it in the stores.

    ``shard`` is the hash tag of its Redis keys.
    """

    domain_id: str
    workspace_id: str
    project_id: str
    event_key: str
    shard: str = field(init=False, repr=False, compare=False)
    digest: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shard", shard_of(self.domain_id, self.workspace_id))
        hashed = _begun(self.domain_id, self.workspace_id, self.project_id).copy()
        hashed.update(_part(self.event_key))
        object.__setattr__(self, "digest", hashed.hexdigest())


@lru_cache(maxsize=1_024)
def _begun(domain_id: str, workspace_id: str, project_id: str) -> blake2b:
    """The digest as far as the keys of a project have it in common; to be copied."""
    return blake2b(b"".join(map(_part, (domain_id, workspace_id, project_id))), digest_size=16)


def _part(text: str) -> bytes:
    """A part of a key behind its length, so that no two keys can run together."""
    encoded = text.encode("utf-8", "surrogatepass")
    return len(encoded).to_bytes(4, "big") + encoded


@lru_cache(maxsize=1_024)
def shard_of(domain_id: str, workspace_id: str) -> str:
    """The hash tag that the Redis keys of a workspace share: one of ``SHARDS``.

    So one step of Redis can decide about a key and number the alert that it opens.
    """
    hashed = blake2b(_part(domain_id) + _part(workspace_id), digest_size=1)
    return f"{hashed.digest()[0] % SHARDS:02x}"


def all_shards() -> tuple[str, ...]:
    """Every hash tag that ``shard_of`` can name."""
    return tuple(f"{shard:02x}" for shard in range(SHARDS))
