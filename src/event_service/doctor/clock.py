"""Do the clocks agree? Tokens, duplicate windows and retention go by them."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

import pymongo
from pymongo.errors import PyMongoError

from event_service.doctor.finding import failure, ok, warning
from event_service.doctor.silence import UNASKED, mongodb_silent, redis_silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pymongo import MongoClient

    from event_service.doctor.finding import Finding
    from event_service.store_clients import RedisClient

WARNING_SECONDS: Final = 1.0
FAILURE_SECONDS: Final = 30.0

_ADVICE: Final = "Have chrony or systemd-timesyncd set the clocks of both machines (timedatectl)."


def mongodb_clock(
    client: MongoClient[dict[str, Any]], clock: Callable[[], float], seconds: float
) -> Iterator[Finding]:
    """Finding of MongoDB's clock against ``clock``, which gives seconds since 1970."""

    def read() -> float:
        with pymongo.timeout(seconds):
            hello = client.admin.command("hello")
        return float(hello["localTime"].replace(tzinfo=UTC).timestamp())

    what = "Clock of MongoDB"
    try:
        yield _finding(what, _ahead(read, clock))
    except PyMongoError as fault:
        yield mongodb_silent(what, fault)


def redis_clock(
    connect: Callable[[], RedisClient], clock: Callable[[], float]
) -> Iterator[Finding]:
    """Finding of Redis' clock against ``clock``, which gives seconds since 1970."""
    what = "Clock of Redis"
    try:
        redis = connect()

        def read() -> float:
            whole, millionths = redis.time()
            return float(whole) + float(millionths) / 1e6

        yield _finding(what, _ahead(read, clock))
    except UNASKED as fault:
        yield redis_silent(what, fault)


def _ahead(read: Callable[[], float], clock: Callable[[], float]) -> float:
    """By how many seconds the other clock is ahead; what the way takes is no difference."""
    read()  # the first call connects
    before = clock()
    there = read()
    after = clock()
    return there - min(max(there, before), after)


def _finding(what: str, ahead: float) -> Finding:
    if abs(ahead) <= WARNING_SECONDS:
        return ok(what, f"within {WARNING_SECONDS:g} s of this machine's")
    found = f"{abs(ahead):.1f} s {'ahead of' if ahead > 0 else 'behind'} this machine's"
    if abs(ahead) <= FAILURE_SECONDS:
        return warning(what, found, _ADVICE)
    return failure(what, found, _ADVICE)
