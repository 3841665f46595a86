"""The database decides: what becomes of events when Redis' word is not enough (CONTRACT 4.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from event_service.dedup.claims import HeldClaim
from event_service.dedup.decision import UNKNOWN, Decision, Verdict
from event_service.manager.delivery import Outcome
from event_service.manager.standing import Standing
from event_service.metrics.deliveries import dedup_answered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from event_service.dedup.claims import Claims
    from event_service.manager.candidate import Candidate
    from event_service.manager.execution import Answer, Execution
    from event_service.manager.standing import Found, Standings


class Settled(NamedTuple):
    """What a delivery is, and how its key stands once that is done (None: not known)."""

    decision: Decision
    after: Standing | None = None


class Settlement:
    """Finds out how the keys of a batch stand, and does what follows for each event."""

    def __init__(self, standings: Standings, execution: Execution, claims: Claims) -> None:
        self._standings = standings
        self._execution = execution
        self._claims = claims

    def settle(self, batch: Sequence[Candidate]) -> list[Answer]:
        """What became of each; None where somebody interfered: it is to be settled again.

        Redis is told what holds now. Raises Unavailable, and ``pymongo.errors.PyMongoError`` when
        the database does not answer; the same may then be delivered again.
        """
        decided = self.decide(batch)
        answers = self._execution.do(batch, [its.decision for its in decided])
        self.install(batch, decided, answers)
        dedup_answered("database", sum(isinstance(answer, Outcome) for answer in answers))
        return answers

    def decide(self, batch: Sequence[Candidate]) -> list[Settled]:
        """What each is, those of one key in their order: as if those before it were done.

        An alert whose window is over has made way. Raises ``pymongo.errors.PyMongoError``.
        """
        first: dict[str, Candidate] = {}
        for one in batch:
            first.setdefault(one.key.digest, one)
        found: dict[str, Found] = {
            **self._standings.for_alarms([one for one in first.values() if not one.recovers]),
            **self._standings.for_recoveries([one for one in first.values() if one.recovers]),
        }
        decided = []
        for one in batch:
            digest = one.key.digest
            # An alarm and a recovery of one key want to know other things of it.
            its = found[digest] if first[digest].recovers is one.recovers else None
            if not isinstance(its, Standing):
                decided.append(Settled(its or UNKNOWN))
                continue
            decision = its.decide(one)
            after = its.after(one, decision)
            found[digest] = None if decision.verdict is Verdict.END else after
            decided.append(Settled(decision, after))
        return decided

    def install(
        self, batch: Sequence[Candidate], decided: Sequence[Settled], answers: Sequence[Answer]
    ) -> None:
        """Tell Redis which alerts hold the keys of those that are done."""
        held: dict[str, HeldClaim] = {}
        for one, its, answer in zip(batch, decided, answers, strict=True):
            last = its.after.last if its.after else None
            if last is not None and isinstance(answer, Outcome) and not one.recovers:
                held[one.key.digest] = HeldClaim(
                    key=one.key,
                    alert_id=its.decision.alert_id,
                    event_id=last.event_id,
                    recorded=last.fingerprint,
                    said=one.fingerprint,
                    window_ms=one.window_ms,
                )
        self._claims.install(held.values())
