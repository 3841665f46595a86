"""Whatever JSON comes: a parser gives results or ParseFailure, and never quotes the body."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from event_service.draft import EventDraft
from event_service.fingerprint import fingerprint
from event_service.manager.stored_object import stored_object
from event_service.normalise import normalise
from event_service.parsers.reading import json_object
from event_service.parsers.registry import ParserRegistry, installed_sources
from event_service.parsers.seam import ParseFailure, Source
from event_service.wire.struct import dict_to_struct
from tests.parsers.drafts import PAYLOADS, needs_payloads, own_bodies, read

MARK = "hunter2-fGd81"
SOURCES = installed_sources()
REGISTRY = ParserRegistry(SOURCES)
RESULT_NAMES = [
    *("results", "event_key", "event_type", "title", "severity", "description", "resource"),
    *("resources", "name", "rule", "image_url", "provider", "account", "additional_info"),
    *("occurred_at", "", "$ref", "$id", "a\0", "\ud800", "a.b", " title "),
]
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
# Where each source's bodies were recorded, when the folder is not called like the source.
RECORDED = {
    "alertmanager": ["prometheus_alertmanager"],
    "aws_sns": ["aws_sns", "aws_health"],
    "direct": ["api_direct"],
}
Place = tuple[str | int, ...]

each_source = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
each_own_body = pytest.mark.parametrize(
    "path", own_bodies(), ids=lambda path: f"{path.parent.name}-{path.stem}"
)


def json_of(names: list[str]) -> st.SearchStrategy[Any]:
    return st.recursive(
        SCALARS,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(names), inner, max_size=6)
            | inner.map(json.dumps)
        ),
        max_leaves=25,
    )


def members_of(plain: Any) -> dict[Any, Any]:
    """The members of a body, also of one that is a text within it."""
    inner = json_object(plain) or plain
    if isinstance(inner, list):
        return dict(enumerate(inner))
    return inner if isinstance(inner, dict) else {}


def names_in(plain: Any) -> Iterator[str]:
    for name, member in members_of(plain).items():
        yield from (str(name), *names_in(member))


def own_names(source: Source) -> list[str]:
    """Those of the source's own bodies, so that made bodies get past the first look."""
    bodies = [read(path) for path in own_bodies() if path.parent.name == source.name]
    return sorted({*RESULT_NAMES, *(name for body in bodies for name in names_in(body))})


def recorded_bodies(source: Source) -> list[Path]:
    folders = [PAYLOADS / name for name in RECORDED.get(source.name, [source.name])]
    paths = [path for folder in folders for path in sorted(folder.glob("*.json"))]
    return [path for path in paths if not path.name.endswith(".expected.json")]


def places(plain: Any, at: Place = ()) -> list[Place]:
    """Where a body may be wrong."""
    members = members_of(plain)
    here = [(*at, step) for step in members]
    return here + [place for step in members for place in places(members[step], (*at, step))]


def spoiled(plain: Any, place: Place, wrong: Any) -> Any:
    """A copy with something else in the place."""
    if not place:
        return wrong
    inner = json_object(plain)
    if inner is not None:
        return json.dumps(spoiled(inner, place, wrong))
    copy = plain.copy()
    copy[place[0]] = spoiled(plain[place[0]], place[1:], wrong)
    return copy


def check_body(plugin_id: str | None, body: dict[str, Any]) -> None:
    before = repr(body)
    said = list(drafts_and_reasons(plugin_id, body))
    assert not any(MARK in text for text in said)
    assert repr(body) == before


def drafts_and_reasons(plugin_id: str | None, body: dict[str, Any]) -> Iterator[str]:
    """Checks every draft; what would be logged or shown of the rest."""
    try:
        results = REGISTRY.read(plugin_id, body, {}).results
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
    info = stored_object(draft.additional_info)
    assert len(fingerprint(draft, info.raw)) == 32
    texts = [draft.title, draft.event_key, draft.description, draft.rule, *draft.resources]
    stored = {"texts": texts, "info": info, "at": draft.occurred_at}
    assert dict_to_struct(bson.decode(bson.encode(stored))).IsInitialized()


def check_spoiled(source: str, path: Path, examples: int) -> None:
    whole = read(path)

    @settings(max_examples=examples)
    @given(st.sampled_from(places(whole)), json_of(RESULT_NAMES))
    def holds(place: Place, wrong: Any) -> None:
        body = spoiled(whole, place, wrong)
        check_body(source, body)
        check_body(None, body)

    holds()


@each_source
def test_any_json_is_results_or_parse_failure(source: Source) -> None:
    names = own_names(source)

    @settings(max_examples=300)
    @given(st.dictionaries(st.sampled_from(names), json_of(names), max_size=8))
    def holds(body: dict[str, Any]) -> None:
        check_body(source.name, body)
        check_body(None, body)

    holds()


@each_own_body
def test_a_body_may_be_wrong_anywhere(path: Path) -> None:
    check_spoiled(path.parent.name, path, examples=100)


@needs_payloads
@each_source
def test_a_recorded_body_may_be_wrong_anywhere(source: Source) -> None:
    for path in recorded_bodies(source):
        check_spoiled(source.name, path, examples=60)


@each_source
def test_a_deep_body_exhausts_no_stack(source: Source) -> None:
    deep: Any = MARK
    for _ in range(45):  # a Struct holds at most 100 levels
        deep = [{"detail": deep}]
    for name in own_names(source):
        check_body(source.name, {name: deep})
        for depth in (500, 5000):
            within = '{"detail": ' * depth + "1" + "}" * depth
            check_body(source.name, {name: within})


@each_own_body
def test_a_body_of_ours_is_its_own_sources_alone(path: Path) -> None:
    body = read(path)
    assert REGISTRY.source_of(body).name == path.parent.name
    # A general source is asked only when none of the others takes the body.
    general = {source.name for source in SOURCES if source.general}
    takers = {source.name for source in SOURCES if source.recognises(body)}
    assert takers - general == {path.parent.name} - general


@needs_payloads
@each_source
def test_no_recorded_body_is_taken_by_another_source(source: Source) -> None:
    for path in recorded_bodies(source):
        takers = {each.name for each in SOURCES if each.recognises(read(path)) and not each.general}
        assert takers <= {source.name}
