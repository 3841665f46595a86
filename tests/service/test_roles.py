"""Each role against each method (CONTRACT 2), over a real channel, and what the log says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.auth.issuer import Issuer, rsa_key
from tests.service.crowd import Crowd, crowded
from tests.service.running import Answer, Metadata, call_event
from tests.service.tenants import (
    ADMIN,
    EVERYBODY,
    MEMBER,
    MEMBER_OF_NONE,
    OWNER,
    SYSTEM,
    SYSTEM_IN_WORKSPACE,
    Who,
)
from tests.service.webhook_calls import REQUESTS, call_webhook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from event_service.settings import Settings
    from event_service.stores import Stores

READS = ("get", "list", "stat")
WRITES = tuple(sorted(set(REQUESTS) - set(READS)))
ON_ONE = ("update", "update_plugin", "verify_plugin", "enable", "disable", "delete")
STAT = {"query": {"distinct": "project_id"}}


@pytest.fixture(scope="module")
def bad_tokens() -> list[str]:
    """Every token that was refused, for the search through the log."""
    return []


@pytest.fixture(scope="module")
def crowd(
    stores: Stores,
    redis_url: str,
    store_settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
    bad_tokens: list[str],
) -> Iterator[Crowd]:
    directory = tmp_path_factory.mktemp("roles")
    with crowded(stores, redis_url, store_settings, directory) as crowd:
        yield crowd
        logs = crowd.process.log()
        assert "/spaceone.api.monitoring.v1.Webhook/update_plugin" in logs
        assert bad_tokens
        for secret in (*crowd.secrets(), *bad_tokens):
            assert secret not in logs
            assert secret.rpartition(".")[2] not in logs, "nor the signature alone"


@pytest.fixture(scope="module")
def issuer(crowd: Crowd) -> Issuer:
    """Signs any claims with the key that the service trusts."""
    pem = (crowd.process.process.data_dir / "auth" / "key.pem").read_bytes()
    key = load_pem_private_key(pem, password=None)
    assert isinstance(key, RSAPrivateKey)
    return Issuer(key)


def webhook(crowd: Crowd, method: str, metadata: Metadata, **params: Any) -> Answer:
    return call_webhook(crowd.process.channel, method, metadata, **params)


def stored(crowd: Crowd, *webhook_ids: str) -> list[dict[str, Any]]:
    found = crowd.database["webhook"].find({"webhook_id": {"$in": list(webhook_ids)}})
    return sorted(found, key=lambda document: document["webhook_id"])


@pytest.mark.parametrize("who", [who for who in EVERYBODY if who is not ADMIN])
def test_writes_reach_the_callers_own_alone(crowd: Crowd, who: Who) -> None:
    foreign = crowd.of("webhook", who, seen=False)
    before = stored(crowd, *foreign)
    for webhook_id in foreign:
        for method in ON_ONE:
            answer = webhook(crowd, method, crowd.metadata[who], webhook_id=webhook_id)
            assert answer.code == "ERROR_NOT_FOUND"
            unknown = webhook(crowd, method, crowd.metadata[who], webhook_id="webhook-unknown")
            assert answer.details.replace(webhook_id, "") == unknown.details.replace(
                "webhook-unknown", ""
            ), "what is another's looks like what isn't there"
    assert stored(crowd, *foreign) == before
    for webhook_id in crowd.of("webhook", who):
        for method, state in (("disable", "DISABLED"), ("enable", "ENABLED")):
            answer = webhook(crowd, method, crowd.metadata[who], webhook_id=webhook_id)
            assert answer.body["state"] == state
        tags = webhook(
            crowd, "update", crowd.metadata[who], webhook_id=webhook_id, tags={"by": who.role}
        )
        assert tags.body["tags"] == {"by": who.role}
    assert stored(crowd, *foreign) == before


@pytest.mark.parametrize("method", WRITES)
def test_an_admin_of_a_domain_changes_no_webhook(crowd: Crowd, method: str) -> None:
    webhook_ids = crowd.of("webhook", ADMIN)
    before = stored(crowd, *webhook_ids)
    params = {"name": "x", "project_id": "project-1"} if method == "create" else {}
    if not params:
        params = {"webhook_id": webhook_ids[0]}
    answer = webhook(crowd, method, crowd.metadata[ADMIN], **params)
    assert answer.code == "ERROR_PERMISSION_DENIED"
    assert stored(crowd, *webhook_ids) == before


@pytest.mark.parametrize(
    ("who", "project", "code"),
    [
        (OWNER, "project-1", ""),
        (OWNER, "project-new", ""),
        (MEMBER, "project-2", ""),
        (MEMBER, "project-3", "ERROR_PERMISSION_DENIED"),
        (MEMBER_OF_NONE, "project-1", "ERROR_PERMISSION_DENIED"),
        (SYSTEM_IN_WORKSPACE, "project-1", ""),
        (SYSTEM, "project-1", "ERROR_REQUIRED_PARAMETER"),
    ],
)
def test_create_is_in_the_callers_scope(crowd: Crowd, who: Who, project: str, code: str) -> None:
    name = f"by {who.role} in {project}"
    answer = webhook(crowd, "create", crowd.metadata[who], name=name, project_id=project)
    assert answer.code == code
    if code:
        assert crowd.database["webhook"].count_documents({"name": name}) == 0
        assert "workspace_id" in answer.details or who is not SYSTEM
        return
    created = answer.body
    crowd.keys[created["webhook_id"]] = created["access_key"]
    assert (created["domain_id"], created["workspace_id"], created["project_id"]) == (
        who.domain_id,
        who.workspace_id,
        project,
    )
    assert (
        webhook(crowd, "delete", crowd.metadata[who], webhook_id=created["webhook_id"]).status
        == "OK"
    )


def every_call(crowd: Crowd, metadata: Metadata) -> dict[str, Answer]:
    """The answers of all methods that need a token, by their names."""
    mine = crowd.of("webhook", OWNER)[0]
    event = crowd.of("event", OWNER)[0]
    answers = {
        "Event.get": call_event(crowd.process.channel, "get", metadata, event_id=event),
        "Event.list": call_event(crowd.process.channel, "list", metadata),
        "Event.stat": call_event(crowd.process.channel, "stat", metadata, **STAT),
        "Webhook.list": webhook(crowd, "list", metadata),
        "Webhook.stat": webhook(crowd, "stat", metadata, **STAT),
        "Webhook.create": webhook(crowd, "create", metadata, name="x", project_id="project-1"),
    }
    for method in ("get", *ON_ONE):
        answers[f"Webhook.{method}"] = webhook(crowd, method, metadata, webhook_id=mine)
    assert len(answers) == 3 + len(REQUESTS)
    return answers


def test_nobody_without_a_token_that_proves_something(
    crowd: Crowd, issuer: Issuer, bad_tokens: list[str]
) -> None:
    before = stored(crowd, *crowd.of("webhook", OWNER))
    owner = {"rol": "WORKSPACE_OWNER", "did": "domain-1", "wid": "workspace-1"}
    tokens = [
        "no token at all",
        Issuer(rsa_key("stranger")).token(**owner),
        issuer.token(**owner, exp=1),
        issuer.token(**owner)[:-6],
        issuer.token(**owner, typ="REFRESH_TOKEN"),
        issuer.token(**owner, ver="1.0"),
    ]
    bad_tokens += tokens
    for metadata in ([], *([("token", token)] for token in tokens)):
        for answer in every_call(crowd, metadata).values():
            assert (answer.status, answer.code) == ("UNAUTHENTICATED", "ERROR_AUTHENTICATE_FAILURE")
            assert not any(token in answer.details for token in tokens)
    assert stored(crowd, *crowd.of("webhook", OWNER)) == before


@pytest.mark.parametrize(
    "claims",
    [
        {"rol": "USER"},
        {"rol": "SYSTEM_ADMIN"},
        {"rol": "DOMAIN_OWNER"},
        {"rol": "SYSTEM_TOKEN"},
        {"rol": None},
        {"rol": "WORKSPACE_OWNER", "wid": None},
        {"rol": "WORKSPACE_OWNER", "permissions": ["inventory:", "monitoring:Alert"]},
        {"rol": "WORKSPACE_OWNER", "own": "APP", "typ": "CLIENT_SECRET"},
    ],
)
def test_nobody_with_another_role(
    crowd: Crowd, issuer: Issuer, bad_tokens: list[str], claims: dict[str, Any]
) -> None:
    token = issuer.token(**({"did": "domain-1", "wid": "workspace-1"} | claims))
    bad_tokens.append(token)
    for answer in every_call(crowd, [("token", token)]).values():
        assert (answer.status, answer.code) == ("PERMISSION_DENIED", "ERROR_PERMISSION_DENIED")


@pytest.mark.parametrize(
    ("permission", "allowed"),
    [
        ("monitoring:Event", {"Event.get", "Event.list", "Event.stat"}),
        ("monitoring:Webhook.read", {"Webhook.get", "Webhook.list", "Webhook.stat"}),
        ("monitoring:Webhook.write", {f"Webhook.{method}" for method in WRITES}),
    ],
)
def test_permissions_narrow_a_role(
    crowd: Crowd, issuer: Issuer, permission: str, allowed: set[str]
) -> None:
    # Of a workspace that nobody else's test looks into.
    token = issuer.token(
        did="domain-1", wid="workspace-9", rol="WORKSPACE_OWNER", permissions=[permission]
    )
    answers = every_call(crowd, [("token", token)])
    denied = {name for name, answer in answers.items() if answer.status == "PERMISSION_DENIED"}
    assert denied == set(answers) - allowed
    crowd.database["webhook"].delete_many({"workspace_id": "workspace-9"})
