"""The service's own key pair, for those who have no identity service."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import time
from typing import TYPE_CHECKING, Final

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from event_service.auth.access import (
    DOMAIN_ADMIN,
    SYSTEM_TOKEN,
    WORKSPACE_MEMBER,
    WORKSPACE_OWNER,
)
from event_service.auth.claims import read_claims
from event_service.auth.jwk import VerificationKey
from event_service.auth.verification import MAX_TOKEN_BYTES
from event_service.errors import AuthenticateFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

ROLES: Final = (DOMAIN_ADMIN, WORKSPACE_OWNER, WORKSPACE_MEMBER, SYSTEM_TOKEN)

_WITH_WORKSPACE: Final = (WORKSPACE_OWNER, WORKSPACE_MEMBER)


class LocalKeyPair:
    """An RSA key in ``auth/key.pem`` of a data directory, made when it isn't there.

    As a KeySource it answers for every domain. Raises OSError when the file can't be read or
    made, ValueError when it holds no RSA key.
    """

    def __init__(self, data_dir: Path, clock: Callable[[], float] = time.time) -> None:
        self._private = _load_or_make(key_file(data_dir))
        self._clock = clock
        self._kid = _thumbprint(self._private.public_key())
        self._keys = (VerificationKey(self._kid, "RS256", self._private.public_key()),)

    def get(self, domain_id: str) -> tuple[VerificationKey, ...]:  # noqa: ARG002
        """See KeySource."""
        return self._keys

    renew = get

    def issue(
        self,
        role: str,
        domain: str,
        *,
        workspace: str | None = None,
        projects: Collection[str] = (),
        permissions: Collection[str] = (),
        ttl: float = 3600,
    ) -> str:
        """A token of ``role``, good for ``ttl`` seconds, with the claims of CONTRACT 2.

        Raises ValueError when the parts don't fit together.
        """
        _check(role, workspace, projects)
        now = int(self._clock())
        system = role == SYSTEM_TOKEN
        claims: dict[str, object] = {
            "iss": "event-service",
            "typ": "SYSTEM_TOKEN" if system else "ACCESS_TOKEN",
            "own": "SYSTEM" if system else "USER",
            "rol": role,
            "did": domain,
            "aud": "event-service-cli",
            "iat": now,
            "exp": now + ttl,
            "jti": secrets.token_hex(16),
            "ver": "2.0",
        }
        optional = {
            "wid": workspace,
            "projects": list(projects),
            "permissions": list(permissions),
        }
        claims |= {name: value for name, value in optional.items() if value}
        try:
            read_claims(claims, self._clock())
        except AuthenticateFailure as fault:
            raise ValueError(f"nobody would take it: {fault.message}") from None
        token = jwt.encode(claims, self._private, algorithm="RS256", headers={"kid": self._kid})
        if len(token) > MAX_TOKEN_BYTES:
            raise ValueError("too many projects or permissions for one token")
        return token


def has_key_pair(data_dir: Path) -> bool:
    """Whether there is a key pair already."""
    return key_file(data_dir).exists()


def key_file(data_dir: Path) -> Path:
    """Where the key pair is, or would be."""
    return data_dir / "auth" / "key.pem"


def _check(role: str, workspace: str | None, projects: Collection[str]) -> None:
    if role not in ROLES:
        raise ValueError(f"the role is none of {', '.join(ROLES)}")
    if (role in _WITH_WORKSPACE) != (workspace is not None) or workspace == "":
        raise ValueError(
            "a workspace goes with WORKSPACE_OWNER and WORKSPACE_MEMBER, and they need one"
        )
    if projects and role != WORKSPACE_MEMBER:
        raise ValueError("projects go with WORKSPACE_MEMBER alone")


def _load_or_make(path: Path) -> rsa.RSAPrivateKey:
    if not path.exists():
        for directory in (path.parents[1], path.parent):  # the mode is that of the last one made
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(path)
    pem = path.read_bytes()
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError(f"{path} holds no RSA key") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError(f"{path} holds no RSA key")  # noqa: TRY004 - its content, not its type
    return key


def _make(path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, doesn't replace the key that another process made meanwhile.
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _thumbprint(key: rsa.RSAPublicKey) -> str:
    """The key's id, from its content (RFC 7638)."""
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(key, as_dict=True)
    required = {name: jwk[name] for name in ("e", "kty", "n")}
    text = json.dumps(required, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
