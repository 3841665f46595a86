"""Bodies of calls, made beforehand as far as can be: sending them must cost next to nothing."""

from __future__ import annotations

import itertools
import random
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bench.alarm import KEY_LENGTH, PLACE

if TYPE_CHECKING:
    from collections.abc import Iterator


class Requests(Protocol):
    """The bodies of a run, without end."""

    def bodies(self) -> Iterator[bytes]:
        """One body after the other."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """The same few bodies over and over."""

    every: tuple[bytes, ...]

    def bodies(self) -> Iterator[bytes]:
        """One body after the other."""
        return itertools.cycle(self.every)


@dataclass(frozen=True, slots=True)
class Template:
    """A body with a place for a key of ``KEY_LENGTH`` characters."""

    before: bytes
    after: bytes

    @classmethod
    def of(cls, body: bytes) -> Template:
        """Cut a body at ``PLACE``."""
        before, after = body.split(PLACE.encode())
        return cls(before, after)

    def with_key(self, key: str) -> bytes:
        """The body for a key."""
        return self.before + key.encode() + self.after


@dataclass(frozen=True, slots=True)
class NewKeys:
    """A key in each body that no other body ever had."""

    template: Template

    def bodies(self) -> Iterator[bytes]:
        """One body after the other."""
        run = secrets.token_hex(KEY_LENGTH // 4)
        width = KEY_LENGTH // 2
        return (self.template.with_key(f"{run}{number:0{width}x}") for number in itertools.count())


MIXED_KEYS = 1_000
_OUT_OF = 20
_RECOVERIES = 1
_NEW = 3


@dataclass(frozen=True, slots=True)
class Mixed:
    """80 % duplicates of ``MIXED_KEYS`` keys, 5 % recoveries of those, 15 % new keys."""

    alarm: Template
    recovery: Template

    def bodies(self) -> Iterator[bytes]:
        """One body after the other."""
        chance = random.Random()  # noqa: S311  # no secret
        new = NewKeys(self.alarm).bodies()
        while True:
            kind = chance.randrange(_OUT_OF)
            key = mixed_key(chance.randrange(MIXED_KEYS))
            if kind < _RECOVERIES:
                yield self.recovery.with_key(key)
            elif kind < _RECOVERIES + _NEW:
                yield next(new)
            else:
                yield self.alarm.with_key(key)


def mixed_key(number: int) -> str:
    """One of the keys of ``Mixed``."""
    return f"mix{number:0{KEY_LENGTH - 3}}"
