"""Which plugins the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from event_service.lane import Lane
from event_service.plugins.client import PluginClient
from event_service.plugins.endpoint import PluginEndpoints
from event_service.plugins.plugin_service import PluginService
from event_service.plugins.plugins import Plugins

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from event_service.parsers.registry import ParserRegistry


def build_plugins(
    built_in: ParserRegistry,
    configured: Mapping[str, str],
    service_endpoint: str | None,
    system_token: str | None,
    new_lane: Callable[[], Lane] = Lane,
) -> Plugins:
    """Plugins over the built-in parsers, ``configured`` endpoints and the plugin service.

    ``new_lane`` gives each plugin what keeps it from holding too many threads.

    Raises ValueError for an endpoint of the plugin service that is none, or lacks a token.
    """
    client = PluginClient(new_lane=new_lane)
    if service_endpoint is None:
        return Plugins(built_in, PluginEndpoints(configured), client, (client.close,))
    if system_token is None:
        raise ValueError("the plugin service is asked with a system token, and none is given")
    service = PluginService(service_endpoint, system_token)
    endpoints = PluginEndpoints(configured, service.endpoint)
    return Plugins(built_in, endpoints, client, (client.close, service.close))
