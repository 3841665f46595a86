"""What a token must be like to prove anything (CONTRACT 2)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from event_service.auth.verification import MAX_TOKEN_BYTES, TokenVerifier
from event_service.errors import AuthenticateFailure
from tests.auth.fixed_keys import FixedKeys
from tests.auth.issuer import DOMAIN, Issuer, claims, rsa_key, segment

if TYPE_CHECKING:
    from tests.clock import Clock

NOW = int(time.time())


@pytest.fixture
def keys(issuer: Issuer) -> FixedKeys:
    return FixedKeys(domain_a=issuer, domain_b=Issuer(rsa_key("domain-b")))


@pytest.fixture
def verifier(keys: FixedKeys) -> TokenVerifier:
    return TokenVerifier(keys)


def refusal(verifier: TokenVerifier, token: str) -> str:
    """Why a token is refused, in words that show nothing of it."""
    with pytest.raises(AuthenticateFailure) as caught:
        verifier.claims(token)
    message = caught.value.message
    for part in token.split("."):
        assert len(part) < 4 or part[:8] not in message
    assert DOMAIN not in message
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return message


def test_a_good_token(verifier: TokenVerifier, issuer: Issuer) -> None:
    found = verifier.claims(issuer.token())
    assert (found.did, found.rol, found.typ) == (DOMAIN, "DOMAIN_ADMIN", "ACCESS_TOKEN")


def test_a_token_without_a_key_id_as_spaceone_makes_them() -> None:
    plain = Issuer(rsa_key("domain-a"))
    assert TokenVerifier(FixedKeys(domain_a=plain)).claims(plain.token()).did == DOMAIN
    with_kid = Issuer(plain.key, kid="key-9")
    assert TokenVerifier(FixedKeys(domain_a=plain)).claims(with_kid.token()).did == DOMAIN
    assert TokenVerifier(FixedKeys(domain_a=with_kid)).claims(plain.token()).did == DOMAIN


def test_a_key_of_another_id_is_not_tried() -> None:
    one, other = (Issuer(rsa_key("domain-a"), kid=kid) for kid in ("key-1", "key-2"))
    assert refusal(TokenVerifier(FixedKeys(domain_a=one)), other.token()) == "Token is not valid."


@pytest.mark.parametrize(
    ("private", "algorithm"),
    [
        (ec.generate_private_key(ec.SECP256R1()), "ES256"),
        (ed25519.Ed25519PrivateKey.generate(), "EdDSA"),
    ],
    ids=["ES256", "EdDSA"],
)
def test_other_keys_where_the_jwk_says_so(
    private: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey, algorithm: str
) -> None:
    other = Issuer(private, algorithm)
    assert TokenVerifier(FixedKeys(domain_a=other)).claims(other.token()).did == DOMAIN
    # The same token proves nothing where the domain's key is of another type.
    rsa_only = TokenVerifier(FixedKeys(domain_a=Issuer(rsa_key("domain-a"))))
    assert refusal(rsa_only, other.token()) == "Token is not valid."


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": NOW - 1}, "expired"),
        ({"exp": NOW - 3600}, "expired"),
        ({"iat": NOW + 3600}, "not valid yet"),
        ({"nbf": NOW + 3600}, "not valid yet"),
        ({"exp": None}, "claim = exp"),
        ({"exp": str(NOW + 600)}, "claim = exp"),
        ({"exp": True}, "claim = exp"),
        ({"exp": float("inf")}, "claim = exp"),
        ({"exp": float("nan")}, "claim = exp"),
        ({"exp": [NOW + 600]}, "claim = exp"),
        ({"iat": None}, "claim = iat"),
        ({"iat": "now"}, "claim = iat"),
        ({"did": None}, "claim = did"),
        ({"did": ""}, "claim = did"),
        ({"did": f"{DOMAIN}\n"}, "claim = did"),
        ({"did": "domain-\ud800"}, "claim = did"),
        ({"did": [DOMAIN]}, "claim = did"),
        ({"did": "d" * 257}, "claim = did"),
        ({"ver": None}, "claim = ver"),
        ({"ver": "2020-12-07"}, "claim = ver"),
        ({"ver": 2.0}, "claim = ver"),
        ({"typ": None}, "claim = typ"),
        ({"typ": "REFRESH_TOKEN"}, "claim = typ"),
        ({"typ": "API_KEY"}, "claim = typ"),
        ({"own": None}, "claim = own"),
        ({"own": "SYSTEM"}, "claim = own"),
        ({"typ": "SYSTEM_TOKEN"}, "claim = own"),
        ({"typ": "CLIENT_SECRET"}, "claim = own"),
        ({"typ": "SYSTEM_TOKEN", "own": "SYSTEM", "did": None}, "claim = did"),
        ({"typ": "SYSTEM_TOKEN", "own": "SYSTEM", "exp": 0}, "expired"),
        ({"rol": ["DOMAIN_ADMIN"]}, "claim = rol"),
        ({"projects": "project-a"}, "claim = projects"),
        ({"projects": [1]}, "claim = projects"),
        ({"permissions": {"monitoring": True}}, "claim = permissions"),
    ],
)
def test_claims_that_are_refused(
    verifier: TokenVerifier,
    keys: FixedKeys,
    issuer: Issuer,
    changes: dict[str, object],
    reason: str,
) -> None:
    assert reason in refusal(verifier, issuer.token(**changes))
    assert keys.asked == []


def test_a_clock_up_to_a_minute_ahead_is_forgiven(verifier: TokenVerifier, issuer: Issuer) -> None:
    now = int(time.time())
    assert verifier.claims(issuer.token(iat=now + 50, nbf=now + 50)).iat == now + 50


def test_an_expiry_is_taken_at_its_word(keys: FixedKeys, issuer: Issuer) -> None:
    token = issuer.token(iat=5000, exp=5600)
    assert TokenVerifier(keys, lambda: 5599.9).claims(token).exp == 5600
    assert "expired" in refusal(TokenVerifier(keys, lambda: 5600.0), token)
    assert "yet" in refusal(TokenVerifier(keys, lambda: 4939.0), token)


def test_what_was_proven_ends_when_it_says(keys: FixedKeys, issuer: Issuer, clock: Clock) -> None:
    verifier = TokenVerifier(keys, clock)
    token = issuer.token(iat=1000, exp=1600)
    assert verifier.claims(token).exp == 1600
    clock.advance(600)
    assert "expired" in refusal(verifier, token)


def test_a_system_token_may_do_without_an_expiry(verifier: TokenVerifier, issuer: Issuer) -> None:
    token = issuer.token(typ="SYSTEM_TOKEN", own="SYSTEM", rol=None, exp=None)
    assert verifier.claims(token).exp is None


def test_the_key_of_another_domain(verifier: TokenVerifier) -> None:
    other = Issuer(rsa_key("domain-b"), kid="key-1")
    assert refusal(verifier, other.token()) == "Token is not valid."


def test_an_unknown_domain_looks_like_a_wrong_signature(
    verifier: TokenVerifier, issuer: Issuer
) -> None:
    assert refusal(verifier, issuer.token(did="domain-nowhere")) == "Token is not valid."


def test_an_unknown_key_id(verifier: TokenVerifier, issuer: Issuer) -> None:
    stranger = Issuer(issuer.key, kid="key-2")
    assert refusal(verifier, stranger.token()) == "Token is not valid."


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None, "RS512", "PS256", 7, []])
def test_algorithms_that_no_key_has(
    verifier: TokenVerifier, keys: FixedKeys, issuer: Issuer, algorithm: object
) -> None:
    signed = issuer.token().split(".")
    header: dict[str, Any] = {"typ": "JWT", "kid": "key-1", "alg": algorithm}
    for signature in ("", signed[2]):
        token = ".".join([segment(header), signed[1], signature])
        assert refusal(verifier, token) == "Token is not valid."
    assert keys.asked == []


def test_a_token_without_an_algorithm(verifier: TokenVerifier) -> None:
    token = ".".join([segment({"typ": "JWT"}), segment(claims()), ""])
    assert refusal(verifier, token) == "Token is not valid."


@pytest.mark.parametrize("form", ["pem", "der", "n"])
def test_hmac_with_the_public_key_as_secret(
    verifier: TokenVerifier, issuer: Issuer, form: str
) -> None:
    public = issuer.key.public_key()
    spki = PublicFormat.SubjectPublicKeyInfo
    secret = {
        "pem": public.public_bytes(Encoding.PEM, spki),
        "der": public.public_bytes(Encoding.DER, spki),
        "n": str(issuer.jwk()["n"]).encode(),
    }[form]
    signed = f"{segment({'alg': 'HS256', 'typ': 'JWT', 'kid': 'key-1'})}.{segment(claims())}"
    signature = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    assert refusal(verifier, f"{signed}.{segment(signature)}") == "Token is not valid."


def test_a_signature_of_another_content(verifier: TokenVerifier, issuer: Issuer) -> None:
    header, _, signature = issuer.token(rol="WORKSPACE_MEMBER").split(".")
    assert refusal(verifier, f"{header}.{segment(claims())}.{signature}") == "Token is not valid."


def test_a_key_that_the_token_brings_along(verifier: TokenVerifier) -> None:
    stranger = Issuer(rsa_key("stranger"))
    brought = {"jwk": stranger.jwk(), "kid": "key-1", "jku": "http://127.0.0.1/keys"}
    token = jwt.encode(claims(), stranger.key, "RS256", brought)
    assert refusal(verifier, token) == "Token is not valid."


def test_a_truncated_token(verifier: TokenVerifier, issuer: Issuer) -> None:
    token = issuer.token()
    for length in {*range(1, len(token), 7), len(token) - 1}:
        refusal(verifier, token[:length])


def test_a_token_of_a_megabyte_is_not_even_looked_at(
    verifier: TokenVerifier, keys: FixedKeys, issuer: Issuer
) -> None:
    token = issuer.token(projects=["p" * 200] * 5000)
    assert len(token) > 1024 * 1024
    assert refusal(verifier, token) == "Token is not valid."
    assert refusal(verifier, "a" * (MAX_TOKEN_BYTES + 1)) == "Token is not valid."
    assert keys.asked == []


@pytest.mark.parametrize(
    "token",
    [
        ".",
        "..",
        "...",
        "a.b.c",
        "\N{SNOWMAN}.\N{SNOWMAN}.\N{SNOWMAN}",
        "\ud800",
        f"{segment([])}.{segment({})}.",
        f"{segment({'alg': 'RS256'})}.{segment([])}.",
        f"{segment({'alg': 'RS256'})}.{segment(b'7' * 5000)}.",
        f"{segment({'alg': 'RS256'})}.{segment(b'[' * 6000)}.",
        f"{segment(b'[' * 6000)}.{segment({})}.",
        f"{segment(bytes([255, 254]))}.{segment({})}.",
        f"{segment({'alg': 'RS256', 'kid': 7})}.{segment(claims())}.",
        f"{segment({'alg': 'RS256', 'b64': False, 'crit': ['b64']})}..",
        f"{segment({'alg': 'RS256', 'crit': ['x']})}.{segment(claims())}.",
    ],
)
def test_what_is_no_token(verifier: TokenVerifier, keys: FixedKeys, token: str) -> None:
    assert refusal(verifier, token) == "Token is not valid."
    assert keys.asked in ([], [DOMAIN])


def test_a_changed_signature(verifier: TokenVerifier, issuer: Issuer) -> None:
    head, body, signature = issuer.token().split(".")
    raw = bytearray(base64.urlsafe_b64decode(signature + "=="))
    for place in (0, 100, 255):
        changed = bytes([*raw[:place], raw[place] ^ 1, *raw[place + 1 :]])
        assert refusal(verifier, f"{head}.{body}.{segment(changed)}") == "Token is not valid."
