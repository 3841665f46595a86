"""Does what was decided about a batch: one store call for each step, however many events."""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, TypeAlias

from pymongo.errors import PyMongoError

from event_service.dedup.decision import Decision, Verdict
from event_service.manager.delivery import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from event_service.dedup.claims import Claims
    from event_service.manager.alerts import AlertManager
    from event_service.manager.candidate import Candidate
    from event_service.manager.event_log import EventLog

Answer: TypeAlias = Outcome | Exception | None
"""What became of an event, or what kept it from being recorded; None: it is to be decided anew."""

_JOINS = frozenset({Verdict.RECORD, Verdict.END, Verdict.JOIN})
_WRITTEN = frozenset({Verdict.OPEN, Verdict.RECORD, Verdict.END, Verdict.FINISH})


class Execution:
    """Follows decisions as far as the database agrees."""

    def __init__(self, log: EventLog, alerts: AlertManager, claims: Claims) -> None:
        self._log = log
        self._alerts = alerts
        self._claims = claims

    def do(self, batch: Sequence[Candidate], decisions: Sequence[Decision]) -> list[Answer]:
        """What became of each; None where the database does not agree, of an UNKNOWN, and of a
        REPEAT, which is counted elsewhere.

        What is recorded is durable then. Raises ``pymongo.errors.PyMongoError`` when the database
        does not answer: any of it may be written then, and may be delivered again. A fault after
        that is of those alone that it kept from being counted.
        """
        answers: list[Answer] = [
            Outcome.DROPPED if one.verdict is Verdict.DROP else None for one in decisions
        ]
        entered = self._entered(batch, decisions)
        self._write(decisions, entered, answers)
        self._end_claims(decisions, entered)
        self._count(decisions, entered, answers)
        return answers

    def _entered(
        self, batch: Sequence[Candidate], decisions: Sequence[Decision]
    ) -> dict[int, Candidate]:
        """Those that opened or joined their alerts, now or when they came before, by place."""
        opening, joining = places_of({Verdict.OPEN}, decisions), places_of(_JOINS, decisions)
        its = {place: batch[place].of_alert(decisions[place].alert_id) for place in joining}
        opened = self._alerts.open([(batch[place], decisions[place]) for place in opening])
        joined = self._alerts.join(list(its.values()))
        return {
            **{place: batch[place] for place in compress(opening, opened)},
            **dict(compress(its.items(), joined)),
            **{
                place: batch[place]
                .of_alert(decisions[place].alert_id)
                ._replace(event_id=decisions[place].event_id)
                for place in places_of({Verdict.FINISH}, decisions)
            },
        }

    def _write(
        self,
        decisions: Sequence[Decision],
        entered: Mapping[int, Candidate],
        answers: list[Answer],
    ) -> None:
        places = [place for place in places_of(_WRITTEN, decisions) if place in entered]
        written = self._log.write([entered[place] for place in places])
        for place, outcome in zip(places, written, strict=True):
            answers[place] = Outcome.RECORDED if isinstance(outcome, str) else outcome

    def _end_claims(self, decisions: Sequence[Decision], entered: Mapping[int, Candidate]) -> None:
        self._claims.end(
            [
                one.ended()
                for place, one in entered.items()
                if decisions[place].verdict is Verdict.END
            ]
        )

    def _count(
        self,
        decisions: Sequence[Decision],
        entered: Mapping[int, Candidate],
        answers: list[Answer],
    ) -> None:
        places = [place for place in places_of({Verdict.JOIN}, decisions) if place in entered]
        if not places:
            return
        try:
            gone = self._log.add_repeats(
                [entered[place].repeat(decisions[place]) for place in places]
            )
        except PyMongoError as fault:
            # Those that are written are not to be sent again for it (CONTRACT 1.6).
            for place in places:
                answers[place] = fault
            return
        for place in places:
            if decisions[place].event_id not in gone:
                answers[place] = Outcome.REPEATED


def places_of(
    verdicts: frozenset[Verdict] | set[Verdict], decisions: Sequence[Decision]
) -> list[int]:
    """Where in a batch those verdicts stand."""
    return [place for place, decision in enumerate(decisions) if decision.verdict in verdicts]
