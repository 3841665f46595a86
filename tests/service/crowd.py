"""A service in a process of its own, with everybody's data, and what each caller may see of it."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

from pymongo import MongoClient

from event_service.manager.webhook_cache import WebhookCache
from event_service.manager.webhooks import WebhookManager
from event_service.model.indexes import ensure_indexes
from event_service.store_clients import connect_redis
from tests.service.processes import ServiceProcess, service_process
from tests.service.tenants import EVERYBODY, TENANTS, Who, fill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pymongo.database import Database

    from event_service.settings import Settings
    from event_service.stores import Stores


@dataclass(frozen=True)
class Crowd:
    """The service, its database, and for each caller one with only what that caller may see."""

    process: ServiceProcess
    database: Database[dict[str, Any]]
    alone: dict[Who, Database[dict[str, Any]]]
    things: dict[str, list[dict[str, Any]]]
    keys: dict[str, str]
    metadata: dict[Who, list[tuple[str, str]]]

    def of(self, collection: str, who: Who, *, seen: bool = True) -> list[str]:
        """The ids of what the caller sees, or of what it doesn't."""
        return [
            thing[f"{collection}_id"]
            for thing in self.things[collection]
            if who.sees(thing) is seen
        ]

    def secrets(self) -> list[str]:
        """All keys and tokens."""
        tokens = [dict(metadata)["token"] for metadata in self.metadata.values()]
        return [*self.keys.values(), *tokens]


@contextmanager
def crowded(
    stores: Stores, redis_url: str, settings: Settings, directory: Path, **choices: str
) -> Iterator[Crowd]:
    """Fill the databases and serve."""
    names = [f"crowd_{uuid4().hex[:12]}" for _ in (None, *EVERYBODY)]
    uri = urlsplit(stores.mongodb_uri)._replace(path=f"/{names[0]}").geturl()
    with ExitStack() as stack:
        client: MongoClient[dict[str, Any]] = stack.enter_context(MongoClient(uri))
        for name in names:
            stack.callback(client.drop_database, name)
        redis = connect_redis(redis_url, settings)
        stack.callback(redis.close)
        database = client[names[0]]
        ensure_indexes(database, None)
        keys = fill(database, WebhookManager(database, redis, WebhookCache(0)), TENANTS)
        alone = {who: client[name] for who, name in zip(EVERYBODY, names[1:], strict=True)}
        things = {name: list(database[name].find()) for name in ("event", "webhook")}
        for who, own in alone.items():
            for collection, all_things in things.items():
                seen = [thing for thing in all_things if who.sees(thing)]
                if seen:
                    own[collection].insert_many(seen)
        process = stack.enter_context(
            service_process(uri, redis_url, directory / "crowd", **choices)
        )
        metadata = {who: who.metadata(process.keys) for who in EVERYBODY}
        yield Crowd(process, database, alone, things, keys, metadata)
