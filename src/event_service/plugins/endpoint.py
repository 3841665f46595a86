"""Where plugins are: in the settings, or where SpaceONE's plugin service says."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from event_service.errors import Unavailable
from event_service.loading_cache import Lifetimes, LoadingCache

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from event_service.plugins.plugin import PluginInfo, UpgradeMode

# A plugin moves when its version changes, and then both places answer for a while; for one that
# does not there is ``moved``.
LIFETIMES: Final = Lifetimes(found=60.0, stale=540.0)


@dataclass(frozen=True, slots=True)
class EndpointKey:
    """What the plugin service is asked by."""

    domain_id: str
    plugin_id: str
    version: str
    upgrade_mode: UpgradeMode


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a plugin is; ``version`` is set when another than the asked one answers there."""

    address: str
    version: str = ""


class PluginEndpoints:
    """Finds plugins. Safe for many threads.

    ``configured`` has endpoints by plugin_id; ``ask`` asks the plugin service, returns None for a
    plugin that it doesn't know, and raises Unavailable. Answers are kept for a minute, unless
    nobody answers there.
    """

    def __init__(
        self,
        configured: Mapping[str, str],
        ask: Callable[[EndpointKey], Endpoint | None] | None = None,
        lifetimes: Lifetimes = LIFETIMES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._configured = configured
        self._asked = None if ask is None else LoadingCache(ask, lifetimes, clock)

    def configured(self, plugin_id: str) -> Endpoint | None:
        """The endpoint that the settings name."""
        address = self._configured.get(plugin_id)
        return None if address is None else Endpoint(address)

    def asked(self, plugin: PluginInfo, domain_id: str) -> Endpoint | None:
        """The endpoint that the plugin service names, if there is one. Raises Unavailable."""
        return None if self._asked is None else self._asked.get(_key(plugin, domain_id))

    def moved(self, plugin: PluginInfo, domain_id: str, silent: Endpoint) -> Endpoint | None:
        """Where the plugin service says now that the plugin is, if nobody answers at ``silent``.

        None if that is still the place, or it can't be asked. It is asked every ten seconds at
        most.
        """
        if self._asked is None or plugin.plugin_id in self._configured:
            return None
        try:
            found = self._asked.renew(_key(plugin, domain_id))
        except Unavailable:
            return None
        return None if found is None or found.address == silent.address else found


def _key(plugin: PluginInfo, domain_id: str) -> EndpointKey:
    return EndpointKey(domain_id, plugin.plugin_id, plugin.version, plugin.upgrade_mode)
