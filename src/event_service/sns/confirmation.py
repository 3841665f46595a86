"""Says yes to SNS when a topic wants to send to a webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from event_service.errors import PermissionDenied, Unavailable
from event_service.sns.addresses import is_subscribe_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from event_service.sns.fetch import Fetch

_log = structlog.get_logger(__name__)


def confirm_subscription(fetch: Fetch, webhook_id: str, body: Mapping[str, Any]) -> None:
    """Fetch the SubscribeURL of an envelope.

    Raises PermissionDenied, and fetches nothing, when it is not of SNS; Unavailable when SNS does
    not answer: it then sends the request again. The Token stays out of the log.
    """
    url, topic = body.get("SubscribeURL"), body.get("TopicArn")
    if not isinstance(url, str) or not isinstance(topic, str):
        raise PermissionDenied("The SNS message has no SubscribeURL or TopicArn.")
    if not is_subscribe_url(url, topic):
        raise PermissionDenied("SubscribeURL does not confirm this topic's subscription at SNS.")
    log = _log.bind(webhook_id=webhook_id, topic=topic)
    try:
        fetched = fetch(url)
    except OSError as fault:
        log.warning("subscription not confirmed", fault=type(fault).__name__)
        raise Unavailable("SNS does not answer the confirmation now.") from None
    if fetched.is_transient:
        log.warning("subscription not confirmed", status=fetched.status)
        raise Unavailable("SNS does not answer the confirmation now.")
    if fetched.is_ok:
        log.info("subscription confirmed")
    else:
        # Sending it again would not help: the Token is too old, or was never given.
        log.warning("subscription not confirmed", status=fetched.status)
