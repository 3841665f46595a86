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
    from collections.abc import Mapping, Sequence

    from event_service.dedup.claims import Claims
    from event_service.dedup.decision import Decision
    from event_service.manager.candidate import Candidate
    from event_service.manager.event_log import EventLog
    from event_service.manager.execution import Answer, Execution
    from event_service.manager.repeats import RepeatCounts
    from event_service.manager.settlement import Settled, Settlement


class BatchRecorder:
    """Follows what Redis decides, as far as the database agrees."""

    def __init__(
        self,
        log: EventLog,
        settlement: Settlement,
        execution: Execution,
        claims: Claims,
        repeats: RepeatCounts,
    ) -> None:
        self._log = log
        self._settlement = settlement
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
        told = self._claims.decide([(one.key, one.proposal()) for one in batch])
        known = self._known(batch, told)
        decisions = [
            known[place].decision if place in known else decision
            for place, decision in enumerate(told)
        ]
        answers = self._execution.do(batch, decisions)
        held = {
            place: its for place, its in known.items() if its.decision.verdict is not Verdict.OPEN
        }
        self._correct(batch, held, answers)
        self._say(batch, told, answers)
        self._count(batch, told, answers)
        _tell(batch, told, answers, held)
        return answers

    def _known(self, batch: Sequence[Candidate], told: Sequence[Decision]) -> dict[int, Settled]:
        """What the database knows, by place, of those that are to open an alert and whose keys may
        have had one before.

        Redis has forgotten it. Unasked, each would take its alert for the first of its key, and be
        refused by the database.
        """
        opening = [place for place, decision in enumerate(told) if decision.seen]
        settled = self._settlement.decide([batch[place] for place in opening])
        return {
            place: its._replace(decision=its.decision._replace(number=told[place].number))
            for place, its in zip(opening, settled, strict=True)
        }

    def _correct(
        self, batch: Sequence[Candidate], held: Mapping[int, Settled], answers: Sequence[Answer]
    ) -> None:
        """Redis took the alerts of those for opened, whose keys another alert holds."""
        self._claims.return_numbers(
            (batch[place].key, its.decision.number) for place, its in held.items()
        )
        self._settlement.install(
            [batch[place] for place in held],
            list(held.values()),
            [answers[place] for place in held],
        )

    def _say(
        self, batch: Sequence[Candidate], told: Sequence[Decision], answers: Sequence[Answer]
    ) -> None:
        self._claims.say(
            [
                (batch[place].key, told[place].alert_id, batch[place].fingerprint)
                for place in places_of({Verdict.JOIN}, told)
                if answers[place] is Outcome.REPEATED
            ]
        )

    def _count(
        self, batch: Sequence[Candidate], told: Sequence[Decision], answers: list[Answer]
    ) -> None:
        # Nobody believes Redis about an event that only Redis has seen.
        repeating = places_of({Verdict.REPEAT}, told)
        repeats = [batch[place].repeat(told[place]) for place in repeating]
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
    batch: Sequence[Candidate],
    told: Sequence[Decision],
    answers: Sequence[Answer],
    held: Mapping[int, Settled],
) -> None:
    """Who told each from news: Redis, from what it knew, or from another one of this batch, or the
    database, where it knew better."""
    own = {one.event_id for one in batch}
    done = [place for place, answer in enumerate(answers) if isinstance(answer, Outcome)]
    repeats = [
        place
        for place in done
        if told[place].verdict is Verdict.REPEAT and told[place].event_id in own
    ]
    corrected = [place for place in done if place in held]
    dedup_answered("batch", len(repeats))
    dedup_answered("database", len(corrected))
    dedup_answered("redis", len(done) - len(repeats) - len(corrected))
