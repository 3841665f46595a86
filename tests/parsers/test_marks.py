"""A source is asked about every body that it would take, whatever spares it the others."""

from base64 import b64encode
from json import dumps
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from event_service.parsers import direct
from event_service.parsers.registry import ParserRegistry, installed_sources
from event_service.parsers.seam import ParseFailure, Source
from tests.parsers.drafts import own_bodies, read

ALL = sorted(installed_sources(), key=lambda source: (source.general, source.name))
REGISTRY = ParserRegistry(ALL)
SOURCES = [source for source in ALL if source.marks]
OPEN_INCIDENT = {"incident": {"incident_id": "1", "state": "open", "policy_name": "p"}}
# Forms that sources take and that no body of ours has.
FORMS: list[dict[str, Any]] = [
    {"monitor_id": 1.0, "query": "q", "title": "t"},
    *({name: "1", "alert_id": "1"} for name in ("alert_title", "alert_type", "aggreg_key")),
    {"alertTransition": "Warn", "alertId": "1"},
    {"ALERT_TRANSITION": "Warn", "ALERT_ID": "1"},
    {"alert transition": "Warn", "alert id": "1"},
    {"transition": "Warn", "alert_type": "warning"},
    {"title": "t", "ruleGroup": "g", "condition": "A", "data": []},
    {"object": {"reason": "r", "regarding": {"kind": "Pod"}}},
    {"project_slug": "p", "id": "1", "culprit": "c", "level": "error"},
    {"project_name": "p", "id": "1", "culprit": "c", "level": "error"},
    {"alertId": "1", "kibana": {"alert": {"status": "active"}}},
    {"alertId": "1", "kibana_alert_status": "active"},
    {"alertId": "1", "kibanaAlertStatus": "active"},
    {"alertId": "1", "alert.actionGroup": "fired"},
    {"alertId": "1", "alert_action_group": "fired"},
    {"alertId": "1", "action_group": "fired"},
    {"event_key": "k"},
    {"rule": "r"},
    {"resource": {"name": "x"}},
    {"resources": ["a"]},
    {"results": []},
    {"EVENT.ID": "1", "EVENT.VALUE": "1", "TRIGGER.ID": "2"},
    {"eventId": "1", "eventValue": "1", "triggerId": "2"},
    {"event.id": "1", "event.value": "1", "trigger.id": "2"},
    {"EventId": "1", "EventValue": "1", "TriggerId": "2"},
    {"EVENT-ID": "1", "EVENT-VALUE": "1", "TRIGGER-ID": "2"},
    {"message": {"data": b64encode(dumps(OPEN_INCIDENT).encode()).decode()}},
    {
        "messageType": "ComplianceChangeNotification",
        "newEvaluationResult": {"complianceType": "COMPLIANT"},
    },
    {"detailType": "k", "source": "s", "detail": {}},
]
WHOLE = [*(read(path) for path in own_bodies()), *FORMS]
# Some senders' templates may have at the top what others have in an object: so both are tried.
BODIES = WHOLE + [
    body | member
    for body in WHOLE
    for member in body.values()
    if isinstance(member, dict) and member
]

each_source = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)


def is_marked(source: Source, body: dict[str, Any]) -> bool:
    return not source.marks.isdisjoint(body)


def parts_of(bodies: list[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Some members of one body, or of two: as few as a source may still recognise."""
    members = st.sampled_from(bodies).flatmap(
        lambda body: st.sets(st.sampled_from(sorted(body))).map(
            lambda names: {name: body[name] for name in names}
        )
    )
    return st.tuples(members, members).map(lambda pair: pair[0] | pair[1])


@each_source
def test_every_body_that_a_source_takes_has_a_mark_of_it(source: Source) -> None:
    taken = [body for body in BODIES if source.recognises(body)]
    assert taken
    assert all(is_marked(source, body) for body in taken)

    @settings(max_examples=100)
    @given(parts_of(BODIES), parts_of(taken or BODIES))
    def holds(any_part: dict[str, Any], own_part: dict[str, Any]) -> None:
        for body in (own_part, own_part | any_part):
            assert is_marked(source, body) or not source.recognises(body)

    holds()


def test_each_form_is_some_sources() -> None:
    for body in FORMS:
        assert any(source.recognises(body) for source in SOURCES)


@each_source
def test_a_body_without_its_marks_is_not_a_sources(source: Source) -> None:
    for body in BODIES:
        rest = {name: member for name, member in body.items() if name not in source.marks}
        assert not source.recognises(rest)


@given(parts_of(BODIES))
def test_asking_less_finds_the_same(body: dict[str, Any]) -> None:
    first = next((source for source in ALL if source.recognises(body)), None)
    if first is None:
        with pytest.raises(ParseFailure):
            REGISTRY.source_of(body)
    else:
        assert REGISTRY.source_of(body) is first


def test_a_source_without_marks_is_always_asked() -> None:
    unmarked = Source("unmarked", direct.parse, lambda body: "smoke" in body, "smoke")
    registry = ParserRegistry([direct.SOURCE, unmarked])
    assert registry.source_of({"smoke": 1, "title": "t"}) is unmarked
    assert registry.source_of({"title": "t"}) is direct.SOURCE
