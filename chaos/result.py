"""What the rounds of one fault came to."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chaos.findings import Findings


@dataclass(frozen=True, slots=True)
class Result:
    """``seconds`` are those that each round took to recover; ``findings`` is None if there was no
    last look. ``evidence`` is the directory that was kept because a rule was broken."""

    fault: str
    rounds: int
    findings: Findings | None
    seconds: tuple[float, ...]
    breaches: Mapping[str, Sequence[str]]
    evidence: str | None = None
    impossible: str | None = None

    @property
    def median_seconds(self) -> float | None:
        """The usual time to recover."""
        return statistics.median(self.seconds) if self.seconds else None

    @property
    def longest_seconds(self) -> float | None:
        """The longest time to recover."""
        return max(self.seconds, default=None)

    def as_object(self) -> dict[str, Any]:
        """For JSON."""
        found = {} if self.findings is None else self.findings.as_object()
        return {
            "fault": self.fault,
            "rounds": self.rounds,
            **found,
            "recovery_seconds": {"median": self.median_seconds, "longest": self.longest_seconds},
            "breaches": {rule: list(what) for rule, what in self.breaches.items()},
            "evidence": self.evidence,
            "impossible": self.impossible,
        }
