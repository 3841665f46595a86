"""Many commands in one round trip to Redis, each of them sent once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from redis import RedisCluster
from redis.cluster import PipelineCommand
from redis.exceptions import AskError, ClusterDownError, ResponseError, TryAgainError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis.cluster import ClusterNode

    from event_service.store_clients import RedisClient

KeyedCommand: TypeAlias = "tuple[str, tuple[str | int, ...]]"
"""A key of the command, by which a cluster's node is found, and the command."""

_NOT_DONE: Final = (AskError, TryAgainError)
"""The key is moving to another node, or has (a MovedError is an AskError)."""
_AWAY: Final = (RedisConnectionError, RedisTimeoutError, ClusterDownError)


def ask_all(client: RedisClient, commands: Sequence[KeyedCommand]) -> list[object]:
    """The answer to each command, or the ResponseError that came in its place.

    Raises one of ``REDIS_FAULTS`` if a server does not answer; then some may have been done.
    """
    if isinstance(client, RedisCluster):
        return _ask_cluster(client, commands)
    with client.pipeline(transaction=False) as pipeline:
        for _, command in commands:
            pipeline.execute_command(*command)  # type: ignore[no-untyped-call]
        return cast("list[object]", pipeline.execute(raise_on_error=False))


def _ask_cluster(client: RedisCluster, commands: Sequence[KeyedCommand]) -> list[object]:
    # Left to itself the client's pipeline asks a server for the keys of each EVALSHA, and sends
    # again, one by one, what a server has not answered.
    nodes: list[ClusterNode] = [client.get_node_from_key(key) for key, _ in commands]  # type: ignore[no-untyped-call]
    stack = [
        PipelineCommand(command, {"target_nodes": node}, place)  # type: ignore[no-untyped-call]
        for place, (node, (_, command)) in enumerate(zip(nodes, commands, strict=True))
    ]
    with client.pipeline(transaction=False) as pipeline:  # type: ignore[no-untyped-call]
        answers: list[Any] = pipeline.send_cluster_commands(
            stack, raise_on_error=False, allow_redirections=False
        )
    for place, answer in enumerate(answers):
        if isinstance(answer, _AWAY):
            client.nodes_manager.initialize(last_failed_node_name=nodes[place].name)
            raise answer
        if isinstance(answer, _NOT_DONE):
            answers[place] = _follow(client, commands[place])
    return answers


def _follow(client: RedisCluster, command: KeyedCommand) -> object:
    try:
        return client.execute_command(*command[1])  # type: ignore[no-untyped-call]
    except ResponseError as fault:
        return fault
