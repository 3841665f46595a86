"""What the service itself shows, beside what the database holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import grpc
from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct

from chaos.calls import RECORDED
from chaos.stand import NoReturn
from event_service.stubs.spaceone.api.monitoring.v1 import event_pb2, event_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from chaos.journal import Sent
    from chaos.stand import Stand

MOST_ASKED = 200
"""The newest of what was acknowledged, which is what a fault could have taken away."""
MOST_GOT = 10
LIST_SECONDS = 60.0
MOST_BYTES = 256 * 1024 * 1024


class Shown(NamedTuple):
    """What is wrong with what the service shows: see ``Findings``."""

    unlisted: tuple[str, ...]
    not_whole: tuple[str, ...]


def shown(sent: Sequence[Sent], stand: Stand) -> Shown:
    """Ask the service's ``list`` and ``get`` for what was acknowledged last (CONTRACT 5).

    Raises NoReturn.
    """
    asked = _newest([one for one in sent if one.acknowledged and one.call.kind in RECORDED])
    query = {
        "filter": [{"k": "additional_info.says", "v": list(asked), "o": "in"}],
        "page": {"limit": 10 * MOST_ASKED},
    }
    metadata = (("token", stand.token()),)
    options = (("grpc.max_receive_message_length", MOST_BYTES),)
    with grpc.insecure_channel(stand.service.grpc_address, options=options) as channel:
        stub = event_pb2_grpc.EventStub(channel)
        try:
            listed = stub.list(
                ParseDict({"query": query}, event_pb2.EventQuery()),
                metadata=metadata,
                timeout=LIST_SECONDS,
            ).results
            got = [
                stub.get(
                    event_pb2.EventRequest(event_id=event.event_id),
                    metadata=metadata,
                    timeout=LIST_SECONDS,
                )
                for event in listed[:MOST_GOT]
            ]
        except grpc.RpcError as error:
            raise NoReturn(f"the service shows nothing: {error.code().name}") from error
    return Shown(
        unlisted=tuple(asked.keys() - {_says(event) for event in listed}),
        not_whole=tuple(_not_whole(asked, [*listed, *got])),
    )


def _newest(recorded: Sequence[Sent]) -> Mapping[str, Sent]:
    """By what they say: what was said last, and what the last calls said last."""
    of_calls = list({one.call.delivery: one for one in recorded}.values())
    newest = (*of_calls[-MOST_ASKED:], *recorded[-MOST_ASKED:])
    return {one.call.says: one for one in newest}


def _not_whole(asked: Mapping[str, Sent], events: Iterable[event_pb2.EventInfo]) -> list[str]:
    sent = {says: ParseDict(one.body, Struct()) for says, one in asked.items()}
    return [
        _says(event)
        for event in events
        if _says(event) in sent and event.raw_data != sent[_says(event)]
    ]


def _says(event: event_pb2.EventInfo) -> str:
    return str(event.additional_info["says"])
