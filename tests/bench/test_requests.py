"""The bodies that the bench sends."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from itertools import islice

import pytest

from bench.alarm import PLACE, alarm, create_request
from bench.requests import MIXED_KEYS, Mixed, NewKeys, Template, mixed_key
from bench.seeding import CALLER, EVENTS_OF_ALERT, Stored, documents
from event_service.normalise import normalise
from event_service.parsers.registry import ParserRegistry, installed_sources
from event_service.stubs.spaceone.api.monitoring.v1.event_pb2 import CreateEventRequest


def _template(event_type: str = "ALERT") -> Template:
    return Template.of(create_request("webhook-1", "secret", alarm(PLACE, 1, event_type)))


def _read(body: bytes) -> tuple[str, str]:
    data = CreateEventRequest.FromString(body).data
    return str(data["event_key"]), str(data["event_type"])


@pytest.mark.parametrize("kibibytes", [1, 10, 100])
def test_an_alarm_has_its_size_and_is_understood(kibibytes: int) -> None:
    body = alarm("a-key", kibibytes)
    assert kibibytes * 1024 - 100 < len(json.dumps(body)) <= kibibytes * 1024
    registry = ParserRegistry(installed_sources())
    assert registry.source_of(body).name == "direct"
    (result,) = registry.read(None, body, {}).results
    normalised = normalise(result)
    assert normalised.notes == ()
    assert normalised.draft.event_key == "a-key"


def test_new_keys_never_come_twice() -> None:
    requests = NewKeys(_template())
    bodies = [*islice(requests.bodies(), 100), *islice(requests.bodies(), 100)]
    assert len({_read(body) for body in bodies}) == 200


def test_a_mix_is_mostly_duplicates_with_some_recoveries() -> None:
    bodies = islice(Mixed(_template(), _template("RECOVERY")).bodies(), 10_000)
    known = {mixed_key(number) for number in range(MIXED_KEYS)}
    kinds = Counter((key in known, kind) for key, kind in map(_read, bodies))
    assert kinds.keys() == {(True, "ALERT"), (True, "RECOVERY"), (False, "ALERT")}
    assert kinds[True, "ALERT"] == pytest.approx(8_000, abs=300)
    assert kinds[True, "RECOVERY"] == pytest.approx(500, abs=150)


@pytest.mark.parametrize(("all_callers", "part"), [(False, 0.1), (True, 1.0)])
def test_of_the_stored_events_the_caller_has_its_share(*, all_callers: bool, part: float) -> None:
    stored = Stored(3_000, 10, all_callers=all_callers)
    made = list(documents(stored, range(3_000), datetime(2026, 1, 1)))  # noqa: DTZ001
    assert sum(one["domain_id"] == CALLER for one in made) == 3_000 * part
    assert len({one["event_id"] for one in made}) == 3_000
    assert made == sorted(made, key=lambda one: one["created_at"])
    alerts = stored.caller_alerts(1_000)
    assert len(alerts) == 100 * part
    for alert in alerts:
        of_alert = [one for one in made if one["event_key"] == f"seed-{alert}"]
        assert {one["domain_id"] for one in of_alert} == {CALLER}
        assert len(of_alert) == EVENTS_OF_ALERT
    sizes = [len(json.dumps(one["raw_data"])) for one in made]
    assert max(sizes[:2_000]) <= 1024
    assert min(sizes[2_000:]) > 9_000
