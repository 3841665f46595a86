"""Whether SNS sent a message: SignatureVersion 1 and 2, as AWS describes them."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from event_service.errors import PermissionDenied
from event_service.sns.envelope import signed_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from cryptography import x509

    from event_service.sns.certificates import Certificates

# SNS signs with SHA-1 unless the topic's owner chose otherwise.
_HASHES: Final[Mapping[object, hashes.HashAlgorithm]] = {
    "1": hashes.SHA1(),  # noqa: S303 - to verify, never to sign
    "2": hashes.SHA256(),
}


class SignatureCheck:
    """Checks envelopes. ``clock`` gives UTC without an offset: certificates end."""

    def __init__(self, certificates: Certificates, clock: Callable[[], datetime]) -> None:
        self._certificates = certificates
        self._clock = clock

    def __call__(self, body: Mapping[str, Any]) -> None:
        """Raises PermissionDenied unless SNS signed it, Unavailable when that can't be told."""
        version = body.get("SignatureVersion")
        algorithm = _HASHES.get(version) if isinstance(version, str) else None
        if algorithm is None:
            raise _refused("SignatureVersion is neither 1 nor 2")
        signature = _decoded(body.get("Signature"))
        signed = signed_text(body).encode("utf-8", "surrogatepass")
        key = self._key(body.get("SigningCertURL"))
        try:
            key.verify(signature, signed, padding.PKCS1v15(), algorithm)
        except (InvalidSignature, UnsupportedAlgorithm):
            raise _refused("the signature is not of this message") from None

    def _key(self, url: object) -> RSAPublicKey:
        certificate = self._certificates.get(url) if isinstance(url, str) else None
        if certificate is None:
            raise _refused("SigningCertURL names no certificate of SNS")
        if not self._is_valid(certificate):
            raise _refused("the certificate is not valid now")
        try:
            key = certificate.public_key()
        except (ValueError, UnsupportedAlgorithm):
            raise _refused("the certificate's key is none") from None
        if not isinstance(key, RSAPublicKey):
            raise _refused("the certificate's key is not RSA")
        return key

    def _is_valid(self, certificate: x509.Certificate) -> bool:
        begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        return begins.replace(tzinfo=None) <= self._clock() <= ends.replace(tzinfo=None)


def _decoded(signature: object) -> bytes:
    if not isinstance(signature, str):
        raise _refused("there is no Signature")
    try:
        return base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        raise _refused("the Signature is not base64") from None


def _refused(reason: str) -> PermissionDenied:
    return PermissionDenied(f"The SNS message is not believed. (reason = {reason})")
