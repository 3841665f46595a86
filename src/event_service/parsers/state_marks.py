"""The state that a message for people begins with: ``[FIRING:2] ...``, ``RESOLVED: ...``.

How many alerts of a group are in it, or how long, are no part of what the message is about.
"""

import re
from typing import NamedTuple

from event_service.parsers.reading import joined

_OVER = {"resolved", "ok", "recovered", "recovery", "closed", "cleared", "up"}
_BEGUN = {
    *("firing", "alerting", "triggered", "problem", "alert", "alarm", "open", "down"),
    *("no data", "insufficient_data", "updated problem"),
    *("re-triggered", "warn", "re-warn", "re-no data", "renotify"),
}
_SEVERITIES = {"critical", "error", "warning", "info"}
_BY_LENGTH = sorted(_OVER | _BEGUN | _SEVERITIES, key=len, reverse=True)
# Grafana's "[FIRING:1, RESOLVED:2]", Datadog's "[P2] [Triggered on {host:web-1}]" and Zabbix's
# "Resolved in 5m 2s:".
_COUNTS = r"(?::\s?\d{1,9}(?:,\s?resolved:\s?\d{1,9})?)?"
_PRIORITY = r"(?:\[p[1-5]\]\s?)?"
_SCOPE = r"(?: on \{(?P<scope>[^{}\n]{0,500})\})?"
_DURATION = r"(?: in (?:\d{1,9}[a-z]{1,2} ?){1,5})?"
# After any emoji; not "OK, ..." as people begin sentences.
_STATE = re.compile(
    r"(?:[^\w\[]|:\w{1,40}:){0,20}"
    rf"(?:{_PRIORITY}\[\s?(?P<bracketed>{'|'.join(_BY_LENGTH)}){_COUNTS}{_SCOPE}\s?\]\s?:?"
    rf"|(?P<plain>{'|'.join(_BY_LENGTH)}){_DURATION}(?::\*{{0,2}}|\*{{1,2}}:)(?=\s))",
    re.IGNORECASE,
)


class Marked(NamedTuple):
    """A headline without its mark, but with the scope in it, and what the mark said of the state,
    in lower case; empty without one.
    """

    about: str
    state: str

    @property
    def event_type(self) -> str:
        """RECOVERY for a state that ends an alert, else ALERT."""
        return "RECOVERY" if self.state in _OVER else "ALERT"

    @property
    def severity(self) -> str | None:
        """The state when it is a word for how bad it is."""
        return self.state if self.state in _SEVERITIES else None


def marked(headline: str) -> Marked:
    """The mark of a headline, split off. One that is nothing but a mark keeps it."""
    found = _STATE.match(headline)
    if found is None:
        return Marked(headline, "")
    state = (found["bracketed"] or found["plain"]).casefold()
    about = joined(found["scope"], headline[found.end() :]) or headline
    return Marked(about, state)
