"""Docker Hub's webhook."""

from datetime import datetime

from event_service.draft import EventDraft, EventType, Severity
from event_service.normalise import normalise
from event_service.parsers.dockerhub import SOURCE
from tests.parsers.drafts import compared, drafts, expected, needs_payloads, own, recorded


def test_a_push_of_a_tag() -> None:
    assert own(SOURCE, "push") == EventDraft(
        event_key="616d4f861541e85c1874780363269e17",
        event_type=EventType.ALERT,
        title="New image tag(2.4.1) has been pushed to acme/shop",
        severity=Severity.INFO,
        description="New image tag(2.4.1) has been pushed to acme/shop",
        resources=("acme/shop:2.4.1",),
        additional_info={
            "repo_url": "https://registry.example/r/acme/shop",
            "repo_name": "acme/shop",
            "namespace": "acme",
            "tag": "2.4.1",
            "pusher": "ada",
        },
        occurred_at=datetime(2024, 5, 6, 7, 30),  # noqa: DTZ001 - naive UTC is meant
    )


def test_each_tag_is_a_key_of_its_own() -> None:
    other = own(SOURCE, "push_without_pusher")
    assert other.event_key != own(SOURCE, "push").event_key
    assert other.resources == ("acme/shop:latest",)


def test_a_push_without_a_tag_still_names_its_repository() -> None:
    body = {"push_data": {"tag": None}, "repository": {"repo_name": "acme/shop"}}
    (draft,) = drafts(SOURCE, body)
    assert draft.title == "New image has been pushed to acme/shop"


def test_a_push_to_a_repository_without_a_name_still_has_a_title() -> None:
    (result,) = SOURCE.parse({"push_data": {"tag": "2.4.1"}, "repository": {}}, {})
    assert normalise(result).draft.title == "New image tag(2.4.1) has been pushed"


def test_other_pushes_are_not_recognised() -> None:
    assert not SOURCE.recognises({"push_data": {"tag": "1"}, "repository": {"name": "shop"}})
    assert not SOURCE.recognises({"repository": {"repo_name": "acme/shop"}})


@needs_payloads
def test_agrees_with_spaceones_plugin() -> None:
    draft = recorded(SOURCE, "dockerhub/1")
    assert compared(draft) == compared(expected("dockerhub/1"))
    assert draft.title == expected("dockerhub/1").title
    assert draft.description == expected("dockerhub/1").description
    assert draft.occurred_at == expected("dockerhub/1").occurred_at
    assert draft.additional_info == expected("dockerhub/1").additional_info
