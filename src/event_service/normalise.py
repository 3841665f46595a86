"""Raw results of parsers as events (CONTRACT 3.3 to 3.5): one place for what a field may hold."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from bson.raw_bson import RawBSONDocument

from event_service.bodies import plain_text
from event_service.bodies.trimmed_bson import is_trimmed
from event_service.document_decoding import decoded
from event_service.draft import EventDraft, EventType, Severity
from event_service.instants import parse_iso
from event_service.parsers.seam import ParseFailure

_SEVERITIES = dict(Severity.__members__)
_EVENT_TYPES = dict(EventType.__members__)
# The numbers of the published enum (spaceone.api.monitoring.plugin.EventInfo.Severity).
_SEVERITY_NUMBERS: dict[float, Severity] = {
    0: Severity.NONE,
    1: Severity.CRITICAL,
    2: Severity.ERROR,
    3: Severity.WARNING,
    4: Severity.INFO,
    5: Severity.NOT_AVAILABLE,
}


class Normalised(NamedTuple):
    """An event, and what had to be left out of it: short texts for the log, without content."""

    draft: EventDraft
    notes: tuple[str, ...] = ()


def normalise(result: object) -> Normalised:
    """The event that one raw result of a parser is.

    A title falls back to the rule, the first resource and the event_key; an event_key to a digest
    of the content (``derive_key``). Fields that are not in CONTRACT 3.3 are ignored.
    Raises ParseFailure, naming the field and not its value, for what can't be meant.
    """
    if not isinstance(result, Mapping):
        raise ParseFailure("The result is not an object")
    result = dict(result.items())  # else each look into what is encoded takes ten times as long
    rule = _text(result, "rule")
    resources = _resources(result)
    given_key = _text(result, "event_key")
    title = _text(result, "title") or rule or next(iter(resources), "").strip() or given_key
    if title is None:
        raise ParseFailure("The result has no title, nor a rule, resource or event_key to name it")
    occurred_at, notes = _occurred_at(result.get("occurred_at"))
    draft = EventDraft(
        event_key=given_key or derive_key(title, rule, resources),
        event_type=_event_type(result.get("event_type")),
        title=title,
        severity=_severity(result.get("severity")),
        description=_text(result, "description"),
        rule=rule,
        image_url=_text(result, "image_url"),
        resources=resources,
        provider=_text(result, "provider") or "",
        account=_text(result, "account") or "",
        additional_info=_additional_info(result.get("additional_info")),
        occurred_at=occurred_at,
    )
    return Normalised(draft, notes)


def failure_draft(webhook_id: str, webhook_name: str, reason: str) -> EventDraft:
    """The event that records what could not be understood (CONTRACT 3.4).

    Its key comes from webhook and reason, so that a broken sender opens one alert, not one per
    request. ``reason`` is shown as it is: it holds neither secrets nor parts of the body.
    """
    said = plain_text.cleaned(reason)
    digest = sha256(json.dumps([webhook_id, said]).encode("ascii")).hexdigest()
    return EventDraft(
        event_key=f"error-{digest[:12]}",
        event_type=EventType.ERROR,
        title=f"Webhook Event Parsing Error - {plain_text.cleaned(webhook_name)}",
        severity=Severity.CRITICAL,
        description=said or None,
    )


def derive_key(title: str, rule: str | None, resources: tuple[str, ...]) -> str:
    """The event_key of a result that has none: 16 hex digits over what it is about (CONTRACT 3.4).

    The webhook is no part of it: the dedup key has the tenant, and repeats that reach one project
    through two webhooks are still the same event.
    """
    content = json.dumps([title, rule, list(resources)]).encode("ascii")
    return sha256(content).hexdigest()[:16]


def _text(result: Mapping[str, Any], field: str) -> str | None:
    """A text field, trimmed; None when it is absent, null or empty."""
    value = result.get(field)
    if value is None:
        return None
    text = plain_text.from_scalar(value)
    if text is None:
        raise ParseFailure(f"{field} is not a text")
    return text.strip() or None


def _event_type(value: object) -> EventType:
    word = _word(value)
    if word is None:
        return EventType.ALERT
    found = _EVENT_TYPES.get(word) if isinstance(word, str) else None
    if found is None:
        raise ParseFailure(f"event_type is none of {', '.join(EventType)}")
    return found


def _severity(value: object) -> Severity:
    word = _word(value)
    if word is None:
        return Severity.NONE
    found = _SEVERITIES.get(word) if isinstance(word, str) else None
    if isinstance(word, int | float) and not isinstance(word, bool):
        found = _SEVERITY_NUMBERS.get(word)
    if found is None:
        raise ParseFailure(f"severity is none of {', '.join(Severity)}")
    return found


def _word(value: object) -> object:
    """A text as enums have it, None when it is empty; what is no text is left as it is."""
    return (value.strip().upper() or None) if isinstance(value, str) else value


def _resources(result: Mapping[str, Any]) -> tuple[str, ...]:
    """The members of ``resources`` as they are, then the name of ``resource``, if it has one."""
    listed = result.get("resources")
    resource = result.get("resource")
    if listed is not None and not isinstance(listed, list | tuple):
        raise ParseFailure("resources is not a list")
    names = [plain_text.from_scalar(member) for member in listed or () if member is not None]
    if resource is not None and not isinstance(resource, Mapping):
        raise ParseFailure("resource is not an object")
    name = _text(resource, "name") if resource else None
    found = tuple(name for name in names if name is not None)
    if len(found) < len(names):
        raise ParseFailure("resources has a member that is not a text")
    return found if name is None else (*found, name)


def _additional_info(value: object) -> Mapping[str, Any]:
    if value is None:
        return {}
    if isinstance(value, RawBSONDocument):
        if is_trimmed(bytes(value.raw)):
            return value
        value = decoded(value.raw)
    if not isinstance(value, Mapping):
        raise ParseFailure("additional_info is not an object")
    try:
        return plain_text.trimmed_object(value)
    except RecursionError:
        raise ParseFailure("additional_info is nested too deep") from None


def _occurred_at(value: object) -> tuple[datetime | None, tuple[str, ...]]:
    if value is None or value == "":
        return None, ()
    if isinstance(value, str):
        try:
            return parse_iso(value), ()
        except ValueError as error:
            return None, (f"occurred_at left out: {error}",)
    return None, ("occurred_at left out: not a text",)
