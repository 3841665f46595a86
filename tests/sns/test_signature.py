"""Whether SNS sent a message."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from event_service.bounded_get import Fetched
from event_service.errors import PermissionDenied, Unavailable
from event_service.sns.certificates import Certificates
from event_service.sns.signature import SignatureCheck
from tests.sns.signing import (
    CERTIFICATE_URL,
    NOW,
    Web,
    certificate,
    notification,
    signed,
    subscription,
    web_of_sns,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

BODIES = {
    "notification": notification(),
    "without a subject": {k: v for k, v in notification().items() if k != "Subject"},
    "subscription": subscription(),
    "unsubscription": subscription(Type="UnsubscribeConfirmation"),
}

each_body = pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
each_version = pytest.mark.parametrize("version", ["1", "2"])


@pytest.fixture
def web() -> Web:
    return web_of_sns()


@pytest.fixture
def check(web: Web) -> SignatureCheck:
    return SignatureCheck(Certificates(web), lambda: NOW)


def refused(check: SignatureCheck, body: Mapping[str, Any]) -> str:
    with pytest.raises(PermissionDenied) as caught:
        check(body)
    return caught.value.message


@each_version
@each_body
def test_what_sns_signed(check: SignatureCheck, body: dict[str, Any], version: str) -> None:
    check(signed(body, version))


@each_version
@each_body
def test_what_was_changed_after_it_was_signed(
    check: SignatureCheck, body: dict[str, Any], version: str
) -> None:
    before = signed(body, version)
    for name in body:
        changed = {**before, name: f"{before[name]}x"}
        assert "not" in refused(check, changed) or name == "Type"
        without = {k: v for k, v in before.items() if k != name}
        refused(check, without)


def test_a_subject_of_null_is_no_subject(check: SignatureCheck) -> None:
    without = signed({k: v for k, v in notification().items() if k != "Subject"})
    check({**without, "Subject": None})
    assert "signature" in refused(check, {**without, "Subject": ""})


def test_a_field_of_another_type_does_not_pass_for_its_text(check: SignatureCheck) -> None:
    body = signed(notification(Message="5"))
    check(body)
    assert "key = Message" in refused(check, {**body, "Message": 5.0})


def test_fields_that_are_not_signed_may_change(check: SignatureCheck) -> None:
    check({**signed(notification()), "UnsubscribeURL": "https://evil.example/"})


def test_a_signature_of_the_other_version(check: SignatureCheck) -> None:
    refused(check, {**signed(notification(), "1"), "SignatureVersion": "2"})
    refused(check, {**signed(notification(), "2"), "SignatureVersion": "1"})


@pytest.mark.parametrize("version", [None, "", "3", 1.0, 2, [], {}, True])
def test_other_versions(check: SignatureCheck, web: Web, version: object) -> None:
    refused(check, {**signed(notification()), "SignatureVersion": version})
    assert web.asked == []


@pytest.mark.parametrize("signature", [None, "", "AAAA", "not base64!", "é", 5, ["a"], {}])
def test_what_is_no_signature(check: SignatureCheck, signature: object) -> None:
    refused(check, {**signed(notification()), "Signature": signature})


@pytest.mark.parametrize(
    "url",
    [
        None,
        5,
        ["https://sns.us-east-1.amazonaws.com"],
        CERTIFICATE_URL.replace("https:", "http:"),
        CERTIFICATE_URL.replace(".com/", ".com.evil.example/"),
        CERTIFICATE_URL.replace("https://", "https://user@"),
        CERTIFICATE_URL.replace(".com/", ".com:8443/"),
        "https://127.0.0.1/SimpleNotificationService-0f.pem",
    ],
)
def test_certificates_of_others_are_not_even_fetched(
    check: SignatureCheck, web: Web, url: object
) -> None:
    refused(check, {**signed(notification()), "SigningCertURL": url})
    assert web.asked == []


def test_a_certificate_of_another_key(check: SignatureCheck, web: Web) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    web.pages[CERTIFICATE_URL] = Fetched(200, certificate(other))
    assert "signature" in refused(check, signed(notification()))


def test_a_certificate_of_another_kind_of_key(check: SignatureCheck, web: Web) -> None:
    web.pages[CERTIFICATE_URL] = Fetched(200, certificate(ec.generate_private_key(ec.SECP256R1())))
    assert "not RSA" in refused(check, signed(notification()))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("a003020102", "a003020109"),  # the tenth version of X.509
        ("06092a864886f70d010101", "06092a864886f70d010163"),  # a kind of key that is none
        ("0203010001", "0203010000"),  # an RSA key with an even exponent
    ],
)
def test_a_certificate_that_cannot_be_read(
    check: SignatureCheck, web: Web, ours: str, theirs: str
) -> None:
    whole = x509.load_pem_x509_certificate(certificate()).public_bytes(Encoding.DER)
    odd = whole.replace(bytes.fromhex(ours), bytes.fromhex(theirs))
    assert odd != whole
    text = base64.encodebytes(odd).decode()
    page = f"-----BEGIN CERTIFICATE-----\n{text}-----END CERTIFICATE-----\n"
    web.pages[CERTIFICATE_URL] = Fetched(200, page.encode())
    assert "certificate" in refused(check, signed(notification()))


def test_a_certificate_whose_time_is_over_or_to_come(web: Web) -> None:
    day = timedelta(days=1)
    for begins, ends in ((NOW - 2 * day, NOW - day), (NOW + day, NOW + 2 * day)):
        web.pages[CERTIFICATE_URL] = Fetched(200, certificate(begins=begins, ends=ends))
        check = SignatureCheck(Certificates(web), lambda: NOW)
        assert "not valid now" in refused(check, signed(notification()))


@pytest.mark.parametrize(
    "page",
    [
        Fetched(200, b""),
        Fetched(200, b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        Fetched(404, certificate()),
        Fetched(403, certificate()),
        # Nothing is followed.
        Fetched(302, certificate()),
    ],
)
def test_what_is_no_certificate(check: SignatureCheck, web: Web, page: Fetched) -> None:
    web.pages[CERTIFICATE_URL] = page
    refused(check, signed(notification()))
    assert web.asked == [CERTIFICATE_URL]


def test_a_certificate_is_fetched_once(check: SignatureCheck, web: Web) -> None:
    for _ in range(3):
        check(signed(notification()))
    assert web.asked == [CERTIFICATE_URL]


@pytest.mark.parametrize("page", [None, Fetched(503, b""), Fetched(429, b"")])
def test_a_certificate_that_cannot_be_had_now(web: Web, page: Fetched | None) -> None:
    if page is None:
        del web.pages[CERTIFICATE_URL]
    else:
        web.pages[CERTIFICATE_URL] = page
    seconds = [0.0]
    check = SignatureCheck(Certificates(web, clock=lambda: seconds[0]), lambda: NOW)
    with pytest.raises(Unavailable):
        check(signed(notification()))
    web.pages[CERTIFICATE_URL] = Fetched(200, certificate())
    seconds[0] = 60.0
    check(signed(notification()))
