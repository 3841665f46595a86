"""Ten times as many calls as fit, on a database that stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.service.flood import Flood, keys
from tests.service.http.asking import asking
from tests.service.stand import NOT_SERVING, SERVING, Stand, frozen, standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVENT = "spaceone.api.monitoring.v1.Event"
FIT = 4 * (1 + 8)


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    with standing(tmp_path, grpc_threads=4, store_timeout_seconds=120) as stand:
        yield stand


def test_all_get_an_answer_and_those_that_do_not_fit_at_once(stand: Stand) -> None:
    running = stand.running
    flood = Flood(running.client.channel, running.webhook())
    stand.wait_for("", SERVING)
    with frozen(stand.mongodb.pid):
        flood.send(*keys(10 * FIT))
        refused = flood.answers(9 * FIT)
        assert {(answer.status, answer.code) for answer in refused} == {
            ("RESOURCE_EXHAUSTED", "ERROR_QUOTA_EXCEEDED")
        }
        assert all("retry_seconds = 1" in answer.details for answer in refused)
        stand.wait_for(EVENT, NOT_SERVING)
        assert asking(running).send("GET", "/healthz").status == 200
        assert flood.unanswered == FIT
    assert {answer.status for answer in flood.answers(FIT)} == {"OK"}
    assert len(running.events()) == FIT
    stand.wait_for("", SERVING)
    flood.send(*keys(FIT, "later"))
    assert {answer.status for answer in flood.answers(FIT)} == {"OK"}
