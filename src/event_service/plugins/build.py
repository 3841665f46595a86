"""Which plugins the settings name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from event_service.lane import Lane
from event_service.plugins.client import PluginClient
from event_service.plugins.endpoint import PluginEndpoints
from event_service.plugins.plugin_service import PluginService
from event_service.plugins.plugins import Plugins

if TYPE_CHECKING:
    from collections.abc import Mapping

    from event_service.parsers.registry import ParserRegistry


def build_plugins(
    built_in: ParserRegistry,
    configured: Mapping[str, str],
    service_endpoint: str | None,
    system_token: str | None,
    threads: int = 32,
) -> Plugins:
    """Plugins over the built-in parsers, ``configured`` endpoints and the plugin service.

    Of so many threads the calls of a slow plugin may hold a quarter.

    Raises ValueError for an endpoint of the plugin service that is none, or lacks a token.
    """
    client = PluginClient(new_lane=partial(Lane, few=max(1, threads // 4)))
    if service_endpoint is None:
        return Plugins(built_in, PluginEndpoints(configured), client, (client.close,))
    if system_token is None:
        raise ValueError("the plugin service is asked with a system token, and none is given")
    service = PluginService(service_endpoint, system_token)
    endpoints = PluginEndpoints(configured, service.endpoint)
    return Plugins(built_in, endpoints, client, (client.close, service.close))
