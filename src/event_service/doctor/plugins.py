"""Are the plugins there that webhooks name?"""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import grpc
import pymongo
from pymongo.errors import PyMongoError

from event_service.doctor.finding import failure, ok, warning
from event_service.doctor.silence import mongodb_silent
from event_service.errors import Unavailable
from event_service.grpc_endpoint import open_channel
from event_service.plugins.endpoint import EndpointKey
from event_service.plugins.plugin import UpgradeMode
from event_service.plugins.plugin_service import PluginService

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from pymongo.database import Database

    from event_service.doctor.finding import Finding
    from event_service.settings import Settings

_WHAT: Final = "Plugins"
_SERVICE: Final = "the plugin service"
_OF_WEBHOOKS: Final = "Webhooks' plugins"


def check_endpoints(settings: Settings, seconds: float) -> Iterator[Finding]:
    """Finding of the endpoints of EVENT_PLUGINS and of the plugin service.

    They are connected to and asked nothing: what a plugin does with a call is not ours to know.
    """
    endpoints = dict(settings.plugins)
    if settings.plugin_service_endpoint is not None:
        endpoints[_SERVICE] = settings.plugin_service_endpoint
    if not endpoints:
        yield ok(_WHAT, "only what is built in: no endpoint is set")
        return
    silent = _silent(endpoints, seconds)
    if not silent:
        yield ok(_WHAT, f"{len(endpoints)} of {len(endpoints)} endpoints answer")
        return
    yield failure(
        _WHAT,
        f"{', '.join(silent)}: no answer ({len(silent)} of {len(endpoints)})",
        "Start it, or correct EVENT_PLUGINS or EVENT_PLUGIN_SERVICE_ENDPOINT."
        " Bodies become events of type ERROR until then.",
    )


def _silent(endpoints: Mapping[str, str], seconds: float) -> list[str]:
    ends = time.monotonic() + seconds
    channels = {name: open_channel(endpoint, ()) for name, endpoint in endpoints.items()}
    ready = {name: grpc.channel_ready_future(channel) for name, channel in channels.items()}
    silent = []
    for name, future in ready.items():
        try:
            future.result(timeout=max(0.0, ends - time.monotonic()))
        except grpc.FutureTimeoutError:
            future.cancel()
            silent.append(name)
    for channel in channels.values():
        channel.close()
    return silent


def check_webhooks(
    database: Database[dict[str, Any]],
    settings: Settings,
    built_in: Collection[str],
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Finding]:
    """Finding of the plugins that enabled webhooks name: configured, built in or to be found.

    ``clock`` counts seconds, steadily.
    """
    try:
        with pymongo.timeout(seconds):
            used = _used(database)
    except PyMongoError as fault:
        yield mongodb_silent(_OF_WEBHOOKS, fault)
        return
    elsewhere = [
        each
        for each in used
        if each["_id"]["plugin_id"] not in settings.plugins
        and each["_id"]["plugin_id"] not in built_in
    ]
    try:
        nowhere, unasked = _nowhere(elsewhere, settings, seconds, clock)
    except Unavailable:
        yield failure(
            _OF_WEBHOOKS,
            "the plugin service can't be asked",
            "See to it that it runs, and that EVENT_SYSTEM_TOKEN is one that it takes.",
        )
        return
    if not nowhere and unasked:
        found = f"{unasked} of {len(used)} were not looked for: the time was over"
        yield warning(_OF_WEBHOOKS, found, "Give it more time with --timeout.")
        return
    if not nowhere:
        yield ok(_OF_WEBHOOKS, f"all {len(used)} are known" if used else "none is named")
        return
    first = nowhere[0]
    more = f"; and {len(nowhere) - 1} more" if len(nowhere) > 1 else ""
    yield failure(
        _OF_WEBHOOKS,
        f"{first['_id']['plugin_id']} of {first['webhook_id']} is nowhere{more}",
        "Name it in EVENT_PLUGINS, set EVENT_PLUGIN_SERVICE_ENDPOINT, or correct its id.",
    )


def _used(database: Database[dict[str, Any]]) -> list[dict[str, Any]]:
    key = {
        "domain_id": "$domain_id",
        "plugin_id": "$plugin_info.plugin_id",
        "version": "$plugin_info.version",
        "upgrade_mode": "$plugin_info.upgrade_mode",
    }
    named = {"state": "ENABLED", "plugin_info.plugin_id": {"$type": "string", "$ne": ""}}
    found = database["webhook"].aggregate(
        [
            {"$match": named},
            {"$group": {"_id": key, "webhook_id": {"$min": "$webhook_id"}}},
            {"$sort": {"webhook_id": 1}},
        ]
    )
    # A list with a text in it is of that type too, where another service has left one.
    return [each for each in found if isinstance(each["_id"]["plugin_id"], str)]


def _nowhere(
    used: Sequence[dict[str, Any]],
    settings: Settings,
    seconds: float,
    clock: Callable[[], float],
) -> tuple[list[dict[str, Any]], int]:
    """Those that are nowhere, and how many were not looked for in time."""
    endpoint, token = settings.plugin_service_endpoint, settings.system_token
    if endpoint is None or token is None:
        return list(used), 0
    ends = clock() + seconds
    nowhere: list[dict[str, Any]] = []
    with closing(PluginService(endpoint, token.get_secret_value(), seconds)) as service:
        for place, each in enumerate(used):
            if clock() >= ends:
                return nowhere, len(used) - place
            if service.endpoint(_key(each["_id"])) is None:
                nowhere.append(each)
    return nowhere, 0


def _key(named: Mapping[str, Any]) -> EndpointKey:
    mode = _text(named, "upgrade_mode")
    return EndpointKey(
        _text(named, "domain_id"),
        named["plugin_id"],
        _text(named, "version"),
        UpgradeMode(mode) if mode in set(UpgradeMode) else UpgradeMode.AUTO,
    )


def _text(named: Mapping[str, Any], field: str) -> str:
    value = named.get(field)
    return value if isinstance(value, str) else ""
