"""Pingdom's webhook: a check that changed its state."""

from collections.abc import Sequence

from event_service.parsers.epochs import from_epoch_or_text
from event_service.parsers.event_types import event_type
from event_service.parsers.reading import at, first_text, joined, mapping, text, texts
from event_service.parsers.seam import Body, Options, Source
from event_service.parsers.severity_words import SeverityWords

# Pingdom says how important a check is, not how bad its state is.
_IMPORTANCES = SeverityWords({"CRITICAL": ("high",), "WARNING": ("low",)})
# SUCCESS is a transaction check's word for UP.
_OVER = {"up", "success"}


def parse(body: Body, options: Options) -> Sequence[object]:  # noqa: ARG001 - it has no options
    """One result; the check is the key, so that UP ends what DOWN began."""
    check = text(body.get("check_id"))
    state = (text(body.get("current_state")) or "").upper()
    name = first_text(body.get("check_name"), check)
    parameters = mapping(body.get("check_params"))
    changed = from_epoch_or_text(body.get("state_changed_timestamp"))
    target = first_text(parameters.get("hostname"), parameters.get("full_url"), name)
    result = {
        "event_key": check and f"pingdom:check:{check}",
        "event_type": event_type(_OVER, state),
        "title": joined(name, f"is {state}") if name and state else name,
        "description": first_text(body.get("long_description"), body.get("description")),
        "severity": _IMPORTANCES.severity(body.get("importance_level")),
        "resource": {"name": target},
        "rule": text(body.get("check_name")),
        "occurred_at": changed or text(body.get("state_changed_utc_time")),
        "additional_info": texts(
            {
                "url": first_text(parameters.get("full_url"), parameters.get("url")),
                "previous_state": body.get("previous_state"),
                "tags": joined(body.get("tags"), by=", "),
                "first_probe": at(body, "first_probe", "location"),
                "second_probe": at(body, "second_probe", "location"),
            }
        ),
    }
    return (result,)


def recognises(body: Body) -> bool:
    """Whether it has a check and the states that it went from and to."""
    return all(field in body for field in ("check_id", "current_state", "previous_state"))


SOURCE = Source(
    name="pingdom",
    parse=parse,
    recognises=recognises,
    looks_like="Pingdom's webhook, with check_id, previous_state and current_state",
    marks=frozenset({"previous_state"}),
)
