"""What the service itself lists, beside what the database holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc
from google.protobuf.json_format import MessageToDict, ParseDict

from chaos.calls import RECORDED
from chaos.stand import NoReturn
from event_service.stubs.spaceone.api.monitoring.v1 import event_pb2, event_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chaos.journal import Sent
    from chaos.stand import Stand

MOST_ASKED = 200
"""The newest of what was acknowledged, which is what a fault could have taken away."""
LIST_SECONDS = 60.0


def unlisted(sent: Sequence[Sent], stand: Stand) -> tuple[str, ...]:
    """What was acknowledged last and the service's ``list`` doesn't show (CONTRACT 5).

    Raises NoReturn.
    """
    recorded = (one.call for one in sent if one.acknowledged and one.call.kind in RECORDED)
    asked = [call.says for call in recorded][-MOST_ASKED:]
    query = {
        "filter": [{"k": "additional_info.says", "v": asked, "o": "in"}],
        "only": ["event_id", "additional_info"],
        "page": {"limit": 10 * MOST_ASKED},
    }
    with grpc.insecure_channel(stand.service.grpc_address) as channel:
        try:
            answer = event_pb2_grpc.EventStub(channel).list(
                ParseDict({"query": query}, event_pb2.EventQuery()),
                metadata=(("token", stand.token()),),
                timeout=LIST_SECONDS,
            )
        except grpc.RpcError as error:
            raise NoReturn(f"the service lists nothing: {error.code().name}") from error
    listed = MessageToDict(answer, preserving_proto_field_name=True).get("results", [])
    shown = {event["additional_info"]["says"] for event in listed}
    return tuple(says for says in asked if says not in shown)
