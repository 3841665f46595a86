"""The arithmetic of docs/scaling.md: what a rate and a number of stored events ask for."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil

from simulate.costs import Costs
from simulate.scenario import Mix
from simulate.sizes import Population, document_bytes, index_sizes

CLAIM_BYTES = 320
"""Redis memory of one claim, measured on Redis 6.2 (tests/simulate/test_redis.py)."""
CONNECTIONS = 192
"""What a process may open to MongoDB, by the defaults (``store_clients.mongodb_connections``)."""
_ID_VALUES = 16**12
_TERA, _GIGA, _MEGA = 1e12, 1e9, 1e6


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned for, and what one machine is taken to have. Sizes are bytes."""

    rate: float = 100_000.0
    stored: float = 1e10
    raw_bytes: int = 1024
    mix: Mix = field(default_factory=Mix)
    costs: Costs = field(default_factory=Costs)
    window_seconds: int = 600
    compressed_to: float = 0.4
    """What block compression leaves of a document; assumed."""
    replicas: int = 3
    shard_disk: float = 2.8e12
    """What a shard's data may fill: 4 TB, 70 % full."""
    shard_memory: float = 256e9
    busy_at_most: float = 0.5
    """Of processes, shards and Redis masters, so that one that fails is made up for."""


@dataclass(frozen=True, slots=True)
class Sizing:
    """What comes of a plan. Rates are per second, sizes bytes, of one copy unless they say so."""

    recorded: float
    counted: float
    days_to_stored: float
    document: int
    documents_on_disk: float
    indexes_on_disk: float
    indexes_in_memory: float
    shards_for_disk: int
    shards_for_memory: int
    shards_for_writes: int
    processes: int
    claims: float
    redis_memory: float
    redis_masters: int
    network_in: float
    network_to_primaries: float
    colliding_ids: float
    page_writes_of_shard: float

    @property
    def shards(self) -> int:
        """As many as the scarcest needs."""
        return max(self.shards_for_disk, self.shards_for_memory, self.shards_for_writes)


_CALL_OVERHEAD = 400
"""Bytes of a call beside its raw data: headers, ids, the key."""


def size(plan: Plan) -> Sizing:
    """Work it out."""
    recorded = plan.rate * plan.mix.recorded
    counted = plan.rate * plan.mix.repeats
    days = plan.stored / recorded / 86_400
    population = Population(events=plan.stored, days=days)
    indexes = list(index_sizes(population))
    document = document_bytes(plan.raw_bytes)
    on_disk = plan.stored * document * plan.compressed_to
    of_indexes = plan.stored * sum(index.entry_bytes for index in indexes)
    everywhere = [index for index in indexes if index.everywhere]
    in_memory = plan.stored * sum(index.entry_bytes for index in everywhere)
    costs = plan.costs
    call_cpu = costs.call_cpu + costs.kib_cpu * (plan.raw_bytes / 1024 - 1)
    # A repeat changes its event and its alert; what is recorded is written, and so is its alert.
    busy = (2 * recorded * costs.shard_write + 2 * counted * costs.shard_update) / 1e6
    # Half of the memory is the cache of WiredTiger, and a fifth of that is left for documents.
    cache = plan.shard_memory / 2 * 0.8
    claims = plan.rate * (plan.mix.opens + plan.mix.recoveries) * plan.window_seconds
    shards_for_disk = ceil((on_disk + of_indexes) / plan.shard_disk)
    shards_for_memory = ceil(in_memory / cache)
    shards_for_writes = ceil(busy / plan.busy_at_most)
    shards = max(shards_for_disk, shards_for_memory, shards_for_writes)
    return Sizing(
        recorded=recorded,
        counted=counted,
        days_to_stored=days,
        document=document,
        documents_on_disk=on_disk,
        indexes_on_disk=of_indexes,
        indexes_in_memory=in_memory,
        shards_for_disk=shards_for_disk,
        shards_for_memory=shards_for_memory,
        shards_for_writes=shards_for_writes,
        processes=ceil(plan.rate * call_cpu / 1e6 / plan.busy_at_most),
        claims=claims,
        redis_memory=claims * CLAIM_BYTES,
        redis_masters=ceil(plan.rate * costs.redis_script / 1e6 / plan.busy_at_most),
        network_in=plan.rate * (plan.raw_bytes + _CALL_OVERHEAD),
        network_to_primaries=recorded * document,
        colliding_ids=recorded * plan.stored / _ID_VALUES,
        # Where the index is so large that no page is met twice between two checkpoints.
        page_writes_of_shard=recorded * len(everywhere) / shards,
    )


def in_words(plan: Plan, sizing: Sizing) -> tuple[tuple[str, str], ...]:
    """What the table shows of a plan: names and values."""
    copies = plan.replicas
    return (
        ("recorded as events, per s", f"{sizing.recorded:,.0f}"),
        ("only counted, per s", f"{sizing.counted:,.0f}"),
        ("days until all are stored", f"{sizing.days_to_stored:.1f}"),
        ("a document, BSON", f"{sizing.document:,} B"),
        ("documents on disk, one copy", f"{sizing.documents_on_disk / _TERA:.1f} TB"),
        ("indexes on disk, one copy", f"{sizing.indexes_on_disk / _TERA:.1f} TB"),
        (
            f"on disk in all, {copies} copies",
            f"{(sizing.documents_on_disk + sizing.indexes_on_disk) * copies / _TERA:.0f} TB",
        ),
        ("indexes that want to be in memory", f"{sizing.indexes_in_memory / _TERA:.2f} TB"),
        ("shards for the disk", str(sizing.shards_for_disk)),
        ("shards for the memory", str(sizing.shards_for_memory)),
        ("shards for the writes", str(sizing.shards_for_writes)),
        ("shards", str(sizing.shards)),
        ("pages written per s and shard, at most", f"{sizing.page_writes_of_shard:,.0f}"),
        ("service processes, one core each", str(sizing.processes)),
        ("connections to mongos, at most", f"{sizing.processes * CONNECTIONS:,}"),
        ("claims in Redis, at most", f"{sizing.claims / _MEGA:,.0f} million"),
        ("memory of all Redis masters", f"{sizing.redis_memory / _GIGA:.1f} GB"),
        ("Redis masters for the scripts", str(sizing.redis_masters)),
        ("network into the service", f"{sizing.network_in * 8 / _GIGA:.1f} Gbit/s"),
        (
            f"network into shards, {copies} copies",
            f"{sizing.network_to_primaries * copies * 8 / _GIGA:.1f} Gbit/s",
        ),
        ("events whose random id is taken, per s", f"{sizing.colliding_ids:.2f}"),
    )
