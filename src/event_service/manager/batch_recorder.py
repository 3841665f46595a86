"""Records what has piled up as Redis decides, in a few store calls."""

from __future__ import annotations

from itertools import compress
from operator import not_
from typing import TYPE_CHECKING

from pymongo.errors import PyMongoError

from event_service.dedup.decision import Verdict
from event_service.manager.delivery import Outcome
from event_service.manager.execution import places_of
from event_service.metrics.deliveries import dedup_answered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from event_service.dedup.claims import Claims
    from event_service.dedup.decision import Decision
    from event_service.manager.candidate import Candidate
    from event_service.manager.event_log import EventLog
    from event_service.manager.execution import Answer, Execution
    from event_service.manager.repeats import RepeatCounts


class BatchRecorder:
    """Follows what Redis decides, as far as the database agrees."""

    def __init__(
        self, log: EventLog, execution: Execution, claims: Claims, repeats: RepeatCounts
    ) -> None:
        self._log = log
        self._execution = execution
        self._claims = claims
        self._repeats = repeats

    def record(self, batch: Sequence[Candidate]) -> list[Answer]:
        """What became of each; None where the database has to decide (see ``settlement``).

        What is recorded is durable then; a repeat is counted in Redis and on its way. Raises
        ``pymongo.errors.PyMongoError`` when the database does not answer: any of it may be
        written then, and may be delivered again. A fault after that is of those alone that it kept
        from being counted.
        """
        named = [one for one in batch if one.delivery.identity]
        if not named:
            return self._recorded(batch)
        again = self._log.sent_again(named)
        first: dict[tuple[str, str], Candidate] = {}
        for one in batch:
            if one.event_id not in again:
                first.setdefault(one.identity, one)  # a call may be sent again before it is done
        answers = dict(zip(first, self._recorded(list(first.values())), strict=True))

        def answer(one: Candidate) -> Answer:
            if one.event_id in again:
                return Outcome.REPEATED
            its = answers[one.identity]
            copied = its is Outcome.RECORDED and one is not first[one.identity]
            return Outcome.REPEATED if copied else its

        return [answer(one) for one in batch]

    def _recorded(self, batch: Sequence[Candidate]) -> list[Answer]:
        decisions = self._claims.decide([(one.key, one.proposal()) for one in batch])
        answers = self._execution.do(batch, decisions)
        joined = [
            (batch[place], decisions[place].alert_id)
            for place in places_of({Verdict.JOIN}, decisions)
            if answers[place] is Outcome.REPEATED
        ]
        self._claims.say([(one.key, alert_id, one.fingerprint) for one, alert_id in joined])
        self._count(batch, decisions, answers)
        _tell(batch, decisions, answers)
        return answers

    def _count(
        self,
        batch: Sequence[Candidate],
        decisions: Sequence[Decision],
        answers: list[Answer],
    ) -> None:
        # Nobody believes Redis about an event that only Redis has seen.
        repeating = places_of({Verdict.REPEAT}, decisions)
        repeats = [batch[place].repeat(decisions[place]) for place in repeating]
        try:
            confirmed = self._log.confirm([(one.event_id, one.alert_id) for one in repeats])
        except PyMongoError as fault:
            # Those that are written are not to be sent again for it (CONTRACT 1.6).
            for place in repeating:
                answers[place] = fault
            return
        for place, there in zip(repeating, confirmed, strict=True):
            if there:
                answers[place] = Outcome.REPEATED
        self._repeats.add(compress(repeats, confirmed))
        # Else whoever finds the others' counts in Redis adds them to what the database decides.
        self._claims.settle(compress(repeats, map(not_, confirmed)))


def _tell(
    batch: Sequence[Candidate], decisions: Sequence[Decision], answers: Sequence[Answer]
) -> None:
    """Who told each from news: Redis, from what it knew, or from another one of this batch."""
    own = {one.event_id for one in batch}
    decided = [
        decision
        for decision, answer in zip(decisions, answers, strict=True)
        if isinstance(answer, Outcome)
    ]
    repeats = [one for one in decided if one.verdict is Verdict.REPEAT and one.event_id in own]
    dedup_answered("batch", len(repeats))
    dedup_answered("redis", len(decided) - len(repeats))
