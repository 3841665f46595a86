"""The SpaceONE plugin service: where the plugins of a domain are."""

from __future__ import annotations

from typing import Final

import structlog

from event_service.grpc_endpoint import SERVICE_OPTIONS, is_endpoint, open_channel
from event_service.plugins.endpoint import Endpoint, EndpointKey
from event_service.plugins.plugin import UpgradeMode
from event_service.remote_method import RemoteMethod
from event_service.stubs.event_service.plugin.calls_pb2 import EndpointAnswer, EndpointQuestion

_log = structlog.get_logger(__name__)

GET_PLUGIN_ENDPOINT: Final = "/spaceone.api.plugin.v1.Plugin/get_plugin_endpoint"


class PluginService:
    """A client of the one call that is needed.

    ``endpoint`` is ``grpc://host:port`` or ``grpc+ssl://host:port``; ``system_token`` is sent
    with every call; ``seconds`` is the deadline of one. Raises ValueError for another endpoint.
    """

    def __init__(self, endpoint: str, system_token: str, seconds: float = 5.0) -> None:
        self._token = system_token
        self._channel = open_channel(endpoint, SERVICE_OPTIONS)
        self._get_endpoint = RemoteMethod(
            self._channel, "plugin", GET_PLUGIN_ENDPOINT, EndpointAnswer, seconds
        )

    def endpoint(self, key: EndpointKey) -> Endpoint | None:
        """Where the plugin is, None for one that is unknown. Raises Unavailable."""
        automatic = key.upgrade_mode is not UpgradeMode.MANUAL
        question = EndpointQuestion(
            plugin_id=key.plugin_id,
            version=key.version,
            upgrade_mode=EndpointQuestion.AUTO if automatic else EndpointQuestion.MANUAL,
            domain_id=key.domain_id,
        )
        metadata = (("token", self._token), ("x_domain_id", key.domain_id))
        answer = self._get_endpoint.ask(question, metadata)
        if answer is None:
            return None
        if not is_endpoint(answer.endpoint):
            _log.warning("unusable endpoint of the plugin service", plugin_id=key.plugin_id)
            return None
        return Endpoint(answer.endpoint, answer.updated_version)

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()
