"""SNS as tests have it: a certificate of their own, messages signed with it, a fetch that tells."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from event_service.bounded_get import Fetched

if TYPE_CHECKING:
    from collections.abc import Mapping

HOST = "https://sns.eu-north-1.amazonaws.com"
CERTIFICATE_URL = f"{HOST}/SimpleNotificationService-0a1b2c3d.pem"
TOPIC = "arn:aws:sns:eu-north-1:123456789012:alarms"
SUBSCRIBE_URL = f"{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f37fb687f"
NOW = datetime(2026, 1, 5, 8)  # noqa: DTZ001 - instants are naive and UTC

# In the words of AWS' documentation, and not of the code under test.
NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | None = None,
    begins: datetime = NOW - timedelta(days=1),
    ends: datetime = NOW + timedelta(days=1),
) -> bytes:
    signer = private or key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(signer.public_key())
        .serial_number(1)
        .not_valid_before(begins.replace(tzinfo=UTC))
        .not_valid_after(ends.replace(tzinfo=UTC))
        .sign(signer, hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.PEM)


def signed(body: Mapping[str, Any], version: str = "2") -> dict[str, Any]:
    """The body with a signature and all that belongs to it."""
    names = NOTIFICATION if body["Type"] == "Notification" else CONFIRMATION
    text = "".join(f"{name}\n{body[name]}\n" for name in names if name in body)
    algorithm = hashes.SHA1() if version == "1" else hashes.SHA256()  # noqa: S303 - as SNS does
    signature = key().sign(text.encode(), padding.PKCS1v15(), algorithm)
    return {
        **body,
        "SignatureVersion": version,
        "Signature": base64.b64encode(signature).decode(),
        "SigningCertURL": CERTIFICATE_URL,
    }


def notification(**fields: Any) -> dict[str, Any]:
    return {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Subject": "Grüße",
        "Message": 'two\nlines "and" more',
        "Timestamp": "2026-01-05T08:00:00.000Z",
        **fields,
    }


def subscription(**fields: Any) -> dict[str, Any]:
    return {
        "Type": "SubscriptionConfirmation",
        "MessageId": "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
        "Token": "2336412f37fb687f",
        "TopicArn": TOPIC,
        "Message": "You have chosen to subscribe to the topic.",
        "SubscribeURL": SUBSCRIBE_URL,
        "Timestamp": "2026-01-05T08:00:00.000Z",
        **fields,
    }


@dataclass
class Web:
    """What there is to fetch, and what was asked for. An address without a page has no answer."""

    pages: dict[str, Fetched] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, url: str) -> Fetched:
        self.asked.append(url)
        if url not in self.pages:
            raise OSError("no route to host")
        return self.pages[url]


def web_of_sns() -> Web:
    return Web(
        {
            CERTIFICATE_URL: Fetched(200, certificate()),
            SUBSCRIBE_URL: Fetched(200, b"<ConfirmSubscriptionResponse/>"),
        }
    )
