"""Callers that prove themselves with a token (CONTRACT 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_service.auth.access import (
    DOMAIN_ADMIN,
    SYSTEM_TOKEN,
    WORKSPACE_MEMBER,
    WORKSPACE_OWNER,
)
from event_service.auth.apps import App
from event_service.auth.bearer import bearer_of
from event_service.auth.claims import wrong_claim
from event_service.caller import Caller, Scope
from event_service.errors import AuthenticateFailure, PermissionDenied, RequiredParameter

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from event_service.auth.access import Access
    from event_service.auth.apps import AppGrants
    from event_service.auth.claims import Claims
    from event_service.auth.verification import TokenVerifier

DEFAULT_SYSTEM_DOMAINS: Final = frozenset({"domain-root"})


class TokenAuthenticator:
    """Takes the token of ``token`` or ``authorization: Bearer`` for the caller's credential.

    ``app_grants`` None means that apps can't be checked, so that their tokens are refused. A system
    token sees every domain, so only those of ``system_domains`` are believed (any domain signs
    its own tokens, and could call one a system token); None means every domain's.
    """

    def __init__(
        self,
        verifier: TokenVerifier,
        app_grants: AppGrants | None = None,
        system_domains: Collection[str] | None = DEFAULT_SYSTEM_DOMAINS,
        on_close: Callable[[], None] = lambda: None,
    ) -> None:
        self._verifier = verifier
        self._app_grants = app_grants
        self._system_domains = system_domains
        self._on_close = on_close

    def caller(self, metadata: Mapping[str, str], access: Access) -> Caller:
        """See Authenticator."""
        claims = self._verifier.claims(_token(metadata))
        role = self._role(claims)
        if role not in access.roles:
            raise PermissionDenied("The role may not do this.")
        permissions, projects = self._grant(claims)
        if not access.permitted_by(permissions):
            raise PermissionDenied(f"Permission is missing. (permission = {access.permission})")
        if claims.is_system:
            return Caller(role, _named_scope(metadata))
        return Caller(role, _own_scope(claims, role, projects))

    def close(self) -> None:
        """See Authenticator."""
        self._on_close()

    def _role(self, claims: Claims) -> str | None:
        if not claims.is_system:
            return claims.rol
        if self._system_domains is not None and claims.did not in self._system_domains:
            raise PermissionDenied("The domain may not issue system tokens.")
        # SpaceONE's own name no role.
        return SYSTEM_TOKEN if claims.rol in (None, SYSTEM_TOKEN) else None

    def _grant(self, claims: Claims) -> tuple[Collection[str], frozenset[str]]:
        if not claims.is_app:
            return claims.permissions or (), frozenset(claims.projects or ())
        if claims.jti is None:
            raise wrong_claim("jti")
        if self._app_grants is None:
            raise PermissionDenied("Tokens of apps need an identity service to check them with.")
        grant = self._app_grants(App(claims.did, claims.jti))
        if grant is None:
            raise PermissionDenied("The app is unknown or disabled.")
        return grant.permissions, grant.projects


def _token(metadata: Mapping[str, str]) -> str:
    token = metadata.get("token") or bearer_of(metadata.get("authorization", ""))
    if not token:
        raise AuthenticateFailure("Token is missing.")
    return token


def _named_scope(metadata: Mapping[str, str]) -> Scope:
    domain_id = metadata.get("x_domain_id")
    if not domain_id:
        raise RequiredParameter("domain_id")
    return Scope(domain_id, metadata.get("x_workspace_id") or None)


def _own_scope(claims: Claims, role: str, projects: frozenset[str]) -> Scope:
    if role == DOMAIN_ADMIN:
        return Scope(claims.did)
    if role not in (WORKSPACE_OWNER, WORKSPACE_MEMBER):
        # SYSTEM_TOKEN among them: the type of a token makes it one, not the role in it.
        raise PermissionDenied("The role may not do this.")
    if claims.wid is None:
        raise PermissionDenied("The token names no workspace.")
    return Scope(claims.did, claims.wid, projects if role == WORKSPACE_MEMBER else None)
