"""The Lua of the dedup: each script is one atomic step on the keys of one hash tag.

Each is written for one item, as a function of its KEYS and ARGV, and loaded as a script that
does it for as many items as a call brings, one after the other: so what has piled up costs one
round trip. The answer is a list with the answer for each item.

The claim is a hash: ``alert`` (the alert that holds the key), ``event`` and ``print`` (what was
last recorded, and its fingerprint), ``said`` (the fingerprint of what was last said, where that
was only counted), or ``ended`` (a tombstone: a recovery ended that alert's claim). The pending hash
has, per ``alert:event``, ``count:milliseconds``: repeats that were answered and have not reached
the database yet. The seen bits, 2^22 for a hash tag, outlive the claims: the one that a key has by
its digest is set when it first has an alert. Keys may share one.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ItemScript:
    """A script over items that have so many keys and arguments each."""

    name: str
    """What it is called where its calls are measured."""
    one: str
    """What is done for one item: the body of a Lua function of KEYS and ARGV."""
    keys: int
    arguments: int

    @property
    def lua(self) -> str:
        """The script as Redis is given it."""
        return f"""
local function one(KEYS, ARGV) {self.one} end
local answers = {{}}
for item = 0, #KEYS / {self.keys} - 1 do
  local keys, arguments = {{}}, {{}}
  for at = 1, {self.keys} do keys[at] = KEYS[item * {self.keys} + at] end
  for at = 1, {self.arguments} do arguments[at] = ARGV[item * {self.arguments} + at] end
  answers[item + 1] = one(keys, arguments)
end
return answers
"""


DECIDE = ItemScript(
    "decide",
    """
local claim, pending, counter, seen = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local recovers, ends, always, never, starts = string.match(ARGV[1], '(.)(.)(.)(.)(.)')
local print, alert_id, event_id = ARGV[2], ARGV[3], ARGV[4]
local window, at, digest = tonumber(ARGV[5]), ARGV[6], string.sub(claim, -32)
local held = redis.call('HMGET', claim, 'alert', 'event', 'print', 'said')
local alert, event, last, said = held[1], held[2], held[3], held[4]
if alert and not (event and last) then return {'UNKNOWN', '', '', 0, 0} end
if not alert then
  if recovers == '1' then return {'UNKNOWN', '', '', 0, 0} end
  redis.call('DEL', claim)
  redis.call('HSET', claim, 'alert', alert_id, 'event', event_id, 'print', print)
  redis.call('PEXPIRE', claim, window)
  local numbered = starts == '1' or redis.call('EXISTS', counter) == 1
  local number = numbered and redis.pcall('INCR', counter)
  number = type(number) == 'number' and number or 0
  local bit = tonumber(string.sub(digest, 1, 6), 16) % 4194304
  local known = redis.pcall('SETBIT', seen, bit, 1) ~= 0
  return {'OPEN', alert_id, event_id, number, known and 1 or 0}
end
if ends == '1' then
  redis.call('DEL', claim)
  redis.call('HSET', claim, 'ended', alert)
  redis.call('PEXPIRE', claim, math.max(window, 60000))
  return {'END', alert, event, 0, 0}
end
redis.call('PEXPIRE', claim, window)
local repeats = last == print
if always == '1' then repeats = event == event_id end
if never == '1' and recovers == '0' then repeats = true end
if not repeats then
  redis.call('HSET', claim, 'event', event_id, 'print', print)
  redis.call('HDEL', claim, 'said')
  return {'RECORD', alert, event_id, 0, 0}
end
if (said or last) ~= print then return {'JOIN', alert, event, 0, 0} end
local entry = digest .. ':' .. alert .. ':' .. event
local counted = redis.call('HGET', pending, entry)
local count = counted and tonumber(string.match(counted, '^%d+')) or 0
redis.call('HSET', pending, entry, (count + 1) .. ':' .. at)
return {'REPEAT', alert, event, 0, 0}
""",
    keys=4,
    arguments=6,
)
"""KEYS claim, pending, counter, seen; ARGV flags, fingerprint, alert, event, window, milliseconds.
The flags, each 0 or 1, are the first four of the proposal, and whether a counter that is not there
starts at 1. The claim's name ends with the key's digest.

Answers {verdict, alert, event, number, known}: for OPEN the number of its alert, 0 if none was
drawn, and whether the key may have had an alert before. Of a claim that lacks something, of another
program or version, the database decides.
"""

SAY = ItemScript(
    "say",
    """
if redis.call('HGET', KEYS[1], 'alert') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'said', ARGV[2])
return 1
""",
    keys=1,
    arguments=2,
)
"""KEYS claim; ARGV alert, fingerprint: that alert knows what was said last, recorded or not."""

INSTALL = ItemScript(
    "install",
    """
local claim = KEYS[1]
if redis.call('HGET', claim, 'ended') == ARGV[1] then return 0 end
redis.call('DEL', claim)
redis.call('HSET', claim, 'alert', ARGV[1], 'event', ARGV[2], 'print', ARGV[3])
if ARGV[5] ~= ARGV[3] then redis.call('HSET', claim, 'said', ARGV[5]) end
redis.call('PEXPIRE', claim, tonumber(ARGV[4]))
return 1
""",
    keys=1,
    arguments=5,
)
"""KEYS claim; ARGV alert, event, fingerprint, window, fingerprint of what was said last: what
the database decided, unless the alert was resolved meanwhile (its tombstone is there)."""

END = ItemScript(
    "end",
    """
local claim = KEYS[1]
local held = redis.call('HMGET', claim, 'alert', 'ended')
if held[1] ~= ARGV[1] and held[2] ~= ARGV[1] then return 0 end
redis.call('DEL', claim)
redis.call('HSET', claim, 'ended', ARGV[1])
redis.call('PEXPIRE', claim, math.max(tonumber(ARGV[2]), 60000))
return 1
""",
    keys=1,
    arguments=2,
)
"""KEYS claim; ARGV alert, window: the database has resolved that alert."""

DROP = ItemScript(
    "drop",
    """
if redis.call('HGET', KEYS[1], 'alert') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1
""",
    keys=1,
    arguments=1,
)
"""KEYS claim; ARGV alert: forget the claim, if it is that alert's."""

FORGET = ItemScript("forget", "return redis.call('DEL', KEYS[1])", keys=1, arguments=0)
"""KEYS claim: the database has decided about the key meanwhile, so it is to be asked."""

SETTLE = ItemScript(
    "settle",
    """
local pending, entry, settled = KEYS[1], ARGV[1], tonumber(ARGV[2])
local counted = redis.pcall('HGET', pending, entry)
if type(counted) ~= 'string' then return 0 end
local count, at = string.match(counted, '^(%d+):(%d+)$')
local rest = count and tonumber(count) - settled
if not count or rest <= 0 then return redis.call('HDEL', pending, entry) end
redis.call('HSET', pending, entry, string.format('%d', rest) .. ':' .. at)
return 1
""",
    keys=1,
    arguments=2,
)
"""KEYS pending; ARGV entry, count: those repeats are in the database now.

What another program has made of the key or of the count goes unheeded: all others are to be told.
"""

ADOPT = ItemScript(
    "adopt",
    """
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
""",
    keys=1,
    arguments=3,
)
"""KEYS pending; ARGV entry, what it has, what it is to have: only one who wants it changes it."""

DRAW_NUMBERS = ItemScript(
    "draw_numbers",
    """
local count, floor = ARGV[1], tonumber(ARGV[2])
local last = redis.call('GET', KEYS[1])
if floor > tonumber(last or '0') then redis.call('SET', KEYS[1], floor) end
return redis.call('INCRBY', KEYS[1], count)
""",
    keys=1,
    arguments=2,
)
"""KEYS counter; ARGV how many, and the highest number that the database is known to hold. Answers
the last of the numbers drawn."""

RETURN_NUMBER = ItemScript(
    "return_number",
    """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DECR', KEYS[1]) end
return -1
""",
    keys=1,
    arguments=1,
)
"""KEYS counter; ARGV a number that was drawn and not used: taken back if it was the last."""

ALL = (DECIDE, SAY, INSTALL, END, DROP, FORGET, SETTLE, ADOPT, DRAW_NUMBERS, RETURN_NUMBER)
"""Every script there is."""
