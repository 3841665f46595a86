"""A call that failed leaves nothing in memory, however long Python doesn't look for garbage."""

from __future__ import annotations

import gc
import weakref
from types import FrameType
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from event_service.errors import NotFound, Unavailable, Unforeseen
from event_service.manager.group_commit import GroupCommit
from event_service.plugins.client import Place, PluginClient
from event_service.plugins.faults import PluginSilent
from event_service.servicer.edge import Edge
from event_service.servicer.faults import answered
from event_service.under_way import Arrival, Transport
from tests.eventually import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.service.running import Running, Start, Webhook

_ARRIVAL = Arrival("/a.Service/method", Transport.GRPC, {})


class _Body:
    """What a call has brought."""


@pytest.fixture(scope="module")
def running(start_module: Start) -> Running:
    return start_module()


@pytest.fixture(scope="module")
def webhook(running: Running) -> Webhook:
    return running.webhook()


@pytest.fixture(autouse=True)
def _no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def _is_held(function: Any) -> bool:
    """Whether what the function has worked with is in memory."""
    code = function.__code__
    # By its type itself: isinstance fails at a proxy of what is gone, which others may have left.
    return any(type(one) is FrameType and one.f_code is code for one in gc.get_objects())


@pytest.mark.parametrize(
    ("method", "body", "token"),
    [
        ("create", b"\x0a\x01x\x12\x01y\x1a\x00", "none"),  # no such webhook
        ("create", b"\xff\xff", "none"),  # damaged
        ("list", b"", "of.no.use"),
        ("get", b"\x12\x01x", ""),
    ],
)
def test_a_refused_call(running: Running, method: str, body: bytes, token: str) -> None:
    path = f"/spaceone.api.monitoring.v1.Event/{method}"
    call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = running.client.channel.unary_unary(path)
    metadata = (("token", token),) if token else running.client.metadata
    with pytest.raises(grpc.RpcError):
        call(body, metadata=metadata, timeout=60)
    eventually(lambda: not _is_held(Edge._answer))  # noqa: SLF001


def test_a_wrong_key(running: Running, webhook: Webhook) -> None:
    params = {"webhook_id": webhook.webhook_id, "access_key": "wrong", "data": {}}
    assert running.client.call("create", params).status == "PERMISSION_DENIED"
    eventually(lambda: not _is_held(Edge._answer))  # noqa: SLF001


def _raised(_items: Sequence[_Body], _seconds: float) -> Sequence[Exception]:
    raise Unavailable("The database does not answer.")


def _given(items: Sequence[_Body], _seconds: float) -> Sequence[Exception]:
    return [NotFound("key", "value") for _ in items]


@pytest.mark.parametrize("work", [_raised, _given])
def test_a_fault_of_a_batch(
    work: Callable[[Sequence[_Body], float], Sequence[Exception]],
) -> None:
    commit: GroupCommit[_Body, None] = GroupCommit(work, 60, 1)
    brought = []

    def bring() -> None:
        body = _Body()
        brought.append(weakref.ref(body))
        commit.do(body)

    with pytest.raises((Unavailable, NotFound)):
        answered(_ARRIVAL, bring)
    assert brought[0]() is None


@pytest.mark.usefixtures("log")
def test_a_fault_that_is_no_callers() -> None:
    brought = []

    def work() -> None:
        body = _Body()
        brought.append(weakref.ref(body))
        raise ZeroDivisionError

    with pytest.raises(Unforeseen):
        answered(_ARRIVAL, work)
    assert brought[0]() is None


def test_a_plugin_that_does_not_answer() -> None:
    client = PluginClient(0.1)
    with pytest.raises(PluginSilent):
        client.parse(Place("plugin-x", "grpc://127.0.0.1:9"), {}, {})
    client.close()
    assert not _is_held(PluginClient._send)  # noqa: SLF001
