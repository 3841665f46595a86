"""UptimeRobot's webhook: a monitor went down or up, or its certificate or domain expires soon.

The body is a template that its owner writes with UptimeRobot's variables, so names are read in any
spelling: ``monitorID`` and ``monitor_id`` are one.
"""

from collections.abc import Mapping, Sequence

from event_service.parsers.epochs import from_epoch_or_text
from event_service.parsers.event_types import event_type
from event_service.parsers.reading import first_text, joined, text, texts, word
from event_service.parsers.seam import Body, Options, Source
from event_service.parsers.severity_words import SeverityWords

_STATES = {"1": "down", "2": "up", "3": "ssl expiry"}
_SEVERITIES = SeverityWords(
    {
        "CRITICAL": ("down",),
        "WARNING": ("ssl expiry", "ssl expiry reminder", "domain expiry", "ssl & domain expiry"),
        "INFO": ("up",),
    }
)
_EXPIRING = ("ssl", "domain")


def parse(body: Body, options: Options) -> Sequence[object]:  # noqa: ARG001 - it has no options
    """One result; the monitor is the key, and one more that its certificate or domain expires."""
    fields = _folded(body)
    said = text(fields.get("alerttypefriendlyname"))
    # Its number says what an alert is, whatever its name is translated to.
    state = _STATES.get(text(fields.get("alerttype")) or "") or word(said)
    monitor = first_text(
        fields.get("monitorid"), fields.get("monitorurl"), fields.get("monitorfriendlyname")
    )
    name = first_text(fields.get("monitorfriendlyname"), fields.get("monitorurl"), monitor)
    result = {
        "event_key": monitor and joined("uptimerobot:monitor", monitor, _expiry(state), by=":"),
        "event_type": event_type({"up"}, state),
        "title": joined(name, said or state, by=": "),
        "description": text(fields.get("alertdetails")),
        "severity": _SEVERITIES.severity(state),
        "resource": {"name": name},
        "occurred_at": from_epoch_or_text(fields.get("alertdatetime")),
        "additional_info": texts(
            {
                "url": fields.get("monitorurl"),
                "duration": first_text(
                    fields.get("alertfriendlyduration"), fields.get("alertduration")
                ),
                "ssl_expiry_date": fields.get("sslexpirydate"),
                "ssl_expiry_days_left": fields.get("sslexpirydaysleft"),
            }
        ),
    }
    return (result,)


def recognises(body: Body) -> bool:
    """Whether it names a monitor and the type of an alert, in UptimeRobot's words."""
    # Most bodies are others': one look at all of their names is cheaper than one at each.
    if "alerttype" not in _fold(" ".join(body)):
        return False
    fields = _folded(body)
    monitored = any(field in fields for field in ("monitorid", "monitorurl", "monitorfriendlyname"))
    return monitored and ("alerttype" in fields or "alerttypefriendlyname" in fields)


def _folded(body: Body) -> Mapping[str, object]:
    return {_fold(name): value for name, value in body.items()}


def _fold(name: str) -> str:
    return name.replace("_", "").casefold()


def _expiry(state: str) -> str | None:
    return next((kind for kind in _EXPIRING if kind in state), None)


SOURCE = Source(
    name="uptimerobot",
    parse=parse,
    recognises=recognises,
    looks_like="UptimeRobot's variables, such as monitorID and alertTypeFriendlyName",
    shallow=True,
)
