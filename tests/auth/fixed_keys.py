"""A KeySource that knows what it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from event_service.auth.jwk import read_keys

if TYPE_CHECKING:
    from event_service.auth.jwk import VerificationKey
    from tests.auth.issuer import Issuer


class FixedKeys:
    """The keys of the given issuers, by domain; counts how often it is asked."""

    def __init__(self, **issuers: Issuer) -> None:
        self._keys = {name.replace("_", "-"): read_keys(i.jwk()) for name, i in issuers.items()}
        self.asked: list[str] = []

    def get(self, domain_id: str) -> tuple[VerificationKey, ...] | None:
        self.asked.append(domain_id)
        return self._keys.get(domain_id)

    def renew(self, domain_id: str) -> tuple[VerificationKey, ...] | None:
        return self._keys.get(domain_id)
