"""The one thing that turns a body into results, and that knows plugins (CONTRACT 3.3).

A plugin is looked for in the settings first, then among the built-in parsers, then at the plugin
service: what is built in needs no network, unless somebody says where another one is.
"""

from __future__ import annotations

import traceback
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from event_service.errors import InvalidParameter, Unavailable
from event_service.metrics.deliveries import PLUGIN
from event_service.parsers.registry import AUTO
from event_service.parsers.seam import ParseFailure, Reading
from event_service.plugins.client import Place
from event_service.plugins.faults import PluginFault, PluginRefuses, PluginSilent
from event_service.tracing.spans import span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from event_service.parsers.registry import ParserRegistry
    from event_service.parsers.seam import Body
    from event_service.plugins.client import PluginClient
    from event_service.plugins.endpoint import Endpoint, PluginEndpoints
    from event_service.plugins.plugin import PluginInfo

_log = structlog.get_logger(__name__)

_PLUGIN_ID = "plugin_info.plugin_id"
_OPTIONS = "plugin_info.options"

_Told = TypeVar("_Told")


class Plugins:
    """Plugins, wherever they are. Safe for many threads."""

    def __init__(
        self,
        built_in: ParserRegistry,
        endpoints: PluginEndpoints,
        client: PluginClient,
        on_close: Sequence[Callable[[], None]] = (),
    ) -> None:
        self._built_in = built_in
        self._endpoints = endpoints
        self._client = client
        self._on_close = on_close

    def read(self, plugin: PluginInfo, domain_id: str, body: Body) -> Reading:
        """A body of a webhook with this plugin; its source is PLUGIN if a plugin was asked.

        Raises ParseFailure, also for a plugin or parser that is nowhere or fails (CONTRACT 3.4),
        and QuotaExceeded for one call too many to a slow plugin.
        """
        with span("parse"):
            return self._read(plugin, domain_id, body)

    def _read(self, plugin: PluginInfo, domain_id: str, body: Body) -> Reading:
        try:
            endpoint = self._remote(plugin, domain_id)
        except Unavailable:
            raise ParseFailure(f"The plugin {plugin.plugin_id} can't be found now.") from None
        if endpoint is None:
            return self._parsed(plugin, body)
        try:
            _, results = self._tell(
                plugin,
                domain_id,
                endpoint,
                lambda place: self._client.parse(place, plugin.options, body),
            )
        except PluginFault as fault:
            raise ParseFailure(fault.reason) from fault
        return Reading(PLUGIN, results)

    def _parsed(self, plugin: PluginInfo, body: Body) -> Reading:
        try:
            return self._built_in.read(plugin.plugin_id, body, plugin.options)
        except ParseFailure:
            raise
        except Exception as fault:  # noqa: BLE001  # whatever its author forgot
            name = plugin.plugin_id or AUTO
            # Not the fault's own text, which may quote the body.
            where = "".join(traceback.format_tb(fault.__traceback__))
            _log.error("parser failed", plugin_id=name, cause=type(fault).__name__, where=where)
            raise ParseFailure(f"The parser {name} failed.") from None

    def init(self, plugin: PluginInfo, domain_id: str) -> PluginInfo:
        """The plugin with the metadata that it gives, and the version that it has.

        A built-in one gives none, and keeps what there is.

        Raises InvalidParameter for a plugin that is nowhere, refuses its options or answers
        nonsense, Unavailable for one that does not answer, and QuotaExceeded as ``read`` does.
        """
        told = self._set_up(plugin, domain_id, self._client.init)
        if told is None:
            return plugin
        there, metadata = told
        return replace(plugin, metadata=metadata, version=there.version or plugin.version)

    def verify(self, plugin: PluginInfo, domain_id: str) -> None:
        """Whether the plugin's options work: raises as ``init`` does when they don't."""
        self._set_up(plugin, domain_id, self._client.verify)

    def close(self) -> None:
        """Close the connections; no call may follow."""
        for close in self._on_close:
            close()

    def _tell(
        self,
        plugin: PluginInfo,
        domain_id: str,
        endpoint: Endpoint,
        call: Callable[[Place], _Told],
    ) -> tuple[Endpoint, _Told]:
        """What the plugin answers, and where: a plugin that has moved is followed.

        Raises a PluginFault.
        """
        try:
            return endpoint, call(Place(plugin.plugin_id, endpoint.address))
        except PluginSilent:
            moved = self._endpoints.moved(plugin, domain_id, endpoint)
            if moved is None:
                raise
            return moved, call(Place(plugin.plugin_id, moved.address))

    def _set_up(
        self,
        plugin: PluginInfo,
        domain_id: str,
        call: Callable[[Place, Mapping[str, Any]], _Told],
    ) -> tuple[Endpoint, _Told] | None:
        """What the plugin answers to its options, and where; None for a built-in one."""
        endpoint = self._remote(plugin, domain_id)
        if endpoint is None:
            if plugin.plugin_id in self._built_in:
                return None
            raise InvalidParameter(_PLUGIN_ID, "there is no plugin of that id")
        try:
            return self._tell(
                plugin, domain_id, endpoint, lambda place: call(place, plugin.options)
            )
        except PluginFault as fault:
            raise _told(fault) from fault

    def _remote(self, plugin: PluginInfo, domain_id: str) -> Endpoint | None:
        if not plugin.plugin_id:
            return None
        configured = self._endpoints.configured(plugin.plugin_id)
        if configured is not None or plugin.plugin_id in self._built_in:
            return configured
        return self._endpoints.asked(plugin, domain_id)


def _told(fault: PluginFault) -> InvalidParameter | Unavailable:
    if isinstance(fault, PluginSilent):
        return Unavailable(f"{fault.reason} Nothing was changed; try again.")
    if isinstance(fault, PluginRefuses):
        return InvalidParameter(_OPTIONS, f"the plugin answers with {fault.answer}")
    return InvalidParameter(_PLUGIN_ID, fault.reason)
