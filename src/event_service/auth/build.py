"""Which authentication the settings ask for."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from event_service.auth.apps import APP_LIFETIMES
from event_service.auth.identity import IdentityService
from event_service.auth.jwks import JwksFile
from event_service.auth.jwks_url import JwksUrl
from event_service.auth.local import LocalKeyPair
from event_service.auth.open_access import open_access
from event_service.auth.tokens import TokenAuthenticator
from event_service.auth.verification import TokenVerifier
from event_service.loading_cache import LoadingCache
from event_service.secret_text import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from event_service.auth.authenticator import Authenticator
    from event_service.settings import Settings


def build_authenticator(settings: Settings) -> Authenticator:
    """The authenticator that the settings ask for.

    Keys of EVENT_AUTH_JWKS win over the identity service's; apps are always asked of the identity
    service. With neither, the data directory's own key pair is trusted for every domain, and only
    then. Raises ValueError for what can't be used; the message names the variable.
    """
    jwks, endpoint = settings.auth_jwks, settings.identity_endpoint
    if settings.no_auth:
        if jwks or endpoint:
            raise ValueError(
                "no-auth (EVENT_NO_AUTH) leaves nothing for EVENT_AUTH_JWKS or"
                " EVENT_IDENTITY_ENDPOINT to do"
            )
        return open_access(settings.host, on_any_address=settings.no_auth_on_any_address)
    if endpoint:
        return _with_identity(settings, endpoint)
    if jwks:
        return TokenAuthenticator(
            TokenVerifier(_published_keys(jwks)), system_domains=settings.auth_system_domains
        )
    with _named("EVENT_DATA_DIR"):
        own = LocalKeyPair(settings.data_dir)
    return TokenAuthenticator(TokenVerifier(own), system_domains=None)


def _with_identity(settings: Settings, endpoint: str) -> Authenticator:
    system_token = text_of(settings.system_token)
    if not system_token:
        raise ValueError("EVENT_IDENTITY_ENDPOINT needs the system token of EVENT_SYSTEM_TOKEN")
    published = _published_keys(settings.auth_jwks) if settings.auth_jwks else None
    with _named("EVENT_IDENTITY_ENDPOINT"):
        identity = IdentityService(endpoint, system_token)
    return TokenAuthenticator(
        TokenVerifier(published or LoadingCache(identity.public_keys)),
        LoadingCache(identity.app, APP_LIFETIMES).get,
        settings.auth_system_domains,
        on_close=identity.close,
    )


def _published_keys(jwks: str) -> JwksFile | JwksUrl:
    with _named("EVENT_AUTH_JWKS"):
        return JwksUrl(jwks) if is_url(jwks) else JwksFile(Path(jwks))


@contextmanager
def _named(variable: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as fault:
        raise ValueError(f"{variable}: {fault}") from fault


def is_url(jwks: str) -> bool:
    """Whether the public keys are fetched; otherwise it is a path."""
    return jwks.lower().startswith(("http://", "https://"))
