"""``event-service parse``: what a body would become, with no store anywhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from event_service.cli import main
from event_service.parsers.seam import MOST_RESULTS
from event_service.samples import sample

if TYPE_CHECKING:
    from click.testing import Result

    from tests.cli.conftest import Command

BODIES = Path(__file__).parents[1] / "bodies"

# A data directory that can't be made: whoever needs a store fails.
pytestmark = pytest.mark.usefixtures("no_place")


@pytest.fixture
def no_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("EVENT_DATA_DIR", str(tmp_path / "file" / "data"))


def parsed(body: object, *arguments: str) -> Result:
    text = body if isinstance(body, str) else json.dumps(body)
    return CliRunner().invoke(main, ["parse", *arguments, "-"], input=text)


def parsed_json(body: object, *arguments: str) -> Any:
    return json.loads(parsed(body, *arguments, "--json").stdout)


def test_recognises_the_source_of_a_file(command: Command) -> None:
    told = command.told_json("parse", str(BODIES / "alertmanager" / "firing.json"))
    assert told["source"] == "alertmanager"
    assert {event["event_type"] for event in told["events"]} == {"ALERT"}
    assert told["failures"] == []


def test_more_events_than_a_body_may_have_are_refused_as_by_a_webhook() -> None:
    told = parsed({"results": [{"title": "t"}] * (MOST_RESULTS + 1)})
    assert (told.exit_code, told.stdout) == (1, "")
    assert "ERROR_QUOTA_EXCEEDED" in told.stderr


def test_what_it_shows_is_what_would_be_recorded() -> None:
    body = {"title": " t ", "severity": "warning", "resource": {"name": "r"}, "account": 5}
    (event,) = parsed_json(body)["events"]
    assert event == {
        "event_key": event["event_key"],
        "event_type": "ALERT",
        "title": "t",
        "severity": "WARNING",
        "description": None,
        "rule": None,
        "image_url": None,
        "resources": ["r"],
        "provider": "",
        "account": "5",
        "additional_info": {},
        "occurred_at": None,
    }


def test_for_people() -> None:
    result = parsed(sample("grafana", 7))
    assert result.exit_code == 0
    lines = [line.split(maxsplit=1) for line in result.stdout.splitlines()]
    assert lines[:3] == [["source:", "grafana"], [], ["event", "1 of 1"]]
    assert ["title", "Replica 7 lags behind"] in lines
    assert ["severity", "WARNING"] in lines


def test_a_named_source_decides() -> None:
    told = parsed_json({"title": "t"}, "--source", "alertmanager")
    assert told == {"source": "alertmanager", "events": [], "failures": [], "notes": []}
    named = parsed_json(sample("alertmanager", 1), "--source", "plugin-prometheus-mon-webhook")
    assert named["events"]
    assert parsed_json({"title": "t"}, "--source", "auto")["source"] == "direct"
    refused = parsed({}, "--source", "nothing")
    assert refused.exit_code == 2
    assert "alertmanager" in refused.output


def test_no_event_is_said() -> None:
    assert "no event made of it" in parsed({}).stdout


def test_what_is_not_understood_is_an_event_of_type_error_and_a_failed_command() -> None:
    result = parsed({"what": 1}, "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["source"] is None
    assert [event["event_type"] for event in told["events"]] == ["ERROR"]
    assert "of no known source" in told["failures"][0]


def test_a_bad_result_leaves_its_siblings() -> None:
    body = {"results": [{"title": "a"}, {"title": "b", "severity": "?"}, {"title": "c"}]}
    told = parsed_json(body)
    assert [event["event_type"] for event in told["events"]] == ["ALERT", "ERROR", "ALERT"]
    assert len(told["failures"]) == 1


def test_what_had_to_be_left_out_is_noted() -> None:
    told = parsed_json({"title": "t", "occurred_at": "yesterday"})
    assert told["notes"] == ["occurred_at left out: not an ISO 8601 date or date-time"]
    assert "note: occurred_at left out" in parsed({"title": "t", "occurred_at": "yesterday"}).stdout


@pytest.mark.parametrize("text", ["", "{", "[]", '"a"', '{"a": NaN}', "[" * 100_000, "\x00"])
def test_what_is_no_object_is_told_in_a_line(text: str) -> None:
    result = parsed(text)
    assert result.exit_code == 1
    assert result.output.startswith("Error: ERROR_INVALID_PARAMETER")
    assert len(result.output.splitlines()) == 1


def test_what_is_refused_cannot_act_either() -> None:
    result = parsed('{"\\u001b[2J": {"\\u0000": 1}}')
    assert result.exit_code == 1
    assert "\x1b" not in result.output


def test_a_file_that_is_not_there(command: Command, tmp_path: Path) -> None:
    result = command("parse", str(tmp_path / "none.json"))
    assert result.exit_code == 2
    assert "No such file" in result.output


def test_a_senders_escapes_stay_text() -> None:
    result = parsed({"title": "\x1b[2Ja\u202e", "description": "one\ntwo\x07"})
    assert not {"\x1b", "\x07", "\u202e"} & set(result.stdout)
    assert "two" in result.stdout.splitlines()[-1]
