"""Runs the scripts over what has piled up, in one round trip where the Redis allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from redis import RedisCluster
from redis.exceptions import NoScriptError

from event_service.dedup import scripts
from event_service.dedup.round_trip import ask_all
from event_service.store_clients import REDIS_FAULTS, RedisClient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from event_service.dedup.gate import RedisGate
    from event_service.dedup.scripts import ItemScript


class Item(NamedTuple):
    """What one item of a call brings. All of its keys have one hash tag."""

    keys: tuple[str, ...]
    arguments: tuple[str | int, ...]


class ScriptCalls:
    """Asks Redis, unless the gate says that it is not worth it."""

    def __init__(self, client: RedisClient, gate: RedisGate) -> None:
        self._client = client
        self._gate = gate
        self._digests = {script: client.register_script(script.lua).sha for script in scripts.ALL}

    def load(self) -> None:
        """Load the scripts before they are first run, which saves that run two more calls.

        A Redis that is down, or that forgets them in a restart, is told when it is asked.
        """
        try:
            self._load()
        except REDIS_FAULTS:
            return

    def run(self, script: ItemScript, items: Sequence[Item]) -> list[Any] | None:
        """The answer for each item, in their order; None if Redis is down, whatever it has done.

        A cluster takes in one call only keys of one hash tag: it is asked for each tag on its own,
        in one pipeline.
        """
        if not items or not self._gate.enter():
            return None if items else []
        groups = self._groups(items)
        try:
            with self._gate.call(script.name):
                answered = self._ask(
                    script, [[items[place] for place in group] for group in groups]
                )
        # Another program may have left bytes that are no text.
        except (*REDIS_FAULTS, UnicodeDecodeError):
            return None
        answers: list[Any] = [None] * len(items)
        for group, group_answers in zip(groups, answered, strict=True):
            for place, answer in zip(group, group_answers, strict=True):
                answers[place] = answer
        return answers

    def _groups(self, items: Sequence[Item]) -> list[Sequence[int]]:
        if not isinstance(self._client, RedisCluster):
            return [range(len(items))]
        groups: dict[str, list[int]] = {}
        for place, item in enumerate(items):
            groups.setdefault(_hash_tag(item.keys[0]), []).append(place)
        return list(groups.values())

    def _ask(self, script: ItemScript, groups: list[list[Item]]) -> list[list[Any]]:
        answers = self._sent(script, groups)
        forgotten = [at for at, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        if forgotten:
            self._load()
            again = self._sent(script, [groups[at] for at in forgotten])
            for at, answer in zip(forgotten, again, strict=True):
                answers[at] = answer
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return cast("list[list[Any]]", answers)

    def _sent(self, script: ItemScript, groups: list[list[Item]]) -> list[object]:
        digest = self._digests[script]
        commands = []
        for group in groups:
            keys = [key for item in group for key in item.keys]
            arguments = [argument for item in group for argument in item.arguments]
            commands.append((keys[0], ("EVALSHA", digest, len(keys), *keys, *arguments)))
        return ask_all(self._client, commands)

    def _load(self) -> None:
        for script in scripts.ALL:
            self._client.script_load(script.lua)


def _hash_tag(key: str) -> str:
    tag = key.partition("{")[2].partition("}")[0]
    return tag or key
