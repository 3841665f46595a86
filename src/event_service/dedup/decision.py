"""What a delivery is, by what Redis or the database knows of its key."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Verdict(StrEnum):
    """What a delivery is, as far as who was asked knows (CONTRACT 4.1 to 4.4)."""

    OPEN = "OPEN"
    """No alert holds the key, as far as is known: the delivery opens one, under the ids that it
    proposed."""
    RECORD = "RECORD"
    """The key is held and the delivery is to be recorded on that alert."""
    JOIN = "JOIN"
    """The key is held and the delivery says something else than the last one, but nothing that is
    to be recorded: it joins that alert."""
    REPEAT = "REPEAT"
    """The key is held and the delivery only repeats what was recorded; Redis has counted it."""
    END = "END"
    """A recovery: the claim has ended, its alert is to be resolved."""
    FINISH = "FINISH"
    """A recovery that came before and resolved its alert then, and of which only the event is
    missing, under that id."""
    DROP = "DROP"
    """A recovery without an open alert."""
    UNKNOWN = "UNKNOWN"
    """There is no answer: the database is to be asked, or asked again."""


class Decision(NamedTuple):
    """A verdict with the ids that it speaks of (empty where there are none).

    Of the alert that OPEN opens ``episode`` is known by the database alone, and is 0 as long as it
    was not asked; ``number`` is what Redis drew, 0 if it drew none. ``seen`` says that the key may
    have had an alert before, as far as Redis remembers.
    """

    verdict: Verdict
    alert_id: str = ""
    event_id: str = ""
    episode: int = 0
    number: int = 0
    seen: bool = False


UNKNOWN = Decision(Verdict.UNKNOWN)


class Proposal(NamedTuple):
    """A delivery as the decision sees it, with the ids it will use if it is recorded.

    Its order is that of the arguments of ``scripts.DECIDE``; the four that are true or false come
    first, and are one of them.
    ``window_ms`` is the duplicate window; ``always_record`` and ``never_record`` stand for the
    recording policies ``all`` and ``first`` (CONTRACT 4.4).
    """

    recovers: bool
    ends_claim: bool
    always_record: bool
    never_record: bool
    fingerprint: str
    alert_id: str
    event_id: str
    window_ms: int
    at_ms: int
