"""Whatever JSON comes: a parser gives results or ParseFailure, and never quotes the body."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import bson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from event_service.draft import EventDraft
from event_service.fingerprint import fingerprint
from event_service.normalise import normalise
from event_service.parsers.registry import ParserRegistry, installed_sources
from event_service.parsers.seam import ParseFailure
from event_service.stored_keys import to_stored
from event_service.wire.struct import dict_to_struct

BODIES = Path(__file__).parents[1] / "bodies"
MARK = "hunter2-fGd81"
REGISTRY = ParserRegistry(installed_sources())

NAMES = st.sampled_from(
    [
        *("results", "alerts", "status", "labels", "annotations", "fingerprint", "startsAt"),
        *("endsAt", "version", "event_key", "event_type", "title", "severity", "description"),
        *("resource", "resources", "name", "rule", "image_url", "provider", "account"),
        *("additional_info", "occurred_at", "summary", "alertname", "instance", "rule_group"),
        *("", "$ref", "$id", "a\0", "\ud800", "a.b", " title "),
    ]
)
# Python's JSON reader lets lone surrogates, NaN and integers of any length through.
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.integers(),
    st.just(10**400),
    st.text(max_size=8),
    st.sampled_from([MARK, "\ud800", "4", "firing", "resolved", "CRITICAL", "2024-01-01", ""]),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=25,
)
BODY = st.dictionaries(NAMES, JSON, max_size=8)


def read(plugin_id: str | None, body: dict[str, Any]) -> None:
    before = repr(body)
    said = list(drafts_and_reasons(plugin_id, body))
    assert not any(MARK in text for text in said)
    assert repr(body) == before


def drafts_and_reasons(plugin_id: str | None, body: dict[str, Any]) -> Iterator[str]:
    """Checks every draft; what would be logged or shown of the rest."""
    try:
        results = REGISTRY.parse(plugin_id, body, {})
    except ParseFailure as failed:
        yield failed.reason
        return
    for result in results:
        try:
            normalised = normalise(result)
        except ParseFailure as failed:
            yield failed.reason
        else:
            yield from normalised.notes
            check(normalised.draft)


def check(draft: EventDraft) -> None:
    """It can be stored, sent and compared."""
    assert draft.title
    assert draft.event_key
    assert len(fingerprint(draft)) == 32
    texts = [draft.title, draft.event_key, draft.description, draft.rule, *draft.resources]
    stored = {"texts": texts, "info": to_stored(draft.additional_info), "at": draft.occurred_at}
    assert dict_to_struct(bson.decode(bson.encode(stored))).IsInitialized()


@pytest.mark.parametrize("plugin_id", [None, "direct", "alertmanager"])
def test_any_json_is_results_or_parse_failure(plugin_id: str | None) -> None:
    @settings(max_examples=300, deadline=None)
    @given(BODY)
    def holds(body: dict[str, Any]) -> None:
        read(plugin_id, body)

    holds()


def places(plain: Any, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    steps: list[Any] = []
    if isinstance(plain, dict):
        steps = list(plain)
    if isinstance(plain, list):
        steps = list(range(len(plain)))
    return [place for step in steps for place in [(*at, step), *places(plain[step], (*at, step))]]


@pytest.mark.parametrize("name", ["firing", "resolved", "partly_resolved_without_fingerprints"])
def test_a_body_may_be_wrong_anywhere(name: str) -> None:
    whole = json.loads((BODIES / "alertmanager" / f"{name}.json").read_text(encoding="utf-8"))

    @settings(max_examples=300, deadline=None)
    @given(st.sampled_from(places(whole)), JSON)
    def holds(place: tuple[str | int, ...], wrong: Any) -> None:
        body = deepcopy(whole)
        inner = body
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = wrong
        read(None, body)
        read("alertmanager", body)

    holds()
