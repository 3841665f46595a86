"""Whole services for tests, on the stores of the session."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pymongo
import pytest

from event_service.auth.authenticator import Authenticator
from event_service.auth.local import LocalKeyPair, local_authenticator
from event_service.parsers.registry import ParserRegistry
from tests.service.running import Metadata, Start, running_service, store_settings


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> LocalKeyPair:
    """The key pair that the services of the tests trust."""
    return LocalKeyPair(tmp_path_factory.mktemp("keys"))


def _starter(
    stack: ExitStack, mongodb_uri: str, redis_url: str, directory: Path, keys: LocalKeyPair
) -> Start:
    name = f"test_{uuid4().hex[:12]}"
    address = pymongo.uri_parser.parse_uri(mongodb_uri)
    host, port = address["nodelist"][0]
    client = stack.enter_context(pymongo.MongoClient(mongodb_uri))
    stack.callback(client.drop_database, name)
    admin = [("token", keys.issue(role="DOMAIN_ADMIN", domain="domain-1"))]

    def start(
        parsers: ParserRegistry | None = None,
        authenticator: Authenticator | None = None,
        metadata: Metadata = admin,
        **choices: Any,
    ) -> Any:
        settings = store_settings(
            f"mongodb://{host}:{port}/{name}", redis_url, directory / uuid4().hex, **choices
        )
        return stack.enter_context(
            running_service(settings, authenticator or local_authenticator(keys), parsers, metadata)
        )

    return start


@pytest.fixture
def start(
    mongodb_uri: str, redis_url: str, tmp_path: Path, keys: LocalKeyPair
) -> Iterator[Start]:
    """Starts services that share a database of the test's own."""
    with ExitStack() as stack:
        yield _starter(stack, mongodb_uri, redis_url, tmp_path, keys)


@pytest.fixture(scope="module")
def start_module(
    mongodb_uri: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory, keys: LocalKeyPair
) -> Iterator[Start]:
    """As ``start``, for all tests of a module."""
    with ExitStack() as stack:
        yield _starter(stack, mongodb_uri, redis_url, tmp_path_factory.mktemp("services"), keys)
