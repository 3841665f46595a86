"""``event-service send`` and ``events`` against running services."""

from __future__ import annotations

import json
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs

from event_service.cli import main
from event_service.policies import RecordingPolicy
from event_service.samples import sample_names
from serve_command import COMMAND, environment_with
from tests.service.process import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

    from event_service.auth.local import LocalKeyPair
    from tests.service.running import Running, Start, Webhook

pytestmark = pytest.mark.usefixtures("no_event_variables", "no_log")


@dataclass(frozen=True, slots=True)
class Shell:
    """Commands beside one service, with the key pair that it trusts."""

    running: Running
    key_directory: Path

    def send(self, webhook: Webhook, *arguments: str) -> Result:
        given = ("send", "--webhook", webhook.webhook_id, *self.place, *arguments)
        return CliRunner().invoke(main, given, env={"EVENT_ACCESS_KEY": webhook.key})

    def events(self, *arguments: str, **variables: str) -> Result:
        given = ("events", "--domain", "domain-1", *self.place, *arguments)
        return CliRunner().invoke(main, given, env=variables)

    def listed(self, *arguments: str, **variables: str) -> list[dict[str, Any]]:
        result = self.events(*arguments, "--json", **variables)
        assert result.exit_code == 0, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]

    @property
    def place(self) -> tuple[str, ...]:
        return ("--address", self.running.service.address, "--data-dir", str(self.key_directory))


@pytest.fixture
def no_log() -> Iterator[None]:
    """The service's log, which has no stream of its own here, stays out of commands' output."""
    with capture_logs():
        yield


@pytest.fixture
def shell(start: Start, key_directory: Path, keys: LocalKeyPair) -> Shell:
    assert keys
    return Shell(start(), key_directory)


@pytest.mark.parametrize("source", sample_names())
def test_a_sample_of_every_source_becomes_an_alert(shell: Shell, source: str) -> None:
    result = shell.send(shell.running.webhook(), "--source", source)
    assert result.exit_code == 0, result.output
    (event,) = shell.running.events()
    assert event["event_type"] == "ALERT"
    assert event["title"] in result.stdout
    assert "1 of 1 sent" in result.stdout


def test_the_same_alarm_again_and_again(shell: Shell) -> None:
    webhook = shell.running.webhook(recording_policy=RecordingPolicy.ALL)
    assert shell.send(webhook, "--count", "3").exit_code == 0
    assert shell.send(webhook).exit_code == 0
    assert len(shell.running.events()) == 4
    assert len(shell.running.alerts()) == 1


def test_new_alarms(shell: Shell) -> None:
    webhook = shell.running.webhook()
    result = shell.send(webhook, "--count", "3", "--new", "--source", "zabbix")
    assert shell.send(webhook, "--new", "--source", "zabbix").exit_code == 0
    assert len(shell.running.alerts()) == 4
    assert "3 of 3 sent" in result.stdout
    titles = {event["title"] for event in shell.running.events()}
    assert sum(title in result.stdout for title in titles) == 3


def test_a_key_in_a_file(shell: Shell, tmp_path: Path) -> None:
    webhook = shell.running.webhook()
    file = tmp_path / "key"
    file.write_text(f"{webhook.key}\n")
    given = ["send", "--webhook", webhook.webhook_id, *shell.place]
    assert CliRunner().invoke(main, [*given, "--key-file", str(file)]).exit_code == 0
    both = CliRunner().invoke(main, [*given, "--key-file", str(file), "--key", "k"])
    assert both.exit_code == 2
    none = CliRunner().invoke(main, given)
    assert none.exit_code == 2
    assert "EVENT_ACCESS_KEY" in none.output
    file.write_text(" \n")
    empty = CliRunner().invoke(main, [*given, "--key-file", str(file)])
    assert "is empty" in empty.output


def test_a_wrong_key_is_told_in_a_line_and_not_repeated(shell: Shell) -> None:
    result = shell.send(shell.running.webhook(), "--key", "not-the-key")
    assert result.exit_code == 1
    assert "PERMISSION_DENIED: ERROR_PERMISSION_DENIED" in result.output
    assert "0 of 1 sent" in result.output
    assert "not-the-key" not in result.output


def test_lists_the_newest_last(shell: Shell) -> None:
    webhook = shell.running.webhook()
    for source in ("alertmanager", "grafana", "slack"):
        shell.send(webhook, "--source", source)
    shown = shell.events("--limit", "2")
    header, *rows = shown.stdout.splitlines()
    assert header.split()[:2] == ["CREATED", "(UTC)"]
    assert ["Replica 1 lags behind" in rows[0], "Worker 1 is idle" in rows[1]] == [True, True]
    assert len(rows) == 2
    assert "2 of 3 events" in shown.stderr
    assert [event["severity"] for event in shell.listed("--severity", "warning")] == ["WARNING"]
    both = shell.listed("--severity", "WARNING", "--severity", "CRITICAL")
    assert [event["severity"] for event in both] == ["CRITICAL", "WARNING"]
    assert both[0]["raw_data"]["version"] == "4"


def test_since(start: Start, key_directory: Path, keys: LocalKeyPair) -> None:
    running = start()
    shell = Shell(running, key_directory)
    assert keys
    shell.send(running.webhook())
    assert len(shell.listed("--since", "1h")) == 1
    (event,) = running.events()
    hours_ago = event["created_at"].replace(year=event["created_at"].year - 1)
    running.database["event"].update_one({}, {"$set": {"created_at": hours_ago}})
    assert shell.listed("--since", "1h") == []
    assert len(shell.listed()) == 1
    assert shell.events("--since", "yesterday").exit_code == 2


def test_whose_events(shell: Shell, keys: LocalKeyPair, tmp_path: Path) -> None:
    shell.send(shell.running.webhook())
    assert len(shell.listed("--workspace", "workspace-1")) == 1
    assert shell.listed("--workspace", "workspace-2") == []
    assert shell.listed("--domain", "domain-2") == []
    other = keys.issue("WORKSPACE_OWNER", "domain-1", workspace="workspace-2")
    assert shell.listed(EVENT_TOKEN=other) == []
    file = tmp_path / "token"
    file.write_text(keys.issue("WORKSPACE_OWNER", "domain-1", workspace="workspace-1"))
    assert len(shell.listed("--token-file", str(file), EVENT_TOKEN=other)) == 1


def test_a_token_that_is_not_taken(shell: Shell) -> None:
    nonsense = "secret-nonsense"
    result = shell.events(EVENT_TOKEN=nonsense)
    assert result.exit_code == 1
    assert "UNAUTHENTICATED: ERROR_AUTHENTICATE_FAILURE" in result.output
    assert nonsense not in result.output


def test_without_a_key_pair_none_is_made(shell: Shell, tmp_path: Path) -> None:
    place = ("--address", shell.running.service.address, "--data-dir", str(tmp_path / "data"))
    result = CliRunner().invoke(main, ["events", *place])
    assert "UNAUTHENTICATED" in result.output
    assert not (tmp_path / "data").exists()


def test_another_issuers_tokens_are_asked_for(shell: Shell) -> None:
    result = shell.events(EVENT_AUTH_JWKS="keys.json")
    assert result.exit_code == 2
    assert "EVENT_TOKEN" in result.output


def test_nobody_there(shell: Shell) -> None:
    address = shell.running.service.address
    shell.running.service.stop(0)
    result = shell.events()
    assert result.exit_code == 1
    assert f"{address}: UNAVAILABLE: nobody answers there" in result.output


def test_a_senders_escapes_stay_text(shell: Shell) -> None:
    webhook = shell.running.webhook()
    shell.running.client.create(webhook, {"title": "\x1b]0;x\x07[red]a[/red]\u202e"})
    result = shell.events()
    assert not {"\x1b", "\x07", "\u202e"} & set(result.stdout)
    assert "[red]a[/red]" in result.stdout


@pytest.fixture
def watched(shell: Shell) -> Iterator[subprocess.Popen[str]]:
    """``events --watch --json`` as a process of its own."""
    arguments = ("--watch", "--json", "--interval", "0.05", "--domain", "domain-1")
    with subprocess.Popen(
        [COMMAND, "events", *arguments, *shell.place],
        env=environment_with({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def test_watch_follows_until_it_is_interrupted(
    shell: Shell, watched: subprocess.Popen[str]
) -> None:
    assert watched.stdout is not None
    assert watched.stderr is not None
    webhook = shell.running.webhook()
    assert watched.stderr.readline() == "0 of 0 events\n"
    keys = []
    for source in ("alertmanager", "zabbix", "slack", "sentry"):
        shell.send(webhook, "--source", source)
        keys.append(json.loads(watched.stdout.readline())["event_id"])
    recorded = [event["event_id"] for event in shell.running.events()]
    assert keys == recorded
    watched.send_signal(signal.SIGINT)
    rest, said = watched.communicate(timeout=60)
    assert (watched.returncode, rest, said) == (0, "", "")


def test_watch_outlives_the_service(shell: Shell, watched: subprocess.Popen[str]) -> None:
    assert watched.stderr is not None
    assert watched.stderr.readline() == "0 of 0 events\n"
    shell.running.service.stop(0)
    assert "UNAVAILABLE" in watched.stderr.readline()
    watched.send_signal(signal.SIGINT)
    assert watched.communicate(timeout=60)[0] == ""
    assert watched.returncode == 0


def test_a_running_service_is_found_by_its_data_directory(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as process:
        made = json.loads(process.run("webhook", "create", "try", "--json"))
        key = tmp_path / "key"
        key.write_text(made["access_key"])
        process.run("send", "--webhook", made["webhook_id"], "--key-file", str(key))
        assert "/var of storage-1.example is 97 % full" in process.run("events")
