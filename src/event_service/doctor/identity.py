"""Can tokens be checked?"""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from event_service.auth.build import is_url
from event_service.auth.identity import IdentityService
from event_service.auth.jwks import beginning, open_document, read_document
from event_service.auth.jwks_url import JwksUrl
from event_service.auth.local import LocalKeyPair, has_key_pair, key_file
from event_service.doctor.finding import failure, ok, warning
from event_service.errors import Unavailable
from event_service.socket_address import is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator

    from event_service.doctor.finding import Finding
    from event_service.settings import Settings

_WHAT: Final = "Identity"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def check_identity(settings: Settings, seconds: float) -> Iterator[Finding]:
    """Findings of whatever the settings have tokens checked with."""
    if settings.no_auth:
        yield _of_open_access(settings)
        return
    if settings.auth_jwks:
        yield _of_jwks(settings.auth_jwks, seconds)
    if settings.identity_endpoint:
        yield _of_service(settings, settings.identity_endpoint, seconds)
    if not settings.auth_jwks and not settings.identity_endpoint:
        yield _of_own_keys(settings.data_dir)


def _of_open_access(settings: Settings) -> Finding:
    if settings.auth_jwks or settings.identity_endpoint:
        advice = "Unset EVENT_NO_AUTH, or EVENT_AUTH_JWKS and EVENT_IDENTITY_ENDPOINT."
        return failure(_WHAT, "EVENT_NO_AUTH leaves nothing for keys to do", advice)
    if is_loopback(settings.host):
        return ok(_WHAT, "no tokens are asked for, on loopback alone")
    advice = "Unset EVENT_NO_AUTH, or set EVENT_HOST to 127.0.0.1."
    if settings.no_auth_on_any_address:
        return warning(_WHAT, f"no tokens are asked for, and {settings.host} is open", advice)
    return failure(_WHAT, f"EVENT_NO_AUTH does not go with the address {settings.host}", advice)


def _of_jwks_url(url: str, seconds: float) -> Finding:
    try:
        JwksUrl(url, seconds).get("")
    except ValueError:
        advice = (
            "EVENT_AUTH_JWKS must be a file or an https:// address without user or password;"
            " http:// will do on this machine alone."
        )
        return failure(_WHAT, "public keys are not taken from that address", advice)
    except Unavailable:
        advice = "Open the address of EVENT_AUTH_JWKS with curl from this machine."
        return failure(_WHAT, "the public keys can't be fetched", advice)
    return ok(_WHAT, "public keys are fetched from an address")


def _of_jwks(jwks: str, seconds: float) -> Finding:
    if is_url(jwks):
        return _of_jwks_url(jwks, seconds)
    path = Path(jwks)
    try:
        with open_document(path) as file:
            text = beginning(file)
        usable = len(read_document(text))
    except OSError as fault:
        advice = "Put the public keys there, readable for the service, or correct EVENT_AUTH_JWKS."
        return failure(_WHAT, f"{path} can't be read: {fault.strerror}", advice)
    except ValueError as fault:
        advice = 'It must be JSON: {"domain-1": {"kty": "RSA", ...}, ...}'
        return failure(_WHAT, f"{path} can't be used: {fault}", advice)
    unusable = len(json.loads(text)) - usable
    if unusable or not usable:
        found = f"{path}: {usable} domains have usable keys, {unusable} don't"
        advice = "Correct the JWKs there: RSA, P-256 or Ed25519 public keys."
        return warning(_WHAT, found, advice) if usable else failure(_WHAT, found, advice)
    return ok(_WHAT, f"public keys of {usable} domains, from a file")


def _of_service(settings: Settings, endpoint: str, seconds: float) -> Finding:
    if settings.system_token is None:
        return failure(_WHAT, "the identity service needs a token", "Set EVENT_SYSTEM_TOKEN.")
    try:
        service = IdentityService(endpoint, settings.system_token.get_secret_value(), seconds)
    except ValueError as fault:
        return failure(_WHAT, str(fault), "Correct EVENT_IDENTITY_ENDPOINT: grpc://host:port")
    asked = next(iter(sorted(settings.auth_system_domains)), "domain-root")
    try:
        known = service.public_keys(asked) is not None
    except Unavailable:
        advice = "See to it that it runs, and that EVENT_SYSTEM_TOKEN is one that it takes."
        return failure(_WHAT, "the identity service gives no keys", advice)
    finally:
        service.close()
    if known:
        return ok(_WHAT, f"the identity service answers, and knows {asked}")
    advice = "Set EVENT_AUTH_SYSTEM_DOMAINS to the domains that issue system tokens."
    return warning(_WHAT, f"the identity service answers, and does not know {asked}", advice)


def _of_own_keys(data_dir: Path) -> Finding:
    path = key_file(data_dir)
    try:
        if not has_key_pair(data_dir):
            return ok(_WHAT, "own key pair: the service makes it when it starts")
        LocalKeyPair(data_dir)
        mode = path.stat().st_mode
    except (OSError, ValueError) as fault:
        advice = "Give it back to the service's user, or remove it: a new one voids all tokens."
        return failure(_WHAT, f"{path} can't be used: {fault}", advice)
    if mode & _OTHERS:
        found = f"others may read the key that signs tokens (mode {stat.S_IMODE(mode):o})"
        return failure(_WHAT, found, f"chmod 600 {path}")
    return ok(_WHAT, "own key pair, for its owner alone")
