"""How the hash tags of the dedup fall on the masters of a Redis Cluster."""

from __future__ import annotations

from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot

from event_service.dedup.key import all_shards


def master_of_tags(masters: int) -> list[int]:
    """The master of each of the service's hash tags, slots being dealt out in equal ranges."""
    return [
        key_slot(f"{{{tag}}}".encode()) * masters // REDIS_CLUSTER_HASH_SLOTS
        for tag in all_shards()
    ]


def tags_of_masters(masters: int) -> list[int]:
    """How many of the hash tags each master has."""
    of_tags = master_of_tags(masters)
    return [of_tags.count(master) for master in range(masters)]
