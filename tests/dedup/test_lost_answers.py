"""What a cluster is asked: each thing once, whatever becomes of the answer (CONTRACT 4.5)."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from redis import Redis

from event_service.dedup.claims import Claims
from event_service.dedup.decision import UNKNOWN, Proposal, Verdict
from event_service.dedup.gate import RedisGate
from event_service.dedup.key import DedupKey
from event_service.store_clients import connect_redis
from tests.redis_servers import cluster_of_one, free_port
from tests.silent_redis import silent_after

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from structlog.typing import EventDict

    from event_service.settings import Settings

ASKED = [
    (
        DedupKey(f"domain-{number}", "workspace-1", "project-1", "k1"),
        Proposal(
            recovers=False,
            ends_claim=False,
            always_record=False,
            never_record=False,
            fingerprint="f1",
            alert_id=f"alert-{number}",
            event_id=f"event-{number}",
            window_ms=600_000,
            at_ms=1_000,
        ),
    )
    for number in range(9)
]

ONE_DECISION = b"*13\r\n$7\r\nEVALSHA"
"""How it begins: no other command that only speaks of it has that."""


@contextmanager
def cluster_silent_after(
    directory: Path, sent: bytes, settings: Settings
) -> Iterator[tuple[Claims, list[bytes]]]:
    """Claims in a cluster that leaves what begins so unanswered, and all that it left so."""
    with (
        silent_after(0, sent) as silent,
        cluster_of_one(directory, "--cluster-announce-port", str(silent.port)) as port,
    ):
        silent.behind = port
        with closing(connect_redis(f"redis+cluster://127.0.0.1:{silent.port}", settings)) as client:
            yield Claims(client, "test", RedisGate()), silent.unanswered


def test_a_decision_without_an_answer_is_not_asked_for_again(
    tmp_path: Path, store_settings: Settings
) -> None:
    with cluster_silent_after(tmp_path / "node", ONE_DECISION, store_settings) as (claims, left):
        assert claims.decide(ASKED) == [UNKNOWN] * len(ASKED)
        assert len(left) == 1


def test_orphans_without_an_answer_are_not_asked_for_again(
    tmp_path: Path, store_settings: Settings
) -> None:
    with cluster_silent_after(tmp_path / "node", b"HGETALL", store_settings) as (claims, left):
        assert claims.orphans(before_ms=1) == []
        assert len(left) == 1


def test_a_server_is_asked_for_nothing_but_decisions(
    redis_cluster_port: int, store_settings: Settings
) -> None:
    with (
        Redis(port=redis_cluster_port) as node,
        closing(
            connect_redis(f"redis+cluster://127.0.0.1:{redis_cluster_port}", store_settings)
        ) as client,
    ):
        claims = Claims(client, f"test-{uuid4().hex}", RedisGate())
        claims.load()
        node.config_resetstat()
        assert {one.verdict for one in claims.decide(ASKED)} == {Verdict.OPEN}
        asked = node.info("commandstats")
    assert asked["cmdstat_evalsha"]["calls"] == len(ASKED)
    assert not [name for name in asked if name.startswith("cmdstat_command")]


def test_a_redis_that_is_away_is_told_of_once(
    store_settings: Settings, log: list[EventDict]
) -> None:
    with closing(connect_redis(f"redis://127.0.0.1:{free_port()}", store_settings)) as client:
        claims = Claims(client, "test", RedisGate(pause=0))
        assert [claims.orphans(before_ms=1) for _ in range(2)] == [[], []]
    assert [line["log_level"] for line in log] == ["warning"]
