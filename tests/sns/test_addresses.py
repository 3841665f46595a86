"""No address but two of SNS' own is ever fetched."""

from __future__ import annotations

import pytest

from event_service.sns.addresses import is_certificate_url, is_subscribe_url
from tests.sns.signing import CERTIFICATE_URL, SUBSCRIBE_URL, TOPIC

HOSTS = [
    "sns.us-east-1.amazonaws.com",
    "sns.ap-southeast-2.amazonaws.com",
    "sns.us-gov-west-1.amazonaws.com",
    "sns.cn-north-1.amazonaws.com.cn",
    "sns.cn-northwest-1.amazonaws.com.cn",
]
WRONG_BEGINNINGS = [
    "http://sns.us-east-1.amazonaws.com",
    "HTTPS://sns.us-east-1.amazonaws.com",
    "ftp://sns.us-east-1.amazonaws.com",
    "file:///sns.us-east-1.amazonaws.com",
    "//sns.us-east-1.amazonaws.com",
    "sns.us-east-1.amazonaws.com",
    " https://sns.us-east-1.amazonaws.com",
    "https:/sns.us-east-1.amazonaws.com",
    "https:\\\\sns.us-east-1.amazonaws.com",
    "https://sns.us-east-1.amazonaws.com.evil.example",
    "https://sns.us-east-1.amazonaws.com.cn",
    "https://sns.cn-north-1.amazonaws.com.cn.evil.example",
    "https://evil.example/sns.us-east-1.amazonaws.com",
    "https://evil.example#sns.us-east-1.amazonaws.com",
    "https://evil.example?sns.us-east-1.amazonaws.com",
    "https://evil.example\\.sns.us-east-1.amazonaws.com",
    "https://evilsns.us-east-1.amazonaws.com",
    "https://evil.sns.us-east-1.amazonaws.com",
    "https://sns.us-east-1.amazonawsXcom",
    "https://sns.us-east-1.amazonaws.evil.com",
    "https://sns-us-east-1.amazonaws.com",
    "https://sns.amazonaws.com",
    "https://sns..amazonaws.com",
    # A bucket may be called sns.
    "https://sns.s3.amazonaws.com",
    "https://sns.s3-us-west-2.amazonaws.com",
    "https://sns.s3-website-us-west-2.amazonaws.com",
    "https://sns.us-east-1.s3.amazonaws.com",
    "https://s3.us-east-1.amazonaws.com",
    "https://127.0.0.1",
    "https://[::1]",
    "https://169.254.169.254",
    "https://2130706433",
    "https://localhost",
    "https://sns.us-east-1.amazonaws.com:443",
    "https://sns.us-east-1.amazonaws.com:8443",
    "https://sns.us-east-1.amazonaws.com:",
    "https://user@sns.us-east-1.amazonaws.com",
    "https://user:password@sns.us-east-1.amazonaws.com",
    "https://sns.us-east-1.amazonaws.com@evil.example",
    "https://sns.us-east-1.amazonaws.com%2f@evil.example",
    "https://sns.us-east-1.amazonaws.com\t.evil.example",
    "https://sns.us-east-1.amazonaws.com\n.evil.example",
    "https://sns.us-east-1\u3002amazonaws.com",
    "https://sns.us-east-\u0661.amazonaws.com",
    "https://\uff53ns.us-east-1.amazonaws.com",
    "https://SNS.us-east-1.amazonaws.com",
]


@pytest.mark.parametrize("host", HOSTS)
def test_hosts_of_sns(host: str) -> None:
    assert is_certificate_url(f"https://{host}/SimpleNotificationService-0f.pem")
    query = f"Action=ConfirmSubscription&TopicArn={TOPIC}&Token=abc"
    assert is_subscribe_url(f"https://{host}/?{query}", TOPIC)


@pytest.mark.parametrize("beginning", WRONG_BEGINNINGS)
def test_other_hosts(beginning: str) -> None:
    assert not is_certificate_url(f"{beginning}/SimpleNotificationService-0f.pem")
    query = f"Action=ConfirmSubscription&TopicArn={TOPIC}&Token=abc"
    assert not is_subscribe_url(f"{beginning}/?{query}", TOPIC)


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "/",
        "/SimpleNotificationService-.pem",
        "/SimpleNotificationService-0f.pem?x=1",
        "/SimpleNotificationService-0f.pem#x",
        "/SimpleNotificationService-0f.pem\n",
        "/SimpleNotificationService-0f.pem/..",
        "/../SimpleNotificationService-0f.pem",
        "/SimpleNotificationService-../0f.pem",
        "/simplenotificationservice-0f.pem",
        "/other.pem",
        f"/SimpleNotificationService-{'0' * 65}.pem",
    ],
)
def test_other_paths_of_certificates(rest: str) -> None:
    assert not is_certificate_url(f"https://sns.us-east-1.amazonaws.com{rest}")


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "/",
        "/?",
        f"/?Action=Unsubscribe&TopicArn={TOPIC}&Token=a",
        f"/?Action=ConfirmSubscription&Action=Unsubscribe&TopicArn={TOPIC}&Token=a",
        f"/?Action=ConfirmSubscription&TopicArn={TOPIC}",
        f"/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=",
        f"/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=a&Token=b",
        f"/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=a&Endpoint=b",
        f"/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=a&x=",
        f"/?Action=ConfirmSubscription&TopicArn={TOPIC}x&Token=a",
        f"/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=a#b",
        f"/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=a b",
        f"/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=a\r\nHost: evil.example",
        f"/path?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=a",
        f"?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=a",
        f"/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token={'a' * 2000}",
    ],
)
def test_other_actions_than_the_confirmation(rest: str) -> None:
    assert not is_subscribe_url(f"https://sns.us-east-1.amazonaws.com{rest}", TOPIC)


def test_a_topic_may_be_escaped() -> None:
    escaped = SUBSCRIBE_URL.replace("arn:aws:sns:", "arn%3Aaws%3Asns%3A")
    assert escaped != SUBSCRIBE_URL
    assert is_subscribe_url(escaped, TOPIC)
    assert is_certificate_url(CERTIFICATE_URL)
