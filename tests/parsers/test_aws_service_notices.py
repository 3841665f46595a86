"""What RDS, DMS and ElastiCache tell an SNS topic, on bodies after their documented forms."""

import json
from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers.aws_sns import SOURCE
from tests.parsers.drafts import BODIES, drafts, own, read

ACCOUNT = "210987654321"
DATABASE = f"arn:aws:rds:eu-west-1:{ACCOUNT}:db:shop-db"
TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:databases"


def body(name: str) -> Any:
    return read(BODIES / "aws_sns" / f"{name}.json")


def changed(**fields: Any) -> EventDraft:
    """The event of an RDS notice that says something else."""
    envelope = body("rds_notice")
    message = json.loads(envelope["Message"]) | {
        name.replace("_", " "): said for name, said in fields.items()
    }
    (draft,) = drafts(SOURCE, envelope | {"Message": json.dumps(message)})
    return draft


def test_a_notice_of_rds() -> None:
    draft = own(SOURCE, "rds_notice")
    assert draft == EventDraft(
        event_key=draft.event_key,
        event_type=EventType.ALERT,
        title="DB instance restarted",
        severity=Severity.NONE,
        description="DB instance restarted",
        rule="RDS-EVENT-0006",
        resources=("shop-db",),
        provider="aws",
        account=ACCOUNT,
        additional_info={
            "TopicArn": TOPIC,
            "region": "eu-west-1",
            "subject": "RDS Notification Message",
            "event_source": "db-instance",
            "source_arn": DATABASE,
            "link": "https://console.aws.example/rds/home?region=eu-west-1#dbinstance:id=shop-db",
        },
        occurred_at=datetime(2024, 7, 1, 10, 0, 5, 250_000),  # noqa: DTZ001 - naive UTC is meant
    )


def test_what_happens_again_to_a_source_has_its_key() -> None:
    key = own(SOURCE, "rds_notice").event_key
    assert changed(Event_Time="2024-07-01 11:00:00.000").event_key == key
    assert changed(Event_Message="DB instance restarted again").event_key == key
    moved = "https://docs.aws.example/elsewhere.html#RDS-EVENT-0006"
    assert changed(Event_ID=moved).event_key == key


@pytest.mark.parametrize(
    "fields",
    [
        {"Event_Source": "db-cluster"},
        {"Source_ARN": f"{DATABASE}-2", "Source_ID": "shop-db-2"},
        {"Source_ARN": None, "Source_ID": "shop-db-2"},
        {"Event_ID": "http://docs.aws.example/USER_Events.html#RDS-EVENT-0001"},
    ],
)
def test_another_source_or_event_has_another_key(fields: dict[str, Any]) -> None:
    assert changed(**fields).event_key != own(SOURCE, "rds_notice").event_key


def test_another_topic_has_another_key() -> None:
    envelope = body("rds_notice") | {"TopicArn": f"{TOPIC}-2"}
    assert drafts(SOURCE, envelope)[0].event_key != own(SOURCE, "rds_notice").event_key


def test_a_notice_of_dms_names_its_source_another_way() -> None:
    draft = changed(
        Source_ID=None, Source_ARN=None, SourceId="shop-copy", Event_Message="It failed.\nNo room."
    )
    assert (draft.resources, draft.account) == (("shop-copy",), ACCOUNT)
    assert (draft.title, draft.description) == ("It failed.", "It failed.\nNo room.")


def test_a_notice_without_an_envelope() -> None:
    (draft,) = drafts(SOURCE, json.loads(body("rds_notice")["Message"]))
    assert (draft.title, draft.account) == ("DB instance restarted", ACCOUNT)


def test_elasticaches_own_form() -> None:
    draft = own(SOURCE, "elasticache_notice")
    assert draft.title == "ElastiCache:CacheNodeReplaceStarted : shop-cache"
    assert (draft.rule, draft.resources) == ("ElastiCache:CacheNodeReplaceStarted", ("shop-cache",))
    assert draft.occurred_at == datetime(2024, 7, 1, 10, 0, 6, 500_000)  # noqa: DTZ001
    other = body("elasticache_notice")
    other["Message"] = other["Message"].replace("shop-cache", "cart-cache")
    assert drafts(SOURCE, other)[0].event_key != draft.event_key


@pytest.mark.parametrize(
    "message",
    [{"Event Message": "m"}, {"Event Source": "db-instance"}, {"ElastiCache:X": {"a": 1}}],
)
def test_any_other_object_is_a_text(message: dict[str, Any]) -> None:
    (draft,) = drafts(SOURCE, body("rds_notice") | {"Message": json.dumps(message)})
    assert draft.title == "RDS Notification Message"
