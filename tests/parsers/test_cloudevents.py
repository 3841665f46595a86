"""CloudEvents 1.0 in structured mode."""

from base64 import b64encode
from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers import alertmanager, direct, github, google_monitoring, kubernetes
from event_service.parsers.cloudevents import SOURCE
from event_service.parsers.seam import Source
from tests.parsers.drafts import BODIES, drafts, own, read


def firing(**attributes: Any) -> dict[str, Any]:
    body: dict[str, Any] = read(BODIES / "cloudevents" / "firing.json")
    return body | attributes


def test_an_alert_in_an_envelope() -> None:
    assert own(SOURCE, "firing") == EventDraft(
        event_key="https://sensors.example/plant/7|boiler-2|example.sensors.overheated",
        event_type=EventType.ALERT,
        title="Boiler 2 is too hot",
        severity=Severity.CRITICAL,
        description="It has 96 degrees, the limit is 90.",
        rule="example.sensors.overheated",
        resources=("boiler-2",),
        additional_info={
            "plant": "7",
            "hall": "B",
            "url": "https://sensors.example/boilers/2",
            "source": "https://sensors.example/plant/7",
            "type": "example.sensors.overheated.firing",
            "subject": "boiler-2",
            "dataschema": "https://sensors.example/schemas/overheated/1",
        },
        occurred_at=datetime(2024, 5, 6, 7, 30, 0, 500_000),  # noqa: DTZ001 - naive UTC is meant
    )


def test_the_type_for_its_end_recovers_it() -> None:
    resolved = own(SOURCE, "resolved")
    assert resolved.event_type is EventType.RECOVERY
    assert resolved.event_key == own(SOURCE, "firing").event_key


@pytest.mark.parametrize("word", ["acknowledged", "updated", "Escalated", "reopened", "repeated"])
def test_the_type_for_what_goes_on_keeps_its_key(word: str) -> None:
    (draft,) = drafts(SOURCE, firing(type=f"example.sensors.overheated.{word}"))
    assert draft.event_type is EventType.ALERT
    assert draft.event_key == own(SOURCE, "firing").event_key


def test_an_envelope_about_anything_is_an_event_too() -> None:
    draft = own(SOURCE, "object_stored")
    assert draft.title == draft.rule == "example.storage.object.written"
    assert (draft.event_type, draft.severity) == (EventType.ALERT, Severity.INFO)
    assert draft.resources == ()


def test_our_own_shape_as_its_data_is_kept() -> None:
    data = {
        "event_key": "k",
        "event_type": "recovery",
        "title": "t",
        "severity": "not_available",
        "resource": {"resource_id": "i-1", "name": "web-3"},
        "rule": "r",
        "provider": "aws",
        "account": "123",
        "image_url": "https://x.example/a.png",
        "occurred_at": "2024-05-06",
        "additional_info": {"a": 1},
    }
    (draft,) = drafts(SOURCE, firing(data=data))
    assert (draft.event_key, draft.event_type) == ("k", EventType.RECOVERY)
    assert (draft.severity, draft.resources) == (Severity.NOT_AVAILABLE, ("web-3",))
    assert (draft.rule, draft.provider, draft.account) == ("r", "aws", "123")
    assert draft.occurred_at == datetime(2024, 5, 6)  # noqa: DTZ001
    assert draft.additional_info["a"] == "1"
    (listed,) = drafts(SOURCE, firing(data={"resources": ["a", "b"]}))
    assert listed.resources == ("a", "b")


def test_several_events_of_our_own_shape_as_its_data_are_as_many() -> None:
    data = {"results": [{"title": "a", "event_key": "k"}, {"title": "b"}]}
    assert drafts(SOURCE, firing(data=data)) == drafts(direct.SOURCE, data)


def test_data_may_be_a_text_of_json() -> None:
    (draft,) = drafts(SOURCE, firing(data='{"title": "t", "state": "resolved"}'))
    assert (draft.title, draft.event_type) == ("t", EventType.RECOVERY)


def test_data_may_be_in_base64() -> None:
    data = b64encode(b'{"title": "t", "state": "resolved"}').decode()
    event = {name: value for name, value in firing().items() if name != "data"}
    (draft,) = drafts(SOURCE, event | {"data_base64": data})
    assert (draft.title, draft.event_type) == ("t", EventType.RECOVERY)


@pytest.mark.parametrize(
    "source", [alertmanager.SOURCE, github.SOURCE, kubernetes.SOURCE], ids=lambda each: each.name
)
def test_the_body_of_another_sender_as_its_data_is_what_it_is_alone(source: Source) -> None:
    """Knative's sources of Kubernetes and GitHub send such events."""
    for path in sorted((BODIES / source.name).glob("*.json")):
        alone = drafts(source, read(path))
        assert drafts(SOURCE, firing(data=read(path))) == alone
        assert drafts(SOURCE, firing(data=path.read_text(encoding="utf-8"))) == alone


def test_the_record_of_an_event_that_was_deleted_is_no_event() -> None:
    """Knative tells of it an hour later, when the cluster forgets the event."""
    data = read(BODIES / "kubernetes" / "node_not_ready.json")
    kind = "dev.knative.apiserver.resource"
    assert drafts(SOURCE, firing(type=f"{kind}.delete", data=data)) == []
    assert len(drafts(SOURCE, firing(type=f"{kind}.update", data=data))) == 1
    assert len(drafts(SOURCE, firing(type=f"{kind}.delete"))) == 1


def test_what_pub_sub_has_of_google_monitoring_as_its_data() -> None:
    """As Eventarc sends it on."""
    told = (BODIES / "google_monitoring" / "closed.json").read_bytes()
    data = {"message": {"data": b64encode(told).decode(), "messageId": "1"}}
    assert drafts(SOURCE, firing(data=data)) == [own(google_monitoring.SOURCE, "closed")]


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("fatal", Severity.CRITICAL),
        ("Error", Severity.ERROR),
        ("WARN", Severity.WARNING),
        ("debug", Severity.INFO),
        (None, Severity.NONE),
        ("purple", Severity.NOT_AVAILABLE),
    ],
)
def test_severities(word: str | None, severity: Severity) -> None:
    (draft,) = drafts(SOURCE, firing(data={"severity": word}))
    assert draft.severity is severity


def test_a_repetition_is_no_news() -> None:
    assert drafts(SOURCE, firing(id="other", traceparent="00-1")) == drafts(SOURCE, firing())


@pytest.mark.parametrize(
    "wrong", [{"specversion": "0.3"}, {"specversion": 1.0}, {"id": ""}, {"type": None}]
)
def test_only_whole_envelopes_are_recognised(wrong: dict[str, Any]) -> None:
    assert not SOURCE.recognises(firing(**wrong))
