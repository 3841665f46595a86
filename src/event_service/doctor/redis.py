"""Does Redis keep the claims of open alerts, and take what is written?"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from redis import RedisCluster
from redis.exceptions import NoPermissionError, ResponseError

from event_service.dedup import scripts
from event_service.doctor.finding import failure, ok, skipped, warning
from event_service.doctor.silence import UNASKED
from event_service.start_errors import StoreAddressError
from event_service.store_clients import REDIS_FAULTS, first_clause

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from event_service.doctor.finding import Finding
    from event_service.store_clients import RedisClient

_WHAT: Final = "Redis"
_MEMORY: Final = "Redis memory"
_KEPT: Final = "Redis persistence"
_SCRIPTS: Final = "Redis scripts"
_OLDEST: Final = (6, 2)
_PROBE: Final = "event-service:doctor"
_PROBE_SECONDS: Final = 10


def check_redis(connect: Callable[[], RedisClient], *, embedded: bool) -> Iterator[Finding]:
    """Findings of the server (of a cluster, of each primary), its memory and its files."""
    try:
        client = connect()
        nodes = _nodes(client)
        began = time.monotonic()
        client.ping()
        round_trip = time.monotonic() - began
    except UNASKED as fault:
        if isinstance(fault, StoreAddressError):
            yield failure(_WHAT, str(fault), "Correct EVENT_REDIS_URL.")
        else:
            yield failure(_WHAT, first_clause(fault), _advice(fault, embedded=embedded))
        for what in (_MEMORY, _KEPT, _SCRIPTS):
            yield skipped(what, "Redis does not answer")
        return
    if nodes:
        yield _of_server(client, nodes, round_trip, embedded=embedded)
        yield _of_memory(nodes)
        yield _of_files(client, nodes)
    else:
        found, advice = "its user may not ask what it is", "Let the user: ACL SETUSER ... +info"
        yield _of_writes(client) or warning(_WHAT, f"it answers, and {found}", advice)
        yield skipped(_MEMORY, found)
        yield skipped(_KEPT, found)
    yield _of_scripts(client)


def _nodes(client: RedisClient) -> list[Mapping[str, Any]]:
    """What each primary tells of itself; none if the user may not ask."""
    try:
        if isinstance(client, RedisCluster):
            return [client.info(target_nodes=node) for node in client.get_primaries()]  # type: ignore[no-untyped-call]
        return [client.info()]
    except NoPermissionError:
        return []


def _of_server(
    client: RedisClient, nodes: list[Mapping[str, Any]], round_trip: float, *, embedded: bool
) -> Finding:
    version = str(nodes[0]["redis_version"])
    name = f"Valkey {nodes[0]['valkey_version']}" if "valkey_version" in nodes[0] else version
    kind = "primary" if len(nodes) == 1 else f"cluster of {len(nodes)} primaries"
    found = f"{name}{', embedded' if embedded else ''}, {kind}, {round_trip * 1000:.1f} ms away"
    if tuple(int(part) for part in version.split(".")[:2]) < _OLDEST:
        return failure(_WHAT, found, "Upgrade to Redis 6.2 or later, or to Valkey.")
    if any(node["role"] != "master" for node in nodes):
        advice = "EVENT_REDIS_URL must lead to the primary: name it, or redis+sentinel://."
        return failure(_WHAT, f"{name}, a replica: it takes no writes", advice)
    if any(int(node.get("loading", 0)) for node in nodes):
        return warning(_WHAT, f"{found}: it is reading its file", "Wait until it is done.")
    return _of_writes(client) or ok(_WHAT, found)


def _of_writes(client: RedisClient) -> Finding | None:
    try:
        client.set(_PROBE, "1", ex=_PROBE_SECONDS)
        client.delete(_PROBE)
    except REDIS_FAULTS as fault:
        advice = "Its memory or its disk is full, or the user may not write: see its log."
        return failure(_WHAT, f"takes no writes: {first_clause(fault)}", advice)
    return None


def _of_memory(nodes: list[Mapping[str, Any]]) -> Finding:
    policies = {str(node.get("maxmemory_policy", "not told")) for node in nodes}
    others = policies - {"noeviction"}
    if not others:
        return ok(_MEMORY, "noeviction: no claim of an open alert is thrown out")
    found = f"maxmemory-policy is {', '.join(sorted(others))}"
    if all(int(node.get("maxmemory", 0)) == 0 for node in nodes):
        found += " (no maxmemory is set yet)"
    advice = "redis-cli CONFIG SET maxmemory-policy noeviction, and set it in redis.conf too."
    return failure(_MEMORY, found, advice)


def _of_files(client: RedisClient, nodes: list[Mapping[str, Any]]) -> Finding:
    if any(
        "err" in (node.get("aof_last_write_status"), node.get("rdb_last_bgsave_status"))
        for node in nodes
    ):
        advice = "Its disk is full or broken: see its log. It refuses writes until that is over."
        return failure(_KEPT, "the last write of its file failed", advice)
    if all(int(node.get("aof_enabled", 0)) for node in nodes):
        return ok(_KEPT, "append-only file")
    advice = "redis-cli CONFIG SET appendonly yes, and set it in redis.conf too."
    return warning(_KEPT, f"{_else_kept(client)}: slower until it has learnt again", advice)


def _else_kept(client: RedisClient) -> str:
    try:
        told = client.config_get("save")
    except REDIS_FAULTS:  # managed ones don't say
        return "no append-only file, and snapshots are not told of"
    return "snapshots only" if told.get("save") else "nothing is kept over a restart"


def _of_scripts(client: RedisClient) -> Finding:
    try:
        for script in scripts.ALL:
            client.script_load(script.lua)
    except REDIS_FAULTS as fault:
        advice = "Let the user run scripts: ACL SETUSER ... +@scripting"
        return failure(_SCRIPTS, first_clause(fault), advice)
    return ok(_SCRIPTS, f"all {len(scripts.ALL)} are known to it")


def _advice(fault: Exception, *, embedded: bool) -> str:
    if isinstance(fault, ResponseError):
        return "It runs, and refuses to be asked until what it says is mended: see its log."
    if embedded:
        return "Look at redis.log in the data directory, then start the service again."
    return "See to it that Redis runs, and that EVENT_REDIS_URL and the firewall lead there."
