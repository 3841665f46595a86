"""What the rounds of one fault came to."""

from __future__ import annotations

import operator
import statistics
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chaos.findings import Findings


@dataclass(frozen=True, slots=True)
class Lifetime:
    """The rounds of one service. ``findings`` is None if there was no last look."""

    findings: Findings | None
    seconds: tuple[float, ...]
    """What each round took to recover."""
    breaches: Mapping[str, Sequence[str]]
    evidence: str | None
    """The directory that was kept because a rule was broken."""


@dataclass(frozen=True, slots=True)
class Result:
    """What all services came to that had this fault, or why it could not be made."""

    fault: str
    lifetimes: Sequence[Lifetime] = ()
    impossible: str | None = None

    @property
    def seconds(self) -> list[float]:
        """What each round took to recover."""
        return [seconds for one in self.lifetimes for seconds in one.seconds]

    @property
    def findings(self) -> Findings | None:
        """What was found; None if nobody could look."""
        found = [one.findings for one in self.lifetimes if one.findings is not None]
        return reduce(operator.add, found) if found else None

    @property
    def breaches(self) -> dict[str, list[str]]:
        """What must not be, by the rule that it breaks."""
        broken: dict[str, list[str]] = {}
        for one in self.lifetimes:
            for rule, what in one.breaches.items():
                broken.setdefault(rule, []).extend(what)
        return broken

    @property
    def evidence(self) -> list[str]:
        """The directories that were kept."""
        return [one.evidence for one in self.lifetimes if one.evidence is not None]

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
            "rounds": len(self.seconds),
            **found,
            "recovery_seconds": {"median": self.median_seconds, "longest": self.longest_seconds},
            "breaches": self.breaches,
            "evidence": self.evidence,
            "impossible": self.impossible,
        }
