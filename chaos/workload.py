"""What one client sends next: new keys, news, repeats and recoveries, mixed."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from chaos.calls import STORY, Call, Group, Hook, Kind
from chaos.group_story import GroupStory, shared_group

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

    from chaos.group_story import Saying
    from chaos.journal import Sent

HOT_KEYS = 3
CONTESTED_KEYS = 4
BRIEF_KEYS = 2
NAMED_SHARE = 0.75
"""How many of the calls have a trace context, by which a call that is sent again is known."""
NEW_STORY_SHARE = 0.5
GROUP_SHARE = 0.02
"""How many of the calls bring a group."""
SHARED_SHARE = 0.2
"""How many of the groups are one that all clients send."""
SHARES = {
    Kind.FRESH: 30,
    Kind.HOT: 10,
    Kind.CONTESTED: 12,
    Kind.CONTESTED_RECOVERY: 4,
    Kind.BRIEF: 6,
    Kind.CHANGED: 38,
}
"""In percent. The last stands for a story: news, repeats and recoveries of a key of the client's
own, one after the other."""
STORY_SHARES = {Kind.CHANGED: 45, Kind.REPEAT: 35, Kind.RECOVERY: 20}


class Workload:
    """The calls of one client. All that is random comes from ``random``."""

    def __init__(self, sender: int, hooks: Sequence[Hook], random: Random) -> None:
        self._sender = sender
        self._long = [hook for hook in hooks if not hook.brief]
        self._brief = [hook for hook in hooks if hook.brief]
        self._random = random
        self._numbers: Iterator[int] = itertools.count()
        self._stories: Iterator[int] = itertools.count()
        self._begin_story()
        self._begin_group()

    def next(self) -> Call | Group:
        """The next call."""
        if self._random.random() < GROUP_SHARE:
            return self._next_group()
        kind = self._choose(SHARES)
        if kind is Kind.FRESH:
            return self._call(kind, self._random.choice(self._long), "")
        if kind is Kind.HOT:
            hook, key = self._shared(self._long, "hot", HOT_KEYS)
            return self._call(kind, hook, key, says=key)
        if kind in (Kind.CONTESTED, Kind.CONTESTED_RECOVERY):
            return self._call(kind, *self._shared(self._long, "contested", CONTESTED_KEYS))
        if kind is Kind.BRIEF and self._brief:
            return self._call(kind, *self._shared(self._brief, "brief", BRIEF_KEYS))
        return self._go_on()

    def learn(self, sent: Sequence[Sent]) -> None:
        """What came of the last call: a story of which it isn't known any longer is over."""
        first, kind = sent[0], sent[0].call.kind
        if kind not in STORY:
            return
        known = first.acknowledged and not first.may_come_late
        if len(sent) > 1:
            self._group.go_on(one.call for one in sent)
            if not known:
                self._begin_group()
        elif not known:
            self._begin_story()
        elif kind is Kind.RECOVERY:
            self._says = ""
            if self._random.random() < NEW_STORY_SHARE:
                self._begin_story()

    def _go_on(self) -> Call:
        # An alert must be open for a repeat or a recovery to be one.
        kind = self._choose(STORY_SHARES) if self._says else Kind.CHANGED
        if kind is Kind.REPEAT:
            return self._call(kind, self._hook, self._key, says=self._says)
        call = self._call(kind, self._hook, self._key)
        self._says = call.says
        return call

    def _begin_story(self) -> None:
        self._hook = self._random.choice(self._long)
        self._key = f"story-{self._sender}-{next(self._stories)}"
        self._says = ""

    def _next_group(self) -> Group:
        traceparent = self._traceparent()
        if self._random.random() < SHARED_SHARE:
            return self._of(self._long[0], shared_group(), traceparent)
        # What is said twice in a call is only known again by the name of the call.
        sayings = self._group.next(flaps=bool(traceparent))
        return self._of(self._group_hook, sayings, traceparent)

    def _begin_group(self) -> None:
        self._group_hook = self._random.choice(self._long)
        self._group = GroupStory(f"group-{self._sender}-{next(self._stories)}", self._random)

    def _of(self, hook: Hook, sayings: Sequence[Saying], traceparent: str) -> Group:
        number = next(self._numbers)
        return Group(
            tuple(
                Call(
                    number=number,
                    sender=self._sender,
                    kind=one.kind,
                    hook=hook,
                    event_key=one.event_key,
                    says=one.says or f"{self._sender}-{number}-{place}",
                    traceparent=traceparent,
                )
                for place, one in enumerate(sayings)
            )
        )

    def _shared(self, hooks: Sequence[Hook], name: str, keys: int) -> tuple[Hook, str]:
        place = self._random.randrange(keys)
        return hooks[place % len(hooks)], f"{name}-{place}"

    def _call(self, kind: Kind, hook: Hook, key: str, says: str = "") -> Call:
        number = next(self._numbers)
        says = says or f"{self._sender}-{number}"
        return Call(
            number=number,
            sender=self._sender,
            kind=kind,
            hook=hook,
            event_key=key or f"fresh-{says}",
            says=says,
            traceparent=self._traceparent(),
        )

    def _traceparent(self) -> str:
        named = self._random.random() < NAMED_SHARE
        trace, span = self._random.getrandbits(128), self._random.getrandbits(64)
        return f"00-{trace:032x}-{span:016x}-01" if named else ""

    def _choose(self, shares: dict[Kind, int]) -> Kind:
        return self._random.choices(list(shares), list(shares.values()))[0]
