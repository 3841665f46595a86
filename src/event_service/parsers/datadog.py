"""Datadog's webhooks: the default payload, and payloads of its documented variables.

Datadog leaves the payload to its users. Fields are read by the variables' own names in any spelling
(``alert_transition``, ``alertCycleKey``), and by those of SpaceONE's template. The default payload
says what happened in its title alone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from event_service.parsers.derived_keys import derived_key
from event_service.parsers.epochs import from_epoch_or_text
from event_service.parsers.reading import at, first_text, joined, text, texts, texts_of
from event_service.parsers.seam import Body, Options, ParseFailure, Source
from event_service.parsers.severity_words import SeverityWords
from event_service.parsers.variable_names import by_variable, spellings

_SEVERITIES = SeverityWords(
    {
        "CRITICAL": ("critical",),
        "ERROR": ("error", "triggered", "re-triggered", "renotify", "alert", "monitor alert"),
        "WARNING": ("warning", "warn", "re-warn"),
        "INFO": ("info", "success", "recovered", "ok", "test"),
    },
    absent="ERROR",
)
_RECOVERED = {"recovered", "warn recovered", "no data recovered"}
_OVER = {*_RECOVERED, "success", "ok"}
_PRIORITIES = {"p1", "p2", "p3", "p4", "p5"}
_HIGHEST = {"p1", "1"}
# "[P2] [Warn on {host:web-1}] CPU is high": priority, transition and scope before the name.
_TITLE_MARK = re.compile(r"\s*\[(?P<word>[A-Za-z0-9 -]{1,24}?)(?: on \{(?P<scope>[^}]*)\})?\]\s*")
_TRANSITIONS = {
    *_RECOVERED,
    *_PRIORITIES,
    *("triggered", "re-triggered", "warn", "re-warn", "no data", "re-no data", "renotify"),
    *("test", "monitor alert"),
}
_ALERT_FIELDS = (
    *("alert_id", "alert_title", "alert_transition", "alert_cycle_key", "alert_scope"),
    *("alert_status", "alert_query", "alert_metric", "alert_priority", "alert_type", "aggreg_key"),
)
_INFO_FIELDS = (
    *("org_name", "alert_id", "alert_priority", "alert_transition", "alert_scope", "link", "email"),
    *("event_type", "monitor_id", "priority", "query", "alert_query", "alert_metric", "tags"),
    *("alert_status", "type"),
)


def parse(body: Body, options: Options) -> Sequence[object]:  # noqa: ARG001 - it has no options
    """The event as the only result. Raises ParseFailure when it has no title."""
    return results_of(by_variable(body))


def results_of(body: Body) -> Sequence[Mapping[str, Any]]:
    """As ``parse``, of a body whose names are those of Datadog's variables."""
    given = first_text(body.get("title"), body.get("alert_title"), body.get("event_title"))
    if given is None:
        raise ParseFailure("The body has none of title, alert_title and event_title")
    marks = list(_marks(given))
    name = given[sum(len(mark[0]) for mark in marks) :].strip() or given
    return (_result(body, name, marks),)


def recognises(body: Body) -> bool:
    """Whether the body is the default payload, a monitor, or has two variables of an alert.

    In another spelling one must be the transition: others have ids and types of alerts too.
    """
    fields = ("event_type", "title", "date", "last_updated")
    if isinstance(body.get("org"), Mapping) and all(field in body for field in fields):
        return True
    if all(text(body.get(field)) is not None for field in ("monitor_id", "query", "title")):
        return True
    if sum(field in body for field in (*_ALERT_FIELDS, "transition")) > 1:
        return True
    variables = by_variable(body)
    told = sum(field in variables for field in _ALERT_FIELDS)
    return "alert_transition" in variables and told > 1


def _marks(title: str) -> Iterator[re.Match[str]]:
    """The marks that the title begins with, as far as they are Datadog's own."""
    at_character = 0
    while found := _TITLE_MARK.match(title, at_character):
        if found["word"].lower() not in _TRANSITIONS:
            return
        yield found
        at_character = found.end()


def _result(body: Body, name: str, marks: list[re.Match[str]]) -> Mapping[str, Any]:
    word = _said_word(body, marks)
    scope = first_text(
        body.get("alert_scope"),
        joined(body.get("scopes"), by=","),
        next((m["scope"] for m in marks if m["scope"]), None),
    )
    return {
        "event_key": _event_key(body, name, scope),
        "event_type": "RECOVERY" if _is_over(body, word) else "ALERT",
        "title": name,
        "description": first_text(
            *map(body.get, ("description", "body", "text_only_msg", "event_msg", "message"))
        ),
        "severity": _severity(body, word, marks),
        "resource": {"name": _resource_name(body, scope)},
        "rule": first_text(body.get("rule"), body.get("alert_title")),
        "image_url": first_text(body.get("image_url"), body.get("snapshot")),
        "occurred_at": _occurred_at(body),
        "additional_info": texts(
            {"org_id": at(body, "org", "id"), "org_name": at(body, "org", "name")},
            {field: body.get(field) for field in _INFO_FIELDS},
            {"scope": scope},
        ),
    }


def _said_word(body: Body, marks: list[re.Match[str]]) -> str | None:
    """What happened, in one of Datadog's words for a transition; the title says it if none does."""
    in_title = (mark["word"] for mark in marks if mark["word"].lower()[0] != "p")
    return first_text(body.get("alert_transition"), body.get("transition"), *in_title)


def _is_over(body: Body, word: str | None) -> bool:
    said = first_text(word, body.get("alert_type"), body.get("event_type"))
    return said is not None and said.lower() in _OVER


def _severity(body: Body, word: str | None, marks: list[re.Match[str]]) -> str:
    """By what happened; a monitor of priority P1 is CRITICAL.

    ERROR when nothing is said, as SpaceONE's plugin has it. It doesn't look at priorities either:
    P2 to P5 leave an alert's severity as it is.
    """
    if _is_over(body, word):
        return "INFO"
    said = texts_of(body.get("severity"), body.get("alert_type"), word)
    in_place = [each for each in said if each.lower() in _PRIORITIES]
    given = texts_of(body.get("alert_priority"), body.get("priority"))
    if any(each.lower() in _HIGHEST for each in (*given, *in_place, *(m["word"] for m in marks))):
        return "CRITICAL"
    return _SEVERITIES.severity(next((each for each in said if each not in in_place), None))


def _event_key(body: Body, name: str, scope: str | None) -> str | None:
    given = first_text(body.get("event_key"), body.get("alert_cycle_key"), body.get("aggreg_key"))
    monitor = first_text(body.get("alert_id"), body.get("monitor_id"))
    organisation = first_text(at(body, "org", "id"), body.get("org_id"), body.get("org_name"))
    return given or derived_key(organisation, monitor or name, scope)


def _resource_name(body: Body, scope: str | None) -> str | None:
    tags = (tag.strip().partition(":") for tag in (scope or "").split(","))
    in_scope = next((value for key, _, value in tags if key == "host" and value), None)
    return first_text(
        at(body, "resource", "name"), body.get("hostname"), body.get("host"), in_scope
    )


def _occurred_at(body: Body) -> str | None:
    names = ("occurred_at", "occured_at", "date", "date_posix", "last_updated")
    return from_epoch_or_text(first_text(*map(body.get, names)))


SOURCE = Source(
    name="datadog",
    parse=parse,
    recognises=recognises,
    looks_like="Datadog's default payload, or two of its variables such as alert_id",
    marks=frozenset({"org", "monitor_id", *_ALERT_FIELDS, *spellings("alert_transition")}),
    plugin_ids=("plugin-datadog-mon-webhook",),
)
