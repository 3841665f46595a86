"""The alert rules: each says what to do, and is seen to fire and to keep still."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.deploy.asked import not_served
from tests.deploy.places import DEPLOYING, RULES, RULES_TEST, needs_promtool

if TYPE_CHECKING:
    from pathlib import Path

_SEVERITIES = {"critical", "warning", "info"}


def _rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def _alert_tests() -> list[dict[str, Any]]:
    tests = yaml.safe_load(RULES_TEST.read_text(encoding="utf-8"))["tests"]
    return [alert_test for test in tests for alert_test in test["alert_rule_test"]]


def _told(command: list[str | Path]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("rule", _rules(), ids=lambda rule: str(rule["alert"]))
def test_a_rule_says_how_bad_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in _SEVERITIES
    assert rule["annotations"].keys() == {"summary", "description"}
    assert len(rule["annotations"]["summary"]) < 110
    assert len(rule["annotations"]["description"]) > 100


@pytest.mark.parametrize("rule", _rules(), ids=lambda rule: str(rule["alert"]))
def test_a_rule_asks_for_what_the_service_serves(rule: dict[str, Any]) -> None:
    assert list(not_served(rule["expr"])) == []


@pytest.mark.parametrize("rule", _rules(), ids=lambda rule: str(rule["alert"]))
def test_a_rule_is_tested_both_ways(rule: dict[str, Any]) -> None:
    expected = [
        bool(test["exp_alerts"]) for test in _alert_tests() if test["alertname"] == rule["alert"]
    ]
    assert set(expected) == {True, False}


def test_every_alert_is_explained() -> None:
    explained = DEPLOYING.read_text(encoding="utf-8")
    for rule in _rules():
        row = f"| `{rule['alert']}` | {rule['labels']['severity']} |"
        assert row in explained, rule["alert"]


@needs_promtool
def test_promtool_takes_the_rules() -> None:
    checked = _told(["promtool", "check", "rules", RULES])
    assert checked.returncode == 0, checked.stdout + checked.stderr


@needs_promtool
def test_the_rules_fire_when_they_should() -> None:
    tested = _told(["promtool", "test", "rules", RULES_TEST])
    assert tested.returncode == 0, tested.stdout + tested.stderr
