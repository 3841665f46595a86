"""The only addresses of a body that are ever fetched: two kinds, of SNS itself.

Each is matched as a whole and before anything takes it apart, so that no two readings of a URL
can differ. Bodies name anything: other hosts, other schemes, users, ports and paths never match.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs

# A region, and no bucket's name: sns.s3-us-west-2.amazonaws.com would be a bucket called sns.
_REGION: Final = r"[a-z]{2}(?:-[a-z]{3,12}){1,3}-[0-9]{1,2}"
_HOST: Final = (
    rf"sns\.(?:{_REGION}\.amazonaws\.com|cn-[a-z]{{3,12}}-[0-9]{{1,2}}\.amazonaws\.com\.cn)"
)

_CERTIFICATE: Final = re.compile(
    rf"https://{_HOST}/SimpleNotificationService-[0-9A-Za-z]{{1,64}}\.pem"
)
_SUBSCRIBE: Final = re.compile(rf"https://{_HOST}/\?(?P<query>[0-9A-Za-z%=&._~:+-]{{1,2000}})")


def is_certificate_url(url: str) -> bool:
    """Whether it is where SNS keeps a certificate that it signs with."""
    return _CERTIFICATE.fullmatch(url) is not None


def is_subscribe_url(url: str, topic_arn: str) -> bool:
    """Whether it confirms a subscription of this topic at SNS, and does nothing else."""
    found = _SUBSCRIBE.fullmatch(url)
    if found is None:
        return False
    said = parse_qs(found["query"], keep_blank_values=True)
    (token, *more) = said.pop("Token", [""])
    wanted = {"Action": ["ConfirmSubscription"], "TopicArn": [topic_arn]}
    return said == wanted and token != "" and not more
