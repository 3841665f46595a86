"""Keys that change while the service runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from event_service.auth.jwk import VerificationKey, read_keys
from event_service.auth.verification import TokenVerifier
from event_service.errors import AuthenticateFailure
from event_service.loading_cache import LoadingCache
from tests.auth.issuer import DOMAIN, Issuer, rsa_key

if TYPE_CHECKING:
    from tests.clock import Clock


@dataclass
class Domains:
    """The keys of domains as somebody else holds them, and how often that is asked."""

    issuers: dict[str, Issuer]
    asked: list[str] = field(default_factory=list)

    def __call__(self, domain_id: str) -> tuple[VerificationKey, ...] | None:
        self.asked.append(domain_id)
        issuer = self.issuers.get(domain_id)
        return None if issuer is None else read_keys(issuer.jwk())


@pytest.fixture
def domains(issuer: Issuer) -> Domains:
    return Domains({DOMAIN: issuer})


@pytest.fixture
def verifier(domains: Domains, clock: Clock) -> TokenVerifier:
    return TokenVerifier(LoadingCache(domains, clock=clock))


@pytest.mark.parametrize("kid", ["key-2", None])
def test_a_new_key_is_fetched_at_once(
    verifier: TokenVerifier, domains: Domains, clock: Clock, issuer: Issuer, kid: str | None
) -> None:
    old = issuer.token()
    assert verifier.claims(old).did == DOMAIN
    clock.advance(10)
    # With an id the key is seen to be unknown, without one its signature doesn't fit.
    rotated = domains.issuers[DOMAIN] = Issuer(rsa_key("rotated"), kid=kid)
    assert verifier.claims(rotated.token()).did == DOMAIN
    assert domains.asked == [DOMAIN] * 2
    with pytest.raises(AuthenticateFailure):
        verifier.claims(old)


def test_a_domain_that_is_gone_proves_nothing_any_more(
    verifier: TokenVerifier, domains: Domains, clock: Clock, issuer: Issuer
) -> None:
    token = issuer.token()
    assert verifier.claims(token).did == DOMAIN
    del domains.issuers[DOMAIN]
    clock.advance(600)
    with pytest.raises(AuthenticateFailure):
        verifier.claims(token)


@pytest.mark.parametrize("kid", ["key-2", "key-1", None])
def test_forged_tokens_cause_a_fetch_in_ten_seconds(
    verifier: TokenVerifier, domains: Domains, clock: Clock, kid: str | None
) -> None:
    forged = Issuer(rsa_key("stranger"), kid=kid).token()
    for elapsed in range(31):
        with pytest.raises(AuthenticateFailure):
            verifier.claims(forged)
        assert len(domains.asked) == 1 + elapsed // 10
        clock.advance(1)


def test_an_unknown_domain_is_asked_for_once_in_ten_seconds(
    verifier: TokenVerifier, domains: Domains, clock: Clock, issuer: Issuer
) -> None:
    token = issuer.token(did="domain-new")
    for _ in range(5):
        with pytest.raises(AuthenticateFailure):
            verifier.claims(token)
    assert domains.asked == ["domain-new"]
    domains.issuers["domain-new"] = issuer
    clock.advance(10)
    assert verifier.claims(token).did == "domain-new"


def test_good_tokens_cause_no_fetch(
    verifier: TokenVerifier, domains: Domains, clock: Clock, issuer: Issuer
) -> None:
    for _ in range(59):
        assert verifier.claims(issuer.token()).did == DOMAIN
        clock.advance(10)
    assert domains.asked == [DOMAIN]
