"""The runs of ``make simulate``: each shows one thing that docs/scaling.md says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulate.scenario import AlertKey, EventKey, Mix, Span

if TYPE_CHECKING:
    from simulate.scenario import Scenario

_STEP_DOWN = Span(2.0, 12.0)
_RANGED = EventKey.DOMAIN_EVENT_ID


def scenarios(base: Scenario) -> tuple[Scenario, ...]:
    """Variations on ``base``, whose rate, costs and numbers of everything they share."""
    after = Span(base.warm_up, base.seconds)
    # It lasts long and is about who waits for whom: a quarter of all shows as much, sooner.
    stepping_down = replace(
        base,
        name="shard down 10 s",
        rate=base.rate / 4,
        processes=max(1, base.processes // 4),
        seconds=_STEP_DOWN.end + 2,
        shard_down=_STEP_DOWN,
    )
    return (
        replace(base, name="steady"),
        replace(base, name="steady", event_key=_RANGED),
        replace(base, name="steady", event_key=EventKey.DOMAIN),
        replace(base, name="steady", alert_key=AlertKey.DEDUP_KEY),
        replace(base, name="steady", alert_key=AlertKey.UNSHARDED),
        replace(base, name="steady, counts every 2 s", flush_seconds=2.0, seconds=base.seconds + 2),
        replace(base, name="nothing repeats", mix=Mix(0.0, 0.0, 0.0)),
        replace(base, name="storm", storm=after),
        replace(base, name="storm", storm=after, event_key=_RANGED),
        replace(base, name="storm", storm=after, event_key=EventKey.DOMAIN),
        replace(base, name="storm", storm=after, alert_key=AlertKey.DEDUP_KEY),
        replace(base, name="no Redis", redis_down=after),
        replace(base, name="no Redis", redis_down=after, event_key=_RANGED),
        replace(
            base,
            name="no Redis, last event on the alert",
            redis_down=after,
            last_event_on_alert=True,
        ),
        stepping_down,
        replace(stepping_down, name="shard down 10 s, patience 100 ms", patience=0.1),
    )
