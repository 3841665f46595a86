"""What a look into the database has found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any

UNCOUNTED = "uncounted"
WRONG_STATE = "alert in the wrong state"
RIGHT_ANSWERS = frozenset({"OK", "UNAVAILABLE", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED"})


@dataclass(frozen=True, slots=True)
class Findings:
    """Compares what was acknowledged with what is there. All but numbers name what is wrong."""

    acknowledged: int
    found: int
    missing: tuple[str, ...]
    """Acknowledged calls of which the database knows nothing: what they said."""
    uncounted: tuple[str, ...]
    """What was acknowledged more often than it was counted."""
    duplicated: tuple[str, ...]
    """Calls that are more than one event (CONTRACT 1.6)."""
    repeats_recorded: tuple[str, ...]
    """Repeats that are events of their own although nothing was new. None of them is lost, so
    this is told and breaks no rule; CONTRACT 4.5 wants them counted."""
    overlapping: tuple[str, ...]
    """Keys that have two open alerts in one window."""
    wrong_state: tuple[str, ...]
    """Keys whose alert is not in the state that the last acknowledged call has brought about."""
    number_clashes: tuple[str, ...]
    """Alert numbers that two alerts of a workspace have."""
    without_alert: tuple[str, ...]
    """Events whose alert is not there."""
    without_body: tuple[str, ...]
    """Events whose raw data is nowhere."""
    answers: Counter[str]
    """How often which status was answered, to whatever was sent."""
    unlisted: tuple[str, ...] = ()
    """Acknowledged calls that the service's own list does not show."""
    not_whole: tuple[str, ...] = ()
    """Acknowledged calls whose events the service shows with other raw data than was sent."""
    alerts_per_key: Counter[int] = field(default_factory=Counter)
    """How many keys have had how many alerts."""
    states_checked: int = 0

    @property
    def refused(self) -> int:
        """How often something was sent in vain."""
        return sum(count for status, count in self.answers.items() if status != "OK")

    @property
    def wrong_answers(self) -> tuple[str, ...]:
        """What no fault of a store may be answered with (CONTRACT 1.5)."""
        return tuple(
            f"{status} x {count}"
            for status, count in self.answers.items()
            if status not in RIGHT_ANSWERS
        )

    @property
    def breaches(self) -> dict[str, list[str]]:
        """What must not be, by the rule that it breaks."""
        rules = {
            "missing": self.missing,
            UNCOUNTED: self.uncounted,
            "recorded twice": self.duplicated,
            "two open alerts in a window": self.overlapping,
            WRONG_STATE: self.wrong_state,
            "alert number twice": self.number_clashes,
            "event without its alert": self.without_alert,
            "event without its body": self.without_body,
            "not listed by the service": self.unlisted,
            "shown with another body": self.not_whole,
            "wrong answer": self.wrong_answers,
        }
        return {rule: list(found) for rule, found in rules.items() if found}

    def __add__(self, other: Findings) -> Findings:
        """Of both services together."""
        names = [each.name for each in fields(self)]
        return Findings(**{name: getattr(self, name) + getattr(other, name) for name in names})

    def as_object(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "answers": dict(self.answers),
            "acknowledged": self.acknowledged,
            "found": self.found,
            "missing": len(self.missing) + len(self.uncounted),
            "duplicated": len(self.duplicated),
            "repeats_recorded": len(self.repeats_recorded),
            "keys_with_two_open_alerts": len(self.overlapping),
            "alerts_per_key": {str(alerts): n for alerts, n in sorted(self.alerts_per_key.items())},
            "states_checked": self.states_checked,
        }
