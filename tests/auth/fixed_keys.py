"""A KeySource that knows what it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from event_service.auth.jwk import read_keys
from event_service.auth.keys import matching

if TYPE_CHECKING:
    from event_service.auth.jwk import VerificationKey
    from tests.auth.issuer import Issuer


class FixedKeys:
    """The keys of the given issuers, by domain; counts how often it is asked."""

    def __init__(self, **issuers: Issuer) -> None:
        self._keys = {name.replace("_", "-"): read_keys(i.jwk()) for name, i in issuers.items()}
        self.asked: list[str] = []

    def keys(self, domain_id: str, kid: str | None) -> tuple[VerificationKey, ...]:
        self.asked.append(domain_id)
        return matching(self._keys.get(domain_id, ()), kid)

    def renewed(self, domain_id: str, kid: str | None) -> tuple[VerificationKey, ...]:
        return matching(self._keys.get(domain_id, ()), kid)
