"""The claims in Redis: who holds a dedup key, and what was last recorded for it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, cast

from event_service.dedup import scripts
from event_service.dedup.decision import UNKNOWN, Decision, Proposal, Verdict
from event_service.dedup.key import DedupKey, all_shards
from event_service.dedup.round_trip import ask_all
from event_service.dedup.script_calls import Item, ScriptCalls
from event_service.dedup.untold import UntoldKeys
from event_service.store_clients import REDIS_FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from event_service.dedup.gate import RedisGate
    from event_service.dedup.scripts import ItemScript
    from event_service.store_clients import RedisClient

_ENTRY = re.compile("([0-9a-f]{32}):([^:]+):([^:]+)")
_VALUE = re.compile("([0-9]{1,9}):([0-9]{1,14})")
"""Its count and its time are ones that the database can hold."""


@dataclass(frozen=True, slots=True)
class PendingRepeats:
    """Repeats of one recorded event that were answered but may not be in the database yet.

    ``shard`` is the hash tag under which Redis has them, and the claim of their key.
    ``last_ms`` is the time of the last of them, in milliseconds since 1970.
    """

    shard: str
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
    def value(self) -> str:
        """What that field has."""
        return f"{self.count}:{self.last_ms}"


@dataclass(frozen=True, slots=True)
class HeldClaim:
    """A key that an alert of the database holds, and the last event of it.

    ``recorded`` is the fingerprint of that event, ``said`` that of what was said last.
    """

    key: DedupKey
    alert_id: str
    event_id: str
    recorded: str
    said: str
    window_ms: int


@dataclass(frozen=True, slots=True)
class EndedClaim:
    """An alert that the database has resolved."""

    key: DedupKey
    alert_id: str
    window_ms: int


@dataclass(frozen=True, slots=True)
class NumberDraw:
    """So many alert numbers of the workspace of a key, above ``floor``."""

    key: DedupKey
    count: int
    floor: int


class Claims:
    """Decisions on dedup keys, each one atomic step in Redis; as many as come in one call.

    What :meth:`say`, :meth:`install`, :meth:`end` and :meth:`drop` tell Redis are hints: if it is
    down nothing is lost, since the database knows all of it. Keys of one workspace share a hash
    tag, so that a Redis Cluster keeps them together.
    """

    def __init__(
        self, client: RedisClient, namespace: str, gate: RedisGate, *, numbers_from_1: bool = True
    ) -> None:
        """``numbers_from_1`` says that a workspace without a counter has no alerts yet."""
        self._client = client
        self._namespace = namespace
        self._gate = gate
        # They are few, and each decision has some.
        self._flags = {
            flags: "".join(str(int(one)) for one in (*flags, numbers_from_1))
            for flags in product((False, True), repeat=4)
        }
        self._calls = ScriptCalls(client, gate)
        self._untold = UntoldKeys()

    def load(self) -> None:
        """Have Redis know the scripts, if it is there."""
        self._calls.load()

    def decide(self, asked: Sequence[tuple[DedupKey, Proposal]]) -> list[Decision]:
        """What each delivery is; a repeat is counted, and the number of an alert drawn, in the same
        step. UNKNOWN if Redis is down.

        Those of one key are decided in their order.
        """
        claims = [self._claim_of(key) for key, _ in asked]
        if self._gate.is_shut:
            self._untold.add(claims)
            return [UNKNOWN] * len(asked)
        self._tell(scripts.FORGET, [(claim, ()) for claim in self._untold.take(claims)])
        answers = self._calls.run(
            scripts.DECIDE,
            [
                Item(
                    (
                        claim,
                        self._key(key.shard, "pending"),
                        self._counter(key),
                        self._key(key.shard, "seen"),
                    ),
                    (self._flags[proposal[:4]], *proposal[4:]),
                )
                for claim, (key, proposal) in zip(claims, asked, strict=True)
            ],
        )
        if answers is None:
            self._untold.add(claims)
            return [UNKNOWN] * len(asked)
        return [_decision(one) for one in answers]

    def say(self, said: Sequence[tuple[DedupKey, str, str]]) -> None:
        """Of each key the alert knows what was said last: its id, and the fingerprint of that."""
        self._tell(scripts.SAY, [(self._claim_of(key), (alert, what)) for key, alert, what in said])

    def install(self, held: Iterable[HeldClaim]) -> None:
        """Tell Redis what the database decided."""

        def told(one: HeldClaim) -> tuple[str | int, ...]:
            last = (one.event_id, one.recorded)
            return (one.alert_id, *last, one.window_ms, one.said)

        self._tell(scripts.INSTALL, [(self._claim_of(one.key), told(one)) for one in held])

    def end(self, ended: Iterable[EndedClaim]) -> None:
        """The database has resolved those alerts: the next of their keys may be opened."""
        self._tell(
            scripts.END,
            [(self._claim_of(one.key), (one.alert_id, one.window_ms)) for one in ended],
        )

    def drop(self, repeats: PendingRepeats) -> bool:
        """Their alert lost its key behind Redis' back; True if Redis took it for the holder yet."""
        claim = self._key(repeats.shard, f"claim:{repeats.digest}")
        return self._calls.run(scripts.DROP, [Item((claim,), (repeats.alert_id,))]) == [1]

    def draw_numbers(self, draws: Sequence[NumberDraw]) -> list[range] | None:
        """The next alert numbers of each workspace; None if Redis is down.

        They are proposals: the unique index in the database has the last word.
        """
        answers = self._calls.run(
            scripts.DRAW_NUMBERS,
            [Item((self._counter(one.key),), (one.count, one.floor)) for one in draws],
        )
        if answers is None:
            return None
        return [
            range(int(last) - draw.count + 1, int(last) + 1)
            for draw, last in zip(draws, answers, strict=True)
        ]

    def return_numbers(self, numbers: Iterable[tuple[DedupKey, int]]) -> None:
        """Numbers that were drawn for alerts of those keys and not used (0: none was) go back, each
        if no later one was drawn."""
        self._calls.run(
            scripts.RETURN_NUMBER,
            [
                Item((self._counter(key),), (number,))
                for key, number in sorted(numbers, key=lambda one: -one[1])
                if number
            ],
        )

    def settle(self, repeats: Iterable[PendingRepeats]) -> bool:
        """Those repeats are in the database: Redis need not remember them any longer.

        False if Redis is down. Told again where only its answer was lost, it may forget repeats
        that came since: then whoever counted them alone knows them.
        """
        items = [Item((self._pending_of(one),), (one.entry, one.count)) for one in repeats]
        return self._calls.run(scripts.SETTLE, items) is not None

    def adopt(self, orphans: Sequence[PendingRepeats]) -> list[PendingRepeats]:
        """Those of the orphans that are the caller's to write now, and no other's."""
        # A millisecond more, so that they are not any longer what others have seen.
        adopted = [replace(one, last_ms=one.last_ms + 1) for one in orphans]
        answers = self._calls.run(
            scripts.ADOPT,
            [
                Item((self._pending_of(one),), (one.entry, one.value, its.value))
                for one, its in zip(orphans, adopted, strict=True)
            ],
        )
        return [its for its, answer in zip(adopted, answers or (), strict=False) if answer]

    def orphans(self, before_ms: int) -> list[PendingRepeats]:
        """Pending repeats whose last one is older than that: whoever counted them has died.

        Empty if Redis is down. Raises UnicodeDecodeError where another program has left bytes that
        are no text.
        """
        if not self._gate.enter():
            return []
        found: list[PendingRepeats] = []
        shards = all_shards()
        keys = [self._key(shard, "pending") for shard in shards]
        try:
            with self._gate.call("orphans"):
                answers = ask_all(self._client, [(key, ("HGETALL", key)) for key in keys])
                for answer in answers:
                    if isinstance(answer, Exception):
                        raise answer
        except REDIS_FAULTS:
            return []
        for shard, answer in zip(shards, cast("list[dict[str, str]]", answers), strict=True):
            for field, value in answer.items():
                entry, counted = _ENTRY.fullmatch(field), _VALUE.fullmatch(value)
                if entry is None or counted is None:
                    continue  # another program's
                count, last_ms = map(int, counted.groups())
                if last_ms < before_ms:
                    digest, alert_id, event_id = entry.groups()
                    found.append(PendingRepeats(shard, digest, alert_id, event_id, count, last_ms))
        return found

    def _tell(self, script: ItemScript, told: Sequence[tuple[str, tuple[str | int, ...]]]) -> None:
        """What the database decided about the keys of claims; kept in mind if Redis is down."""
        items = [Item((claim,), arguments) for claim, arguments in told]
        if self._calls.run(script, items) is None:
            self._untold.add(claim for claim, _ in told)

    def _claim_of(self, key: DedupKey) -> str:
        return self._key(key.shard, f"claim:{key.digest}")

    def _pending_of(self, repeats: PendingRepeats) -> str:
        return self._key(repeats.shard, "pending")

    def _counter(self, key: DedupKey) -> str:
        return self._key(key.shard, f"number:{key.domain_id}/{key.workspace_id}")

    def _key(self, shard: str, name: str) -> str:
        return f"{self._namespace}:{{{shard}}}:{name}"


def _decision(answer: tuple[str, str, str, int, int]) -> Decision:
    verdict, alert_id, event_id, number, seen = answer
    return Decision(Verdict(verdict), alert_id, event_id, number=number, seen=bool(seen))
