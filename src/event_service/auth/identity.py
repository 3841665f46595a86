"""The SpaceONE identity service: public keys of domains, and what apps may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import grpc
import structlog

from event_service.auth.apps import AppGrant
from event_service.auth.jwk import UnusableKeyError, read_json_keys
from event_service.errors import Unavailable
from event_service.grpc_endpoint import SERVICE_OPTIONS, open_channel
from event_service.remote_method import NOT_THERE, RemoteMethod
from event_service.stubs.event_service.identity.calls_pb2 import (
    AppAnswer,
    AppQuestion,
    PublicKeyAnswer,
    PublicKeyQuestion,
)

if TYPE_CHECKING:
    from event_service.auth.apps import App
    from event_service.auth.jwk import VerificationKey

_log = structlog.get_logger(__name__)

GET_PUBLIC_KEY: Final = "/spaceone.api.identity.v2.Domain/get_public_key"
CHECK_APP: Final = "/spaceone.api.identity.v2.App/check"

_SERVICE: Final = "identity"


class IdentityService:
    """A client of the two calls that tokens need.

    ``endpoint`` is ``grpc://host:port`` or ``grpc+ssl://host:port``; ``system_token`` is sent
    with every call; ``seconds`` is the deadline of one. Raises ValueError for another endpoint.
    """

    def __init__(self, endpoint: str, system_token: str, seconds: float = 5.0) -> None:
        self._metadata = (("token", system_token),)
        self._channel = open_channel(endpoint, SERVICE_OPTIONS)
        self._get_public_key = RemoteMethod(
            self._channel, _SERVICE, GET_PUBLIC_KEY, PublicKeyAnswer, seconds
        )
        self._check_app = RemoteMethod(self._channel, _SERVICE, CHECK_APP, AppAnswer, seconds)

    def public_keys(self, domain_id: str) -> tuple[VerificationKey, ...] | None:
        """The keys of a domain, None for an unknown one. Raises Unavailable."""
        answer = self._get_public_key.ask(PublicKeyQuestion(domain_id=domain_id), self._metadata)
        if answer is None or not answer.public_key:
            return None
        try:
            return read_json_keys(answer.public_key)
        except UnusableKeyError as reason:
            _log.error(
                "unusable key of the identity service", domain_id=domain_id, reason=str(reason)
            )
            raise Unavailable("The domain's public key can't be used.") from None

    def app(self, app: App) -> AppGrant | None:
        """What an app may do, None for one that is unknown or disabled. Raises Unavailable."""
        question = AppQuestion(domain_id=app.domain_id, client_id=app.client_id)
        refusals = NOT_THERE | {grpc.StatusCode.PERMISSION_DENIED}
        answer = self._check_app.ask(question, self._metadata, refusals)
        if answer is None:
            return None
        return AppGrant(tuple(answer.permissions), frozenset(answer.projects))

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()
