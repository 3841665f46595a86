"""Which parser gets a body."""

from pathlib import Path
from typing import Any

import pytest

from event_service.parsers import alertmanager, direct
from event_service.parsers.registry import ParserRegistry, installed_sources
from event_service.parsers.seam import ParseFailure, Source
from tests.parsers.drafts import own_bodies, read


@pytest.fixture
def registry() -> ParserRegistry:
    return ParserRegistry(installed_sources())


def test_holds_the_installed_sources_by_name_and_plugin_id(registry: ParserRegistry) -> None:
    for plugin_id in ("direct", "plugin-api-direct-mon-webhook"):
        assert registry.read(plugin_id, {"title": "t"}, {}).source == "direct"
    for plugin_id in ("alertmanager", "plugin-prometheus-mon-webhook"):
        assert registry.read(plugin_id, {"alerts": []}, {}).source == "alertmanager"
    assert len(registry) == len(set(registry))


@pytest.mark.parametrize(
    "plugin_id", ["plugin-aws-cloudwatch-mon-webhook", "plugin-aws-phd-mon-webhook"]
)
def test_answers_to_what_old_databases_name(registry: ParserRegistry, plugin_id: str) -> None:
    assert registry.read(plugin_id, {"Type": "SubscriptionConfirmation"}, {}).source == "aws_sns"


@pytest.mark.parametrize(
    ("body", "parser"),
    [
        ({"version": "4", "alerts": []}, alertmanager.parse),
        # Also with fields that the general shape would take for its own.
        ({"version": "4", "alerts": [], "title": "t"}, alertmanager.parse),
        ({"title": "t"}, direct.parse),
        ({"event_key": "k", "severity": "INFO"}, direct.parse),
        ({"results": []}, direct.parse),
        ({"rule": "r", "severity": "INFO"}, direct.parse),
        # What names a resource too may be a known source's all the same.
        ({"version": "4", "alerts": [], "resource": {"name": "x"}}, alertmanager.parse),
    ],
)
def test_recognises_a_body(registry: ParserRegistry, body: dict[str, Any], parser: Any) -> None:
    assert registry.source_of(body).parse is parser


def test_an_empty_body_has_no_results(registry: ParserRegistry) -> None:
    assert registry.read(None, {}, {}).results == ()
    assert registry.read("direct", {}, {}).results == ()


def test_says_what_it_looked_for_and_not_what_it_found(registry: ParserRegistry) -> None:
    with pytest.raises(ParseFailure) as failed:
        registry.read(None, {"password": "hunter2", "title": " "}, {})
    assert "alertmanager" in failed.value.reason
    assert "a title" in failed.value.reason
    assert "hunter2" not in failed.value.reason
    assert "password" not in failed.value.reason


def test_auto_is_the_name_of_having_no_plugin(registry: ParserRegistry) -> None:
    for body in ({"title": "t"}, {"version": "4", "alerts": []}, {}):
        assert registry.read("auto", body, {}).results == registry.read(None, body, {}).results


def test_an_installed_package_can_bring_a_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "smoke_detector.py").write_text(
        "from event_service.parsers.seam import Source\n"
        "def parse(body, options):\n"
        "    return [{'title': body['smoke']}]\n"
        "SOURCE = Source('smoke', parse, lambda body: 'smoke' in body, 'smoke')\n"
    )
    distribution = tmp_path / "smoke_detector-1.dist-info"
    distribution.mkdir()
    (distribution / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: smoke-detector\nVersion: 1\n"
    )
    (distribution / "entry_points.txt").write_text(
        "[event_service.parsers]\nsmoke = smoke_detector:SOURCE\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    registry = ParserRegistry(installed_sources())
    assert registry.read(None, {"smoke": "in the cellar"}, {}).results == [
        {"title": "in the cellar"}
    ]
    assert registry.read("smoke", {"smoke": "here"}, {}).results == [{"title": "here"}]


def test_a_named_plugin_decides_even_against_the_body(registry: ParserRegistry) -> None:
    assert registry.read("alertmanager", {"title": "t"}, {}).results == ()
    with pytest.raises(ParseFailure, match="plugin is not installed here: plugin-x"):
        registry.read("plugin-x", {"title": "t"}, {})


def test_one_name_has_one_source() -> None:
    twin = Source("twin", direct.parse, direct.recognises, "", plugin_ids=("direct",))
    with pytest.raises(ValueError, match="called direct"):
        ParserRegistry([direct.SOURCE, twin])


def test_what_was_read_is_told_with_its_source(registry: ParserRegistry) -> None:
    body = {"event_key": "k", "title": "t"}
    for plugin_id in (None, "auto", "direct"):
        reading = registry.read(plugin_id, body, {})
        assert (reading.source, reading.results) == ("direct", direct.parse(body, {}))
    assert registry.read(None, {}, {}).source == "auto"
    assert "direct" in registry.source_names


@pytest.mark.parametrize("path", own_bodies(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_member_that_is_null_is_none(registry: ParserRegistry, path: Path) -> None:
    """Others' marks too: clients of typed objects send every field that they have a name for."""
    body = read(path)
    expected = registry.read(None, body, {})
    for mark in {mark for source in installed_sources() for mark in source.marks} - body.keys():
        with_null = body | {mark: None}
        assert registry.read(None, with_null, {}) == expected, mark
        assert registry.source_of(with_null).name == expected.source
        assert registry.read(expected.source, with_null, {}) == expected


def test_a_senders_own_field_may_be_null(registry: ParserRegistry) -> None:
    body = {
        "project_slug": "shop",
        "id": "77",
        "level": "error",
        "culprit": None,
        "message": "Timeout",
        "title": "Timeout",
    }
    as_text = registry.read("sentry", body | {"culprit": ""}, {})
    assert registry.read(None, body, {}) == registry.read("sentry", body, {}) == as_text


@pytest.mark.parametrize(
    "others",
    [
        {"alerts": [{"status": "firing"}], "receiver": "ops", "groupKey": "g"},
        {"alert_id": "77", "alert_type": "disk", "alert_status": "bad"},
        {"monitor_id": "7", "query": "q", "alertType": "2"},
        {"event": {"id": "5", "name": "n"}, "host": {"name": "web-1"}},
        {"reason": "full", "involvedObject": {"kind": "Disk", "name": "sda"}},
        {"ruleName": "disk", "state": "bad", "actionGroup": "ops"},
        {"watch_id": "w", "payload": {}, "build": {"number": 1, "phase": "x"}, "name": "n"},
        {"text": "t", "message": "m", "incident": {"state": "open"}, "data": {}, "status": "x"},
    ],
)
def test_an_event_of_our_own_shape_may_have_others_fields(
    registry: ParserRegistry, others: dict[str, Any]
) -> None:
    for kind in ("ALERT", "recovery"):
        body = {"title": "Disk is full", "event_key": "disk:web-1", "event_type": kind} | others
        assert registry.read(None, body, {}).source == "direct"
        assert registry.read(None, body, {}).results == (body,)


def test_datadogs_template_for_spaceone_has_such_names_and_other_words(
    registry: ParserRegistry,
) -> None:
    for kind in ("error", "success"):
        body = {
            "title": "Disk is full",
            "event_key": "1.2",
            "event_type": kind,
            "alert_id": "1",
            "alert_transition": "Recovered",
        }
        assert registry.source_of(body).name == "datadog"
