"""Who asks, when a command reads from a running service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from event_service.auth.access import DOMAIN_ADMIN
from event_service.auth.local import LocalKeyPair, has_key_pair
from event_service.auth.open_access import LOCAL_DOMAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from event_service.settings import Settings

Metadata = tuple[str, str]

_SECONDS: Final = 300


def metadata_maker(
    settings: Settings, token: str | None, domain: str | None
) -> Callable[[], Sequence[Metadata]]:
    """A function that gives the metadata of a call, good for minutes.

    With a token that is given, the domain is only named to those tokens that may choose one.
    Without, the data directory's own key pair makes a token of a DOMAIN_ADMIN; where there is no
    key pair the service asks for no token, or is another's. Raises click.ClickException.
    """
    if token is not None:
        if not (token.isascii() and token.isprintable()):
            raise click.UsageError("a token is of printable ASCII characters, and this one is not")
        given = [("token", token), *([] if domain is None else [("x_domain_id", domain)])]
        return lambda: given
    admin_of = domain or LOCAL_DOMAIN
    named = ("x_domain_id", admin_of)
    if not settings.no_auth and (settings.auth_jwks or settings.identity_endpoint):
        raise click.UsageError("the service trusts others' tokens: EVENT_TOKEN or --token-file")
    if settings.no_auth or not has_key_pair(settings.data_dir):
        return lambda: [named]
    try:
        keys = LocalKeyPair(settings.data_dir)
    except (OSError, ValueError) as reason:
        raise click.ClickException(f"The key pair can't be read: {reason}") from None

    def issued() -> Sequence[Metadata]:
        try:
            return [("token", keys.issue(DOMAIN_ADMIN, admin_of, ttl=_SECONDS)), named]
        except ValueError as reason:
            raise click.UsageError(str(reason)) from None

    return issued
