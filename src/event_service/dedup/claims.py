"""The claims in Redis: who holds a dedup key, and what was last recorded for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from event_service.dedup import scripts
from event_service.dedup.decision import UNKNOWN, Decision, Proposal, Verdict
from event_service.dedup.key import DedupKey, all_shards
from event_service.store_clients import REDIS_FAULTS, RedisClient

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from event_service.dedup.gate import RedisGate


@dataclass(frozen=True, slots=True)
class PendingRepeats:
    """Repeats of one recorded event that were answered but may not be in the database yet.

    ``last_ms`` is the time of the last of them, in milliseconds since 1970.
    """

    digest: str
    alert_id: str
    event_id: str
    count: int
    last_ms: int

    @property
    def entry(self) -> str:
        """The field that stands for them in Redis."""
        return f"{self.digest}:{self.alert_id}:{self.event_id}"

    @property
    def shard(self) -> str:
        """The hash tag of the key that they repeat."""
        return DedupKey.shard_of(self.digest)


class Claims:
    """Decisions on dedup keys, each one atomic step in Redis.

    No method but :meth:`decide` and :meth:`next_number` says whether Redis answered: the others
    are hints, and what they would have said the database knows. Keys of one dedup key share a
    hash tag, so that a Redis Cluster keeps them together.
    """

    def __init__(self, client: RedisClient, namespace: str, gate: RedisGate) -> None:
        self._client = client
        self._namespace = namespace
        self._gate = gate
        self._decide = client.register_script(scripts.DECIDE)
        self._install = client.register_script(scripts.INSTALL)
        self._end = client.register_script(scripts.END)
        self._drop = client.register_script(scripts.DROP)
        self._settle = client.register_script(scripts.SETTLE)
        self._next_number = client.register_script(scripts.NEXT_NUMBER)
        self._return_number = client.register_script(scripts.RETURN_NUMBER)

    def load(self) -> None:
        """Have Redis know the scripts before they are first run, which saves that call two others.

        A Redis that is down, or that forgets them in a restart, is told when it is asked.
        """
        try:
            for script in scripts.ALL:
                self._client.script_load(script)
        except REDIS_FAULTS:
            return

    def decide(self, key: DedupKey, proposal: Proposal) -> Decision:
        """What the delivery is; a repeat is counted in the same step. UNKNOWN if Redis is down."""
        arguments = (
            int(proposal.recovers),
            int(proposal.ends_claim),
            int(proposal.always_record),
            int(proposal.never_record),
            proposal.fingerprint,
            proposal.alert_id,
            proposal.event_id,
            proposal.window_ms,
            proposal.at_ms,
            key.digest,
        )
        answer = self._run(
            "decide", self._decide, [self._claim(key), self._pending(key.shard)], arguments
        )
        if answer is None:
            return UNKNOWN
        verdict, alert_id, event_id, episode = (
            _text(part) for part in cast("Sequence[Any]", answer)
        )
        return Decision(Verdict(verdict), alert_id, event_id, int(episode))

    def install(self, key: DedupKey, held: Decision, fingerprint: str, window_ms: int) -> None:
        """Tell Redis what the database decided: ``held`` names the alert and its last event."""
        arguments = (held.alert_id, held.event_id, fingerprint, held.episode, window_ms)
        self._run("install", self._install, [self._claim(key)], arguments)

    def end(self, key: DedupKey, alert_id: str, episode: int, window_ms: int) -> None:
        """The database has resolved the alert, that episode of the key: the next may be opened."""
        self._run("end", self._end, [self._claim(key)], (alert_id, episode, window_ms))

    def drop(self, digest: str, alert_id: str) -> bool:
        """The alert lost its key behind Redis' back; True if Redis still took it for the holder."""
        claim = self._claim_of(digest)
        return self._run("drop", self._drop, [claim], (alert_id,)) == 1

    def next_number(self, domain_id: str, workspace_id: str, floor: int = 0) -> int | None:
        """The next alert number of the workspace, above ``floor``; None if Redis is down.

        It is a proposal: the unique index in the database has the last word.
        """
        number = self._run(
            "next_number", self._next_number, [self._counter(domain_id, workspace_id)], (floor,)
        )
        return None if number is None else int(cast("int", number))

    def return_number(self, domain_id: str, workspace_id: str, number: int) -> None:
        """A number that was drawn and not used goes back, if no later one was drawn."""
        self._run(
            "return_number",
            self._return_number,
            [self._counter(domain_id, workspace_id)],
            (number,),
        )

    def settle(self, repeats: Iterable[PendingRepeats]) -> None:
        """Those repeats are in the database: Redis need not remember them any longer."""
        by_shard: dict[str, list[str | int]] = {}
        for repeat in repeats:
            by_shard.setdefault(repeat.shard, []).extend((repeat.entry, repeat.count))
        for shard, arguments in by_shard.items():
            self._run("settle", self._settle, [self._pending(shard)], arguments)

    def orphans(self, before_ms: int) -> list[PendingRepeats]:
        """Pending repeats whose last one is older than that: whoever counted them has died.

        Raises one of ``REDIS_FAULTS``.
        """
        if not self._gate.enter():
            return []
        found: list[PendingRepeats] = []
        with self._gate.call("orphans"), self._client.pipeline(transaction=False) as pipeline:
            for shard in all_shards():
                pipeline.hgetall(self._pending(shard))
            answers = pipeline.execute()
        for answer in answers:
            for field, value in answer.items():
                digest, alert_id, event_id = _text(field).split(":")
                count, last_ms = (int(part) for part in _text(value).split(":"))
                if last_ms < before_ms:
                    found.append(PendingRepeats(digest, alert_id, event_id, count, last_ms))
        return found

    def _run(
        self, operation: str, script: Any, keys: list[str], arguments: Sequence[str | int]
    ) -> object | None:
        if not self._gate.enter():
            return None
        try:
            with self._gate.call(operation):
                return cast("object", script(keys=keys, args=arguments))
        except REDIS_FAULTS:
            return None

    def _claim(self, key: DedupKey) -> str:
        return self._claim_of(key.digest)

    def _claim_of(self, digest: str) -> str:
        return f"{self._namespace}:{{{DedupKey.shard_of(digest)}}}:claim:{digest}"

    def _pending(self, shard: str) -> str:
        return f"{self._namespace}:{{{shard}}}:pending"

    def _counter(self, domain_id: str, workspace_id: str) -> str:
        return f"{self._namespace}:number:{domain_id}/{workspace_id}"


def _text(part: bytes | str) -> str:
    return part.decode() if isinstance(part, bytes) else part
