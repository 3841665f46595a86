"""Checks of what somebody wants a webhook to be."""

from __future__ import annotations

from event_service.errors import InvalidParameter, RequiredParameter

_LONGEST_NAME = 255


def required(key: str, value: str) -> str:
    """The value, trimmed. Raises RequiredParameter when nothing is left, InvalidParameter when it
    is longer than 255 characters or holds what can't be printed.
    """
    text = value.strip()
    if not text:
        raise RequiredParameter(key)
    if len(text) > _LONGEST_NAME:
        raise InvalidParameter(key, f"longer than {_LONGEST_NAME} characters")
    if not text.isprintable():
        raise InvalidParameter(key, "holds characters that can't be printed")
    return text


def optional(key: str, value: str) -> str:
    """As ``required``, but nothing may be left."""
    return required(key, value) if value.strip() else ""
