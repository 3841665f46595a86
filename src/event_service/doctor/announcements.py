"""Is a change of a webhook heard by every process (CONTRACT 3.2)?"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from event_service.doctor.finding import failure, ok
from event_service.doctor.silence import UNASKED, redis_silent
from event_service.manager.webhook_changes import CHANNEL, publish_change

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from event_service.doctor.finding import Finding
    from event_service.store_clients import RedisClient

_WHAT: Final = "Announcements"
_NOBODY: Final = "webhook-doctor"
"""No webhook's id: nobody has anything to forget."""


def check_announcements(connect: Callable[[], RedisClient], seconds: float) -> Iterator[Finding]:
    """Finding of one announcement, made and heard."""
    try:
        client = connect()
        pubsub = client.pubsub(ignore_subscribe_messages=False)  # type: ignore[no-untyped-call]
        try:
            pubsub.subscribe(CHANNEL)
            pubsub.get_message(timeout=seconds)  # that it is subscribed
            began = time.monotonic()
            publish_change(client, _NOBODY)
            while (left := seconds - (time.monotonic() - began)) > 0:
                message = pubsub.get_message(timeout=left)
                if message is not None and message["data"] == _NOBODY:
                    took = (time.monotonic() - began) * 1000
                    yield ok(_WHAT, f"a change of a webhook is heard, in {took:.1f} ms")
                    return
        finally:
            pubsub.close()
    except UNASKED as fault:
        yield redis_silent(_WHAT, fault)
        return
    yield failure(
        _WHAT,
        "a change of a webhook is not heard",
        "Let the user of EVENT_REDIS_URL publish: ACL SETUSER ... +@pubsub allchannels",
    )
