"""One service process: admission, CPU, and writers that commit in groups.

A batch goes as it does in ``event_service.manager.batch_recorder``: one pipeline to Redis decides;
the database is asked for the alerts that the keys of new ones had; alerts are opened, others joined
or ended, and then the events are written, each in one bulk; claims are ended; and all are answered.
The counts of repeats are written a moment later. Without Redis the database is asked how the keys
of the batch stand, as in ``event_service.manager.settlement``.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING

from simulate.arrivals import Kind
from simulate.placement import scattered
from simulate.stores import MICROSECOND

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from simulate.arrivals import Call
    from simulate.measures import Measures
    from simulate.placement import Placement
    from simulate.scenario import Scenario
    from simulate.stores import RedisMasters, Shards
    from simulate.timeline import Activity, Timeline

    _Ask: TypeAlias = Callable[[float, Mapping[int, int]], dict[int, float]]


class Worker:
    """Takes the calls of one process through the stores."""

    def __init__(
        self,
        number: int,
        scenario: Scenario,
        calls: Iterator[Call],
        shards: Shards,
        redis: RedisMasters,
        placement: Placement,
        measures: Measures,
        timeline: Timeline,
    ) -> None:
        self._number = number
        self._timeline = timeline
        self._scenario = scenario
        self._calls = calls
        self._next = next(calls, None)
        self._shards = shards
        self._redis = redis
        self._placement = placement
        self._measures = measures
        self._cpu_free = 0.0
        self._inside = 0
        self._ready: deque[tuple[float, Call]] = deque()
        self._repeated: set[tuple[int, int]] = set()

    def writer(self) -> Activity:
        """Take what has piled up, bring it into the stores, answer, and look again."""
        now = 0.0
        while True:
            self._admit(now)
            batch = self._take(now)
            if batch:
                self._measures.batch(now, len(batch))
                for moment in self._in_steps(now, batch):
                    now = yield moment
                continue
            wake = self._wake_at()
            if wake is None:
                return
            now = yield wake

    def flusher(self) -> Activity:
        """Write the counts of repeats, of all keys that repeated since the last time."""
        now = yield self._scenario.flush_seconds * scattered(self._number)
        while True:
            now = yield now + self._scenario.flush_seconds
            if not self._repeated:
                continue
            repeated, self._repeated = self._repeated, set()
            self._measures.flush(now, len(repeated))
            place = self._placement
            events = Counter(
                place.event(domain, scattered(domain, key)) for domain, key in repeated
            )
            alerts = Counter(place.alert(domain, key) for domain, key in repeated)
            now = yield max(self._shards.update(now, events).values())
            now = yield max(self._shards.update(now, alerts).values())

    def _admit(self, now: float) -> None:
        # Nothing has left since the last look, so the order of arrivals is all that counts.
        cpu = self._scenario.costs.call_cpu * MICROSECOND
        while self._next is not None and self._next.at <= now:
            call, self._next = self._next, next(self._calls, None)
            self._measures.arrived += 1
            if self._inside >= self._scenario.queue:
                self._measures.refused += 1
                continue
            self._inside += 1
            self._cpu_free = max(self._cpu_free, call.at) + cpu
            self._ready.append((self._cpu_free, call))

    def _take(self, now: float) -> list[Call]:
        batch: list[Call] = []
        while self._ready and self._ready[0][0] <= now:
            batch.append(self._ready.popleft()[1])
            if len(batch) == self._scenario.most_per_batch:
                break
        return batch

    def _wake_at(self) -> float | None:
        if self._ready:
            return self._ready[0][0]
        return None if self._next is None else self._next.at

    def _in_steps(self, now: float, batch: Sequence[Call]) -> Iterator[float]:
        """The moments at which the batch is a step further."""
        if self._redis.is_down(now):
            yield from self._settle(now, batch)
            return
        now = yield from self._ask_redis(now, batch)
        repeats = [call for call in batch if call.kind is Kind.REPEAT]
        opened = [call for call in batch if call.kind is Kind.OPEN]
        joined = [call for call in batch if call.kind in {Kind.CHANGE, Kind.RECOVERY}]
        left = [*opened, *joined]
        read, write = self._shards.read, self._shards.write
        now = yield from self._do(
            now,
            (
                (read, "alert", opened),
                (write, "alert", opened),
                (write, "alert", joined),
                (write, "event", left),
            ),
            left,
        )
        now = yield from self._ask_redis(now, [call for call in left if call.kind is Kind.RECOVERY])
        self._repeated.update((call.domain, call.key) for call in repeats)
        self._answer(now, [*left, *repeats])

    def _ask_redis(self, now: float, calls: Sequence[Call]) -> Generator[float, None, float]:
        if calls:
            now = self._redis.ask(now, calls)
            yield now
            self._measures.trip(now)
        return now

    def _settle(self, now: float, calls: Sequence[Call]) -> Iterator[float]:
        """The database is asked for the alerts of the keys, and for the last event of each."""
        alerts = Counter(self._placement.alert(call.domain, call.key) for call in calls)
        events: Counter[int] = Counter()
        for call in calls:
            events.update(self._placement.events_of_domain(call.domain))
        begun = now
        for look_ups in (alerts,) if self._scenario.last_event_on_alert else (alerts, events):
            now = max(self._shards.read(now, look_ups).values())
            if now - begun > self._scenario.store_timeout:
                now = begun + self._scenario.store_timeout
                yield now
                self._fail(now, len(calls))
                return
            yield now
            self._measures.trip(now)
        left = list(calls)
        write = self._shards.write
        now = yield from self._do(now, ((write, "alert", calls), (write, "event", calls)), left)
        self._answer(now, left)

    def _do(
        self,
        now: float,
        steps: Sequence[tuple[_Ask, str, Sequence[Call]]],
        left: list[Call],
    ) -> Generator[float, None, float]:
        """Step after step, to the moment of the last. Whoever a shard lets wait for too long is
        taken out of ``left``: failed with all others, or left behind."""
        begun = now
        for ask, collection, wanted in steps:
            remaining = set(left)
            shard_of = {
                call: self._shard_of(collection, call) for call in wanted if call in remaining
            }
            if not shard_of:
                continue
            documents = Counter(shard_of.values())
            done = ask(now, documents)
            in_time = begun + (self._scenario.patience or self._scenario.store_timeout)
            late = {shard for shard, at in done.items() if at > in_time}
            if late and self._scenario.patience is None:
                yield in_time
                self._fail(in_time, len(left))
                left.clear()
                return in_time
            for shard in sorted(late):
                behind = [call for call, its in shard_of.items() if its == shard]
                self._timeline.start(self._late(begun, done[shard], behind))
            left[:] = [call for call in left if shard_of.get(call) not in late]
            now = max(now, in_time) if late else max(done.values())
            yield now
            self._measures.trip(now)
            if ask == self._shards.write:
                self._measures.documents(collection, documents)
        return now

    def _shard_of(self, collection: str, call: Call) -> int:
        if collection == "alert":
            return self._placement.alert(call.domain, call.key)
        return self._placement.event(call.domain, call.event_id)

    def _late(self, begun: float, done: float, calls: Sequence[Call]) -> Activity:
        given_up = begun + self._scenario.store_timeout
        now = yield min(done, given_up)
        if done < given_up:
            self._answer(now, calls)
        else:
            self._fail(now, len(calls))

    def _fail(self, now: float, number: int) -> None:
        self._admit(now)
        self._inside -= number
        self._measures.failed += number

    def _answer(self, now: float, calls: Sequence[Call]) -> None:
        self._admit(now)
        self._inside -= len(calls)
        for call in calls:
            self._measures.answer(call.at, now)

    def in_flight(self, now: float) -> int:
        """Calls that were let in by then and have no answer yet."""
        self._admit(now)
        return self._inside
