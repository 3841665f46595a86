"""What a monitoring system says of a group of alarms, all of them in each call."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

from chaos.calls import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from random import Random

    from chaos.calls import Call

SMALLEST, LARGEST = 40, 300
"""Enough for a body to be kept apart from its events, and more than one batch takes."""
SHARED_KEYS = 60
STEPS = {(0.0, 0.0): 35, (0.3, 0.4): 45, (1.0, 0.2): 10, (1.0, 1.0): 10}
"""How much of what is open has news, how much of the news is its end, and in how many percent of
the calls."""
FLAPPING = 3
"""Keys that are resolved and fire again within the call."""


class Saying(NamedTuple):
    """What is said of a key. Without ``says`` it is something that nobody said before."""

    kind: Kind
    event_key: str
    says: str = ""


class GroupStory:
    """A group of alarms that one client alone speaks of."""

    def __init__(self, name: str, random: Random) -> None:
        """``name`` is what its keys begin with."""
        self._name = name
        self._random = random
        self._size = int(SMALLEST * (LARGEST / SMALLEST) ** random.random())
        self._keys: Iterator[int] = itertools.count()
        self._open: dict[str, str] = {}

    def next(self, *, flaps: bool) -> Sequence[Saying]:
        """All of the group: what is open as it was, changed or ended, and new alarms.

        ``flaps`` says that a key may come several times.
        """
        (step,) = self._random.choices(list(STEPS), list(STEPS.values()))
        sayings = [self._of_open(key, *step) for key in self._open]
        while len(sayings) < self._size:
            sayings.append(Saying(Kind.CHANGED, f"{self._name}-{next(self._keys)}"))
        if flaps:
            for one in self._random.sample(sayings, FLAPPING):
                if one.kind is not Kind.RECOVERY:
                    sayings.append(Saying(Kind.RECOVERY, one.event_key))
                    sayings.append(Saying(Kind.CHANGED, one.event_key))
        return sayings

    def go_on(self, said: Iterable[Call]) -> None:
        """That was taken."""
        for call in said:
            if call.kind is Kind.RECOVERY:
                del self._open[call.event_key]
            else:
                self._open[call.event_key] = call.says

    def _of_open(self, key: str, news: float, ends: float) -> Saying:
        if self._random.random() >= news:
            return Saying(Kind.REPEAT, key, self._open[key])
        return Saying(Kind.RECOVERY if self._random.random() < ends else Kind.CHANGED, key)


def shared_group() -> Sequence[Saying]:
    """A group that all clients speak of, always the same: several Alertmanagers of a cluster."""
    keys = [f"shared-{number}" for number in range(SHARED_KEYS)]
    return [Saying(Kind.HOT, key, key) for key in keys]
