"""``event-service webhook``: the life of webhooks, from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import click

from event_service.auth.open_access import LOCAL_DOMAIN
from event_service.cli.address import grpc_address
from event_service.cli.faults import told_plainly
from event_service.cli.grpcurl import create_line
from event_service.cli.options import (
    LOCAL_PROJECT,
    LOCAL_WORKSPACE,
    data_dir_option,
    json_option,
    settings_of,
)
from event_service.cli.stores import opened_webhooks
from event_service.cli.webhook_text import as_lines, as_object, as_table
from event_service.plugins.plugin import PluginInfo
from event_service.policies import RecordingPolicy, RecoveryMode
from event_service.wire.webhook_message import webhook_url

if TYPE_CHECKING:
    from pathlib import Path

    from event_service.manager.webhook import Webhook
    from event_service.settings import Settings


_Command: TypeAlias = Callable[..., None]


def _of_one(command: _Command) -> _Command:
    """What a command takes that is about one webhook."""
    return click.argument("webhook_id")(data_dir_option(json_option(command)))


@click.group()
def webhook() -> None:
    """Make and change webhooks, whether the service runs or not."""


@webhook.command()
@click.argument("name")
@click.option("--domain", default=LOCAL_DOMAIN, show_default=True, help="domain_id")
@click.option("--workspace", default=LOCAL_WORKSPACE, show_default=True, help="workspace_id")
@click.option("--project", default=LOCAL_PROJECT, show_default=True, help="project_id")
@click.option("--plugin", help="plugin_id; without one, a body's source is recognised.")
@click.option(
    "--recovery-mode",
    type=click.Choice([mode.value for mode in RecoveryMode]),
    help="Wins over settings.",
)
@click.option(
    "--recording-policy",
    type=click.Choice([policy.value for policy in RecordingPolicy]),
    help="Wins over settings.",
)
@data_dir_option
@json_option
def create(
    name: str,
    domain: str,
    workspace: str,
    project: str,
    plugin: str | None,
    recovery_mode: str | None,
    recording_policy: str | None,
    data_dir: Path | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Make a webhook and print its access key, which is shown only now."""
    with told_plainly():
        settings = settings_of(data_dir=data_dir)
        with opened_webhooks(settings) as webhooks:
            made, key = webhooks.create(
                name,
                domain,
                workspace,
                project,
                plugin=PluginInfo(plugin_id=plugin or ""),
                recovery_mode=RecoveryMode(recovery_mode) if recovery_mode else None,
                recording_policy=RecordingPolicy(recording_policy) if recording_policy else None,
            )
            _print_with_key(made, key, settings, as_json=as_json)


@webhook.command("list")
@click.option("--domain", help="Only those of this domain_id.")
@click.option("--workspace", help="Only those of this workspace_id.")
@click.option("--project", help="Only those of this project_id.")
@data_dir_option
@json_option
def list_(
    domain: str | None,
    workspace: str | None,
    project: str | None,
    data_dir: Path | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """List webhooks, the newest first."""
    with told_plainly(), opened_webhooks(settings_of(data_dir=data_dir)) as webhooks:
        found = webhooks.list(domain_id=domain, workspace_id=workspace, project_id=project)
    if as_json:
        click.echo(json.dumps([as_object(each) for each in found], indent=2))
    else:
        click.echo("\n".join(as_table(found)))


@webhook.command()
@_of_one
def show(webhook_id: str, data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """Show one webhook."""
    with told_plainly(), opened_webhooks(settings_of(data_dir=data_dir)) as webhooks:
        _print(webhooks.get(webhook_id), as_json=as_json)


@webhook.command("rotate-key")
@_of_one
def rotate_key(webhook_id: str, data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """Replace the access key; the new one is shown only now, the old one is void."""
    with told_plainly():
        settings = settings_of(data_dir=data_dir)
        with opened_webhooks(settings) as webhooks:
            changed, key = webhooks.rotate_key(webhook_id)
            _print_with_key(changed, key, settings, as_json=as_json)


@webhook.command()
@_of_one
def enable(webhook_id: str, data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """Let a webhook take events again."""
    with told_plainly(), opened_webhooks(settings_of(data_dir=data_dir)) as webhooks:
        _print(webhooks.enable(webhook_id), as_json=as_json)


@webhook.command()
@_of_one
def disable(webhook_id: str, data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """Let a webhook take no events."""
    with told_plainly(), opened_webhooks(settings_of(data_dir=data_dir)) as webhooks:
        _print(webhooks.disable(webhook_id), as_json=as_json)


@webhook.command()
@_of_one
def delete(webhook_id: str, data_dir: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """Delete a webhook; its events stay."""
    with told_plainly(), opened_webhooks(settings_of(data_dir=data_dir)) as webhooks:
        webhooks.delete(webhook_id)
    deleted = {"webhook_id": webhook_id, "deleted": True}
    click.echo(json.dumps(deleted, indent=2) if as_json else f"{webhook_id} is deleted")


def _print(shown: Webhook, *, as_json: bool) -> None:
    click.echo(json.dumps(as_object(shown), indent=2) if as_json else "\n".join(as_lines(shown)))


def _print_with_key(shown: Webhook, key: str, settings: Settings, *, as_json: bool) -> None:
    line = create_line(grpc_address(settings), shown.webhook_id, key)
    url = webhook_url(settings.webhook_url_prefix, shown.webhook_id, key)
    if as_json:
        once = {"access_key": key, "webhook_url": url, "grpcurl": line}
        click.echo(json.dumps(as_object(shown) | once, indent=2))
        return
    click.echo("\n".join(as_lines(shown)))
    click.echo(f"access_key: {key}  (shown only now)")
    click.echo(f"webhook_url: {url}")
    click.echo(f"\nSend it an event:\n{line}")
