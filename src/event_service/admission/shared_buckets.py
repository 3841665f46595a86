"""Token buckets in Redis, which all processes draw from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from event_service.store_clients import REDIS_FAULTS, RedisClient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from event_service.dedup.gate import RedisGate
    from event_service.quota import Quota

TAKE: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local most = 1000000000000000
local held, refused = {}, false
for i, key in ipairs(KEYS) do
  local rate, burst = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1])
  local kept = redis.call('HMGET', key, 'tokens', 'at')
  held[i] = burst
  if kept[1] then
    local passed = math.max(0, now - tonumber(kept[2]))
    held[i] = math.min(burst, tonumber(kept[1]) + passed * rate / 1000000)
  end
  refused = refused or held[i] < 1
end
local answer = {}
for i, key in ipairs(KEYS) do
  local rate, burst = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1])
  local granted = refused and 0 or math.min(tonumber(ARGV[3 * i]), math.floor(held[i]))
  local tokens = string.format('%.17g', held[i] - granted)
  redis.call('HSET', key, 'tokens', tokens, 'at', string.format('%.0f', now))
  redis.call('PEXPIRE', key, math.min(math.ceil(burst / rate * 1000) + 1000, most))
  answer[2 * i - 1] = granted
  answer[2 * i] = held[i] < 1 and math.min(math.ceil((1 - held[i]) / rate * 1000), most) or 0
end
return answer
"""
"""KEYS buckets of one domain; ARGV rate, burst, wanted for each. Answers, for each, how many
tokens were taken (of all or of none) and in how many milliseconds it will have one.

No time is longer than ``most`` milliseconds, which Redis still takes. The clock is Redis' own, so
that processes agree. A step back of it adds nothing and takes nothing, a step forth fills a bucket,
and no bucket holds more than its burst.
"""


@dataclass(frozen=True, slots=True)
class Ask:
    """Tokens that are wanted of one bucket: ``webhook`` of the domain, or the domain's own if
    that is empty.
    """

    webhook_id: str
    quota: Quota
    wanted: int


@dataclass(frozen=True, slots=True)
class Grant:
    """How many were given, and, if none, how many seconds it takes until there is one."""

    tokens: int
    wait: float


class SharedBuckets:
    """Draws from the buckets in Redis, in one round trip and one atomic step.

    A webhook's bucket has the hash tag of its domain, so that a Redis Cluster keeps the two that
    a call needs together.
    """

    def __init__(self, client: RedisClient, namespace: str, gate: RedisGate) -> None:
        self._namespace = namespace
        self._gate = gate
        self._take = client.register_script(TAKE)

    def take(self, domain_id: str, asks: Sequence[Ask]) -> Sequence[Grant] | None:
        """What each bucket gives: all of them some, or none any. None if Redis is down."""
        if not self._gate.enter():
            return None
        keys = [self._key(domain_id, ask.webhook_id) for ask in asks]
        arguments = [part for ask in asks for part in (ask.quota.rate, ask.quota.burst, ask.wanted)]
        try:
            with self._gate.call("quota"):
                answer = cast("Sequence[int]", self._take(keys=keys, args=arguments))
        except REDIS_FAULTS:
            return None
        pairs = zip(answer[::2], answer[1::2], strict=True)
        return [Grant(int(tokens), int(wait) / 1000) for tokens, wait in pairs]

    def _key(self, domain_id: str, webhook_id: str) -> str:
        tagged = f"{self._namespace}:quota:{{{domain_id}}}"
        return f"{tagged}:{webhook_id}" if webhook_id else tagged
