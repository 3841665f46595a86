"""Records what has piled up in a few store calls: one for each step, however many events."""

from __future__ import annotations

from itertools import compress
from operator import not_
from typing import TYPE_CHECKING, TypeAlias

from pymongo.errors import PyMongoError

from event_service.dedup.decision import UNKNOWN, Decision, Verdict
from event_service.manager.delivery import Outcome
from event_service.metrics.deliveries import dedup_answered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from event_service.dedup.claims import Claims
    from event_service.manager.alerts import AlertManager
    from event_service.manager.candidate import Candidate
    from event_service.manager.event_log import EventLog
    from event_service.manager.repeats import RepeatCounts

_Outcome: TypeAlias = Outcome | Exception | None
_JOINS = frozenset({Verdict.RECORD, Verdict.END, Verdict.JOIN})
_GUESSED = Decision(Verdict.OPEN)


class BatchRecorder:
    """Follows what Redis decides, as far as the database agrees."""

    def __init__(
        self, log: EventLog, alerts: AlertManager, claims: Claims, repeats: RepeatCounts
    ) -> None:
        self._log = log
        self._alerts = alerts
        self._claims = claims
        self._repeats = repeats

    def record(self, batch: Sequence[Candidate]) -> list[_Outcome]:
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
        outcomes = dict(zip(first, self._recorded(list(first.values())), strict=True))

        def outcome(one: Candidate) -> _Outcome:
            if one.event_id in again:
                return Outcome.REPEATED
            its = outcomes[one.identity]
            copied = its is Outcome.RECORDED and one is not first[one.identity]
            return Outcome.REPEATED if copied else its

        return [outcome(one) for one in batch]

    def _recorded(self, batch: Sequence[Candidate]) -> list[_Outcome]:
        decisions = self._claims.decide([(one.key, one.proposal()) for one in batch])
        if len(batch) > 1 and all(one.verdict is Verdict.UNKNOWN for one in decisions):
            decisions = _as_if_new(batch)
        entered = self._entered(batch, decisions)
        outcomes: list[_Outcome] = [None] * len(batch)
        self._write(decisions, entered, outcomes)
        self._end_claims(decisions, entered)
        try:
            self._count_joined(decisions, entered, outcomes)
            self._count(batch, decisions, outcomes)
        except PyMongoError as fault:
            # Those that are written are not to be sent again for it (CONTRACT 1.6).
            outcomes = [fault if outcome is None else outcome for outcome in outcomes]
        _tell(batch, decisions, outcomes)
        return outcomes

    def _entered(
        self, batch: Sequence[Candidate], decisions: Sequence[Decision]
    ) -> dict[int, Candidate]:
        """Each that opened or joined its alert, by its place."""
        opening, joining = _places(decisions, {Verdict.OPEN}), _places(decisions, _JOINS)
        its = {place: batch[place].of_alert(decisions[place].alert_id) for place in joining}
        opened = self._alerts.open([(batch[place], decisions[place].episode) for place in opening])
        joined = self._alerts.join(list(its.values()))
        return {
            **{place: batch[place] for place in compress(opening, opened)},
            **dict(compress(its.items(), joined)),
        }

    def _write(
        self,
        decisions: Sequence[Decision],
        entered: Mapping[int, Candidate],
        outcomes: list[_Outcome],
    ) -> None:
        places = sorted(entered.keys() - set(_places(decisions, {Verdict.JOIN})))
        written = self._log.write([entered[place] for place in places])
        for place, outcome in zip(places, written, strict=True):
            outcomes[place] = Outcome.RECORDED if isinstance(outcome, str) else outcome

    def _end_claims(self, decisions: Sequence[Decision], entered: Mapping[int, Candidate]) -> None:
        self._claims.end(
            [
                one.ended(decisions[place].episode)
                for place, one in entered.items()
                if decisions[place].verdict is Verdict.END
            ]
        )

    def _count_joined(
        self,
        decisions: Sequence[Decision],
        entered: Mapping[int, Candidate],
        outcomes: list[_Outcome],
    ) -> None:
        places = [place for place in _places(decisions, {Verdict.JOIN}) if place in entered]
        if not places:
            return
        joined = [entered[place] for place in places]
        gone = self._log.add_repeats(
            [one.repeat(decisions[place]) for place, one in zip(places, joined, strict=True)]
        )
        for place in places:
            if decisions[place].event_id not in gone:
                outcomes[place] = Outcome.REPEATED
        self._claims.say([(one.key, one.alert_id, one.fingerprint) for one in joined])

    def _count(
        self,
        batch: Sequence[Candidate],
        decisions: Sequence[Decision],
        outcomes: list[_Outcome],
    ) -> None:
        # Nobody believes Redis about an event that only Redis has seen.
        repeating = _places(decisions, {Verdict.REPEAT})
        repeats = [batch[place].repeat(decisions[place]) for place in repeating]
        confirmed = self._log.confirm([(one.event_id, one.alert_id) for one in repeats])
        for place, there in zip(repeating, confirmed, strict=True):
            if there:
                outcomes[place] = Outcome.REPEATED
        self._repeats.add(compress(repeats, confirmed))
        # Else whoever finds the others' counts in Redis adds them to what the database decides.
        self._claims.settle(compress(repeats, map(not_, confirmed)))


def _as_if_new(batch: Sequence[Candidate]) -> list[Decision]:
    """Where Redis is silent: what an empty one would say of the first alarm of each key.

    So the alerts of a group are opened together; what is wrong with a guess the database tells.
    """
    decisions, keys = [], set()
    for one in batch:
        new = one.key.digest not in keys and not one.recovers
        decisions.append(_GUESSED if new else UNKNOWN)
        keys.add(one.key.digest)
    return decisions


def _places(
    decisions: Sequence[Decision], verdicts: frozenset[Verdict] | set[Verdict]
) -> list[int]:
    return [place for place, decision in enumerate(decisions) if decision.verdict in verdicts]


def _tell(
    batch: Sequence[Candidate], decisions: Sequence[Decision], outcomes: Sequence[_Outcome]
) -> None:
    """Who told each from news: Redis, from what it knew, or from another one of this batch; or
    the database, which let a guess pass."""
    own = {one.event_id for one in batch}
    decided = [
        decision
        for decision, outcome in zip(decisions, outcomes, strict=True)
        if isinstance(outcome, Outcome)
    ]
    repeats = [one for one in decided if one.verdict is Verdict.REPEAT and one.event_id in own]
    guessed = decided.count(_GUESSED)
    dedup_answered("batch", len(repeats))
    dedup_answered("database", guessed)
    dedup_answered("redis", len(decided) - len(repeats) - guessed)
