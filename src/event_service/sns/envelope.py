"""The part of an envelope that SNS signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from event_service.errors import PermissionDenied

if TYPE_CHECKING:
    from collections.abc import Mapping

SUBSCRIPTION: Final = "SubscriptionConfirmation"

_CONFIRMED: Final = (
    *("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
)
_SIGNED: Final = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    SUBSCRIPTION: _CONFIRMED,
    "UnsubscribeConfirmation": _CONFIRMED,
}
_OPTIONAL: Final = "Subject"


def signed_text(body: Mapping[str, Any]) -> str:
    """What SNS signs: the names and values of these fields, in this order, a line for each.

    Raises PermissionDenied when one of them is missing or no text.
    """
    kind = body.get("Type")
    fields = _SIGNED.get(kind) if isinstance(kind, str) else None
    if fields is None:
        raise PermissionDenied("The SNS message is of no type that is signed.")
    lines = []
    for name in fields:
        value = body.get(name)
        if value is None and name == _OPTIONAL:
            continue
        if not isinstance(value, str):
            raise PermissionDenied(f"The SNS message lacks what is signed. (key = {name})")
        lines += [name, value]
    return "".join(f"{line}\n" for line in lines)
