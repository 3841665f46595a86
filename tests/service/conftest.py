"""Whole services for tests, on the stores of the session."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pymongo import MongoClient

from event_service.auth.local import LocalKeyPair
from event_service.auth.tokens import TokenAuthenticator
from event_service.auth.verification import TokenVerifier
from event_service.store_clients import RedisClient, connect_redis
from tests.auth.issuer import Issuer
from tests.clock import onward
from tests.service.held import Held
from tests.service.running import Metadata, Running, Start, running_service, settings_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from event_service.auth.keys import KeySource
    from event_service.embedded.redis import EmbeddedRedis
    from event_service.managers import Clock
    from event_service.parsers.registry import ParserRegistry
    from event_service.settings import Settings
    from event_service.stores import Stores


@pytest.fixture(scope="session")
def key_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory with the key pair that the services of the tests trust."""
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="session")
def keys(key_directory: Path) -> LocalKeyPair:
    """That key pair."""
    return LocalKeyPair(key_directory)


@pytest.fixture(scope="session")
def issuer(keys: LocalKeyPair, key_directory: Path) -> Issuer:
    """Signs any claims with that key pair."""
    assert keys
    key = load_pem_private_key((key_directory / "auth" / "key.pem").read_bytes(), password=None)
    assert isinstance(key, RSAPrivateKey)
    return Issuer(key)


def _starter(
    stack: ExitStack, stores: Stores, redis_url: str, directory: Path, keys: LocalKeyPair
) -> Start:
    name = f"test_{uuid4().hex[:12]}"
    mongodb_uri = urlsplit(stores.mongodb_uri)._replace(path=f"/{name}").geturl()
    client: MongoClient[dict[str, Any]] = stack.enter_context(MongoClient(mongodb_uri))
    stack.callback(client.drop_database, name)
    admin = [("token", keys.issue(role="DOMAIN_ADMIN", domain="domain-1"))]

    def start(
        parsers: ParserRegistry | None = None,
        metadata: Metadata = admin,
        clock: Clock = onward,
        key_source: KeySource = keys,
        **choices: Any,
    ) -> Running:
        settings = settings_for(mongodb_uri, redis_url, directory / uuid4().hex, **choices)
        authenticator = TokenAuthenticator(TokenVerifier(key_source), system_domains=None)
        return stack.enter_context(
            running_service(settings, authenticator, parsers, metadata, clock)
        )

    return start


@pytest.fixture
def start(stores: Stores, redis_url: str, tmp_path: Path, keys: LocalKeyPair) -> Iterator[Start]:
    """Starts services that share a database of the test's own."""
    with ExitStack() as stack:
        yield _starter(stack, stores, redis_url, tmp_path, keys)


@pytest.fixture
def running(start: Start, redis_client: RedisClient) -> Running:
    """A service, and a Redis that knows of nothing."""
    redis_client.flushdb()
    return start()


@pytest.fixture(scope="module")
def start_module(
    stores: Stores, redis_url: str, tmp_path_factory: pytest.TempPathFactory, keys: LocalKeyPair
) -> Iterator[Start]:
    """As ``start``, for all tests of a module."""
    with ExitStack() as stack:
        yield _starter(stack, stores, redis_url, tmp_path_factory.mktemp("services"), keys)


@pytest.fixture
def held() -> Iterator[Held]:
    """Parsers that let go what they hold at the end of the test."""
    held = Held()
    yield held
    held.let_go()


@pytest.fixture
def redis_of(store_settings: Settings) -> Iterator[Callable[[EmbeddedRedis], RedisClient]]:
    """A function that gives a client of an embedded Redis."""
    with ExitStack() as stack:

        def connect(redis: EmbeddedRedis) -> RedisClient:
            client = connect_redis(redis.url, store_settings)
            stack.callback(client.close)
            return client

        yield connect
