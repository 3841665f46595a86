"""Counted repeats added up for the documents that they are written to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from event_service.dedup.claims import PendingRepeats


@dataclass(frozen=True, slots=True)
class RepeatSum:
    """All repeats of one event, or of one alert; ``last_ms`` is that of the last of them."""

    document_id: str
    count: int
    last_ms: int


def summed(
    repeats: Iterable[PendingRepeats], document_of: Callable[[PendingRepeats], str]
) -> list[RepeatSum]:
    """One sum for each document that ``document_of`` names."""
    sums: dict[str, RepeatSum] = {}
    for one in repeats:
        document_id = document_of(one)
        before = sums.get(document_id, RepeatSum(document_id, 0, 0))
        sums[document_id] = RepeatSum(
            document_id, before.count + one.count, max(before.last_ms, one.last_ms)
        )
    return list(sums.values())
