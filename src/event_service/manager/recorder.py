"""The dedup decision: whether a delivery opens an alert, joins one, repeats, or ends one.

Why N concurrent creates of one key can't open two alerts: the alerts of a key are its episodes,
numbered from 0, and the database's unique index over key and episode admits one document for each
of them. Every way to open an alert is one insert of an episode, the next after the newest one that
the opener knows, so of N inserts one wins and the others are told so before anything of theirs is
written. An opener goes on to the next episode only when the newest alert is resolved, or when its
window is over and the opener has marked it superseded, by an update that names the ``last_seen_at``
it read: a delivery that joins in that moment either changes that time, and the opener reads again,
or finds the mark and decides anew. (One that came before that time, and is only now done, leaves it
as it is: it belongs to that alert all the same. What is not seen is one that had joined before the
opener read the alert, and writes its event after the opener has looked for it: the window counts
from the last event.) With Redis up, its Lua step hands OPEN to one delivery and makes the others
join or repeat: that saves round trips and decides nothing. With Redis down, or emptied in between,
all N come to the insert, N - 1 fail there, read the winner and join it. And nobody believes Redis
about an event that only Redis has seen: a repeat counts once the event it repeats is known to be in
the database, else the database decides.

What the callers of a process bring is recorded together (``group_commit``, ``batch_recorder``). An
alert of a key that had one before is opened only after a look into the database: Redis forgets a
key with its window, and most alarms fire again. What Redis could not decide, or the database
disagreed with, goes on to a second queue, where the database is asked how the keys of all who wait
there stand (``settlement``), again until nobody interferes. So what Redis knows does not wait for
what it does not.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import pymongo

from event_service.admission.presence import always_there
from event_service.errors import Unavailable
from event_service.manager.candidate import candidate_of
from event_service.manager.group_commit import GroupCommit
from event_service.metrics.deliveries import batch_taken
from event_service.tracing.spans import link, linked_span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from event_service.admission.presence import Gone
    from event_service.draft import EventDraft
    from event_service.manager.batch_recorder import BatchRecorder
    from event_service.manager.candidate import Candidate
    from event_service.manager.delivery import Delivery, Outcome
    from event_service.manager.execution import Answer
    from event_service.manager.settlement import Settlement
    from event_service.tracing.spans import Link

_MOST_AT_ONCE = 256
"""Events in one batch: more would make those who come meanwhile wait longer, and gain little."""

_ATTEMPTS = 50


_Work: TypeAlias = "Callable[[Sequence[Candidate]], Sequence[Answer]]"


class _Brought(NamedTuple):
    """What a caller brings to a batch, and the span that it belongs to."""

    candidates: Sequence[Candidate]
    span: Link | None


class Recorder:
    """Records the events of deliveries, each on its own (CONTRACT 3.4 and 4)."""

    def __init__(
        self, batches: BatchRecorder, settlement: Settlement, store_seconds: float
    ) -> None:
        """``store_seconds`` is how long the database may take for what one caller brings."""

        def queue(name: str, step: str, work: _Work) -> GroupCommit[_Brought, Sequence[Answer]]:
            told = partial(batch_taken, name)
            return GroupCommit(partial(_do_all, step, work), store_seconds, _MOST_AT_ONCE, told)

        self._recording = queue("create", "record", batches.record)
        self._settling = queue("settle", "settle", settlement.settle)

    def record(
        self,
        delivery: Delivery,
        drafts: Sequence[EventDraft],
        gone: Gone = always_there,
    ) -> tuple[Outcome, ...]:
        """Record each event of a delivery, count it, or drop it, in their order.

        When it returns, what it did is durable in the database, or, for a repeat, counted in
        Redis and on its way there. Raises CallerGone when ``gone()`` says that the caller
        has left before it began, TooLarge for an event that no document holds, and Unavailable or
        ``pymongo.errors.PyMongoError`` when the database does not answer; the same delivery may
        then be sent again.
        """
        outcomes: list[Outcome] = []
        candidates = list(_in_their_order(delivery, drafts))
        for together in _of_different_keys(candidates):
            answers = self._recording.do(_Brought(together, link()), len(together), gone)
            outcomes += self._settled(together, answers)
        return tuple(outcomes)

    def settle(self, delivery: Delivery, draft: EventDraft) -> Outcome:
        """Record one event without asking Redis: the database decides."""
        (outcome,) = self._settled([candidate_of(delivery, draft)], [None])
        return outcome

    @property
    def waiting(self) -> int:
        """How many deliveries wait for their batch right now."""
        return self._recording.waiting

    @property
    def settling(self) -> int:
        """How many deliveries wait right now for the database to be asked about their keys."""
        return self._settling.waiting

    def _settled(self, together: Sequence[Candidate], answers: Sequence[Answer]) -> list[Outcome]:
        """What became of them, once the database has decided where there is no answer yet."""
        for _ in range(_ATTEMPTS):
            left = [one for one, its in zip(together, answers, strict=True) if its is None]
            if not left:
                break
            settled = iter(self._settling.do(_Brought(left, link()), len(left)))
            answers = [next(settled) if its is None else its for its in answers]
        outcomes: list[Outcome] = []
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
            if answer is None:
                raise Unavailable("The alert of the event's key changes hands too fast.")
            outcomes.append(answer)
        return outcomes


def _do_all(
    step: str, work: _Work, brought: Sequence[_Brought], seconds: float
) -> list[Sequence[Answer]]:
    """Do what several callers bring as one, which is a step of the call of each."""
    batch = [one for part in brought for one in part.candidates]
    with linked_span(step, [part.span for part in brought]), pymongo.timeout(seconds):
        answers = iter(work(batch))
    return [list(islice(answers, len(part.candidates))) for part in brought]


def _in_their_order(delivery: Delivery, drafts: Iterable[EventDraft]) -> Iterable[Candidate]:
    """The events of a delivery, each a millisecond later than what it says of the same key before.

    Redis may forget which was last: whoever reads the events of the key must find it.
    """
    said: dict[str, int] = {}
    for place, draft in enumerate(drafts):
        before = said.get(draft.event_key, 0)
        said[draft.event_key] = before + 1
        at = delivery.at + timedelta(milliseconds=before)
        yield candidate_of(delivery._replace(at=at), draft, place)


def _of_different_keys(candidates: Iterable[Candidate]) -> Iterable[Sequence[Candidate]]:
    """Runs of a delivery in which no key comes twice.

    What a delivery says of a key holds in its order, and only what is done before is sure to
    come before.
    """
    run: list[Candidate] = []
    keys: set[str] = set()
    for one in candidates:
        if one.key.digest in keys or len(run) == _MOST_AT_ONCE:
            yield run
            run, keys = [], set()
        run.append(one)
        keys.add(one.key.digest)
    if run:
        yield run
