"""Reading webhooks from documents, our own and Cloudforet's."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import pytest
from bson.decimal128 import Decimal128
from bson.int64 import Int64
from bson.timestamp import Timestamp

from event_service.manager.webhook import (
    RequestTotals,
    WebhookState,
    duplicate_window,
    webhook_of,
)
from event_service.manager.webhook_document import plugin_document
from event_service.plugins.plugin import NO_PLUGIN, PluginInfo
from event_service.policies import RecordingPolicy, RecoveryMode
from event_service.wire.webhook_message import webhook_info

DAYS_30 = 30 * 86_400


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (600, 600),
        (600.0, 600),
        (Int64(600), 600),
        (90.7, 90),
        ("600", 600),
        (" 600.0 ", 600),
        (1, 1),
        (DAYS_30 + 1, DAYS_30),
        (1e300, DAYS_30),
        (10**400, DAYS_30),
        ("9" * 20, DAYS_30),
        ("9" * 400, None),
        (Decimal128("600"), 600),
        (Decimal128("NaN"), None),
        (Decimal128("sNaN"), None),
        (Decimal128("Infinity"), None),
        (Decimal128("1E+6000"), DAYS_30),
        (0, None),
        (0.5, None),
        (-600, None),
        (-(10**400), None),
        ("-600", None),
        ("6_00", None),
        ("1e3", None),
        ("", None),
        ("ten minutes", None),
        (math.nan, None),
        (math.inf, None),
        ("nan", None),
        (True, None),
        (None, None),
        ([600], None),
        ({"seconds": 600}, None),
    ],
)
def test_duplicate_window(value: object, seconds: int | None) -> None:
    assert duplicate_window(value) == seconds


def test_reads_all_that_a_document_has() -> None:
    webhook = webhook_of(
        {
            "webhook_id": "webhook-1",
            "name": "wh",
            "state": "ENABLED",
            "domain_id": "domain-1",
            "workspace_id": "workspace-1",
            "project_id": "project-1",
            "plugin_info": {
                "plugin_id": "plugin-x",
                "version": "1.0",
                "options": {"token": "hidden-option"},
                "metadata": {"duplicate_event_time": 90.0, "more": "hidden-metadata"},
                "upgrade_mode": "AUTO",
            },
            "recovery_mode": "MANUAL",
            "recording_policy": "all",
            "requests": {"total": Int64(7), "error": None},
            "tags": {"a": "b"},
            "created_at": datetime(2024, 3, 1),  # noqa: DTZ001  # as the driver gives it
        }
    )
    assert webhook.enabled
    assert webhook.plugin.plugin_id == "plugin-x"
    assert webhook.duplicate_window == 90
    assert webhook.recovery_mode is RecoveryMode.MANUAL
    assert webhook.recording_policy is RecordingPolicy.ALL
    assert webhook.requests == RequestTotals(total=7, error=0)
    assert webhook.tags == {"a": "b"}
    assert "hidden" not in repr(webhook)


def test_reads_a_document_with_nothing_optional() -> None:
    webhook = webhook_of({"webhook_id": "webhook-1", "state": "ENABLED"})
    assert (webhook.plugin, webhook.duplicate_window, webhook.tags) == (NO_PLUGIN, None, {})
    assert (webhook.recovery_mode, webhook.recording_policy) == (None, None)
    assert webhook.requests == RequestTotals()


@pytest.mark.parametrize("empty", [None, [], "x", 5])
def test_what_is_no_object_counts_as_absent(empty: object) -> None:
    document: dict[str, Any] = {"webhook_id": "webhook-1", "state": "ENABLED"}
    parts = dict.fromkeys(("plugin_info", "requests", "tags"), empty)
    assert webhook_of(document | parts) == webhook_of(document)


@pytest.mark.parametrize("value", [None, ["x"], {"a": "x"}, 5, True, b"x", Decimal128("NaN")])
def test_what_is_no_text_counts_as_empty(value: object) -> None:
    document: dict[str, Any] = {"webhook_id": "webhook-1", "state": "ENABLED"}
    plugin = {"plugin_info": dict.fromkeys(("plugin_id", "version"), value)}
    tenant = dict.fromkeys(("name", "domain_id", "workspace_id", "project_id"), value)
    webhook = webhook_of(document | tenant | plugin)
    assert webhook == webhook_of(document)
    assert (webhook.name, webhook.domain_id) == ("", "")
    assert (webhook.workspace_id, webhook.project_id) == ("", "")


@pytest.mark.parametrize("value", [["x"], {"a": "x"}, 5, "2024-03-01", Timestamp(1, 1)])
def test_a_webhook_made_at_no_time_has_none(value: object) -> None:
    assert webhook_of({"webhook_id": "webhook-1", "created_at": value}).created_at is None


def test_an_id_that_is_no_text_is_nobodys() -> None:
    assert webhook_of({"webhook_id": ["webhook-1"]}).webhook_id == ""
    assert webhook_of({}).webhook_id == ""


@pytest.mark.parametrize("state", ["DISABLED", "enabled", "", None, 1])
def test_only_enabled_is_enabled(state: object) -> None:
    webhook = webhook_of({"webhook_id": "webhook-1", "state": state})
    assert webhook.state is WebhookState.DISABLED
    assert not webhook.enabled


def test_choices_that_are_not_known_are_unset() -> None:
    webhook = webhook_of(
        {"webhook_id": "w", "recovery_mode": "SOMETIMES", "recording_policy": ["all"]}
    )
    assert (webhook.recovery_mode, webhook.recording_policy) == (None, None)


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (7.0, 7),
        (Decimal128("7"), 7),
        (2**63 - 1, 2**63 - 1),
        (1e300, 0),
        (math.nan, 0),
        (math.inf, 0),
        (Decimal128("sNaN"), 0),
        (Decimal128("1E+6000"), 0),
        ("7", 0),
        ([7], 0),
    ],
)
def test_a_count_that_is_none_is_0_and_shown_as_it_is_read(value: object, count: int) -> None:
    document = {"webhook_id": "webhook-1", "requests": {"total": value, "error": value}}
    assert webhook_of(document).requests == RequestTotals(count, count)
    shown = webhook_info(document).requests
    assert (shown.total, shown.error) == (count, count)


@pytest.mark.parametrize(
    "plugin",
    [
        PluginInfo("plugin-x"),
        PluginInfo(version="1.0"),
        PluginInfo(options={"a": 1}),
        PluginInfo(metadata={"a": 1}),
    ],
)
def test_a_plugin_of_which_anything_is_said_is_stored(plugin: PluginInfo) -> None:
    assert plugin_document(plugin) is not None
    assert plugin_document(NO_PLUGIN) is None
