"""Which authentication the settings ask for."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from event_service.auth.apps import kept_grants
from event_service.auth.cached_keys import CachedKeys
from event_service.auth.identity import IdentityService
from event_service.auth.jwks import JwksFile
from event_service.auth.jwks_url import JwksUrl
from event_service.auth.local import LocalKeyPair
from event_service.auth.open_access import open_access
from event_service.auth.tokens import DEFAULT_SYSTEM_DOMAINS, TokenAuthenticator
from event_service.auth.verification import TokenVerifier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from event_service.auth.authenticator import Authenticator


def build_authenticator(
    *,
    host: str,
    data_dir: Path,
    jwks: str | None = None,
    identity_endpoint: str | None = None,
    system_token: str | None = None,
    system_domains: Collection[str] = DEFAULT_SYSTEM_DOMAINS,
    no_auth: bool = False,
    no_auth_on_any_address: bool = False,
) -> Authenticator:
    """The authenticator for a service that listens on ``host``.

    ``jwks`` (a path or an ``https://`` URL) wins over the identity service's keys; apps are always
    asked of the identity service. With neither, the data directory's own key pair is trusted for
    every domain, and only then. Raises ValueError for what can't be used; the message names the
    variable.
    """
    if no_auth:
        if jwks or identity_endpoint:
            raise ValueError(
                "no-auth (EVENT_NO_AUTH) leaves nothing for EVENT_AUTH_JWKS or"
                " EVENT_IDENTITY_ENDPOINT to do"
            )
        return open_access(host, on_any_address=no_auth_on_any_address)
    if identity_endpoint:
        return _with_identity(identity_endpoint, system_token, jwks, system_domains)
    if jwks:
        return TokenAuthenticator(
            TokenVerifier(_published_keys(jwks)), system_domains=frozenset(system_domains)
        )
    with _named("EVENT_DATA_DIR"):
        own = LocalKeyPair(data_dir)
    return TokenAuthenticator(TokenVerifier(own), system_domains=None)


def _with_identity(
    endpoint: str, system_token: str | None, jwks: str | None, system_domains: Collection[str]
) -> Authenticator:
    if not system_token:
        raise ValueError("EVENT_IDENTITY_ENDPOINT needs the system token of EVENT_SYSTEM_TOKEN")
    published = _published_keys(jwks) if jwks else None
    with _named("EVENT_IDENTITY_ENDPOINT"):
        identity = IdentityService(endpoint, system_token)
    return TokenAuthenticator(
        TokenVerifier(published or CachedKeys(identity.public_keys)),
        kept_grants(identity.app),
        frozenset(system_domains),
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
