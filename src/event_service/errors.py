"""Every fault a caller can see: one class per row of CONTRACT 1.5.

A fault is raised where the fact is known and carries its own gRPC status and error code; the
edges (``servicer.edge``, ``http``) turn it into an answer, and ``servicer.faults`` turns what
else is raised into one of these.
"""

from __future__ import annotations

from typing import ClassVar

import grpc

_LONGEST_MESSAGE = 2_000
"""Bytes. gRPC carries a message in a header, up to three times as long, of 8 KiB at most."""


class ServiceError(Exception):
    """A fault with a status, a code and a message that may be shown to the caller.

    A message that repeats more of what a caller sent than goes over the wire is cut.
    """

    status: ClassVar[grpc.StatusCode] = grpc.StatusCode.INTERNAL
    code: ClassVar[str] = "ERROR_UNKNOWN"

    def __init__(self, message: str) -> None:
        self.message = _cut(message)
        super().__init__(self.message)

    @property
    def details(self) -> str:
        """What goes over the wire: ``ERROR_CODE: message`` (clients split at the first colon)."""
        return f"{self.code}: {self.message}"


def _cut(message: str) -> str:
    if len(message) <= _LONGEST_MESSAGE // 4:
        return message
    encoded = message.encode("utf-8", "replace")
    if len(encoded) <= _LONGEST_MESSAGE:
        return message
    return encoded[:_LONGEST_MESSAGE].decode("utf-8", "ignore") + "..."


class InvalidArgument(ServiceError):
    """What the caller sent is wrong."""

    status = grpc.StatusCode.INVALID_ARGUMENT
    code = "ERROR_INVALID_PARAMETER"


class RequiredParameter(InvalidArgument):
    """A parameter is missing; the message names it."""

    code = "ERROR_REQUIRED_PARAMETER"

    def __init__(self, key: str) -> None:
        super().__init__(f"Required parameter. (key = {key})")
        self.key = key


class InvalidParameter(InvalidArgument):
    """A parameter has a value that can't be meant; the message names it and says why."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"Parameter is invalid. (key = {key}, reason = {reason})")
        self.key = key


class InvalidParameterType(InvalidArgument):
    """A parameter has a value of the wrong type."""

    code = "ERROR_INVALID_PARAMETER_TYPE"

    def __init__(self, key: str, expected: str) -> None:
        super().__init__(f"Parameter type is invalid. (key = {key}, type = {expected})")
        self.key = key


class _OperatorValue(InvalidArgument):
    expected: ClassVar[str]

    def __init__(self, operator: str, key: str) -> None:
        super().__init__(
            f"Operator value must be {self.expected}. (operator = {operator}, key = {key})"
        )
        self.key = key


class OperatorValueType(_OperatorValue):
    """A filter operator got a value that it doesn't take."""

    code = "ERROR_OPERATOR_VALUE_TYPE"
    expected = "a single value that the operator takes"


class OperatorListValueType(_OperatorValue):
    """A filter operator that takes a list got something else."""

    code = "ERROR_OPERATOR_LIST_VALUE_TYPE"
    expected = "a list"


class OperatorBooleanType(_OperatorValue):
    """A filter operator that takes true or false got something else."""

    code = "ERROR_OPERATOR_BOOLEAN_TYPE"
    expected = "a boolean"


class OperatorDictValueType(_OperatorValue):
    """A filter operator that takes an object got something else."""

    code = "ERROR_OPERATOR_DICT_VALUE_TYPE"
    expected = "an object"


class WebhookDisabled(InvalidArgument):
    """The webhook exists and the key is right, but it takes no events now."""

    code = "ERROR_WEBHOOK_STATE_DISABLED"

    def __init__(self, webhook_id: str) -> None:
        super().__init__(f"Webhook is disabled. (webhook_id = {webhook_id})")


class NotFound(ServiceError):
    """It is not there, or not the caller's: the two look the same from outside."""

    status = grpc.StatusCode.NOT_FOUND
    code = "ERROR_NOT_FOUND"

    def __init__(self, key: str, value: str) -> None:
        super().__init__(f"Resource not found. ({key} = {value})")


class AuthenticateFailure(ServiceError):
    """No token, or one that proves nothing."""

    status = grpc.StatusCode.UNAUTHENTICATED
    code = "ERROR_AUTHENTICATE_FAILURE"


class PermissionDenied(ServiceError):
    """Known who it is, but it may not."""

    status = grpc.StatusCode.PERMISSION_DENIED
    code = "ERROR_PERMISSION_DENIED"


class QuotaExceeded(ServiceError):
    """More than a limit allows; the message says which limit, of what, and when to try again."""

    status = grpc.StatusCode.RESOURCE_EXHAUSTED
    code = "ERROR_QUOTA_EXCEEDED"

    def __init__(self, scope: str, limit: float, retry_seconds: int = 0) -> None:
        super().__init__(
            f"Quota exceeded. (scope = {scope}, limit = {limit}, retry_seconds = {retry_seconds})"
        )
        self.limit = limit
        self.retry_seconds = retry_seconds


class TooLarge(QuotaExceeded):
    """A request or its answer is larger than a limit: the same again will be refused again."""


class DeadlineExceeded(ServiceError):
    """The query took longer in the database than it may."""

    status = grpc.StatusCode.DEADLINE_EXCEEDED
    code = "ERROR_DEADLINE_EXCEEDED"

    def __init__(self) -> None:
        super().__init__("The query took longer in the database than it may.")


class CallerGone(ServiceError):
    """Nobody waits for the answer any longer, so the work was not started: for the log only."""

    status = grpc.StatusCode.CANCELLED
    code = "ERROR_CANCELLED"

    def __init__(self) -> None:
        super().__init__("The caller has gone. Nothing was changed.")


class Unavailable(ServiceError):
    """A store is down; the call is not done, at least not all of it, and may be sent again."""

    status = grpc.StatusCode.UNAVAILABLE
    code = "ERROR_UNAVAILABLE"


class Unforeseen(ServiceError):
    """A fault nobody foresaw. The caller gets an id that the log has too, and nothing else."""

    def __init__(self, fault_id: str) -> None:
        super().__init__(f"Unforeseen fault, please report its id. (fault_id = {fault_id})")
        self.fault_id = fault_id


class Stopped(ServiceError):
    """The service was told to end at once; what became of the call is not known.

    Not UNAVAILABLE, which is never answered after all was stored (CONTRACT 1.6).
    """

    def __init__(self) -> None:
        super().__init__("The service was stopped before the call ended.")
