"""The stores of a service that may run or not."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

from event_service.embedded.directory import read_runtime
from event_service.manager.key_vault import vault_for
from event_service.manager.webhook_cache import WebhookCache
from event_service.manager.webhooks import WebhookManager
from event_service.model.indexes import ensure_declared_indexes
from event_service.secret_text import text_of
from event_service.store_clients import connect_mongodb, connect_redis, database_of
from event_service.stores import Stores, given_mongodb, open_stores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from event_service.manager.key_vault import KeyVault
    from event_service.settings import Settings


@contextmanager
def opened_webhooks(settings: Settings) -> Iterator[WebhookManager]:
    """A manager on the stores of the settings, for as long as the context lasts.

    Raises StartError, and whatever a store's driver raises.
    """
    with ExitStack() as stack:
        stores = stack.enter_context(opened_stores(settings))
        client = stack.enter_context(connect_mongodb(stores.mongodb_uri, settings))
        redis = stack.enter_context(closing(connect_redis(stores.redis_url, settings)))
        database = database_of(client)
        ensure_declared_indexes(database)
        # Nobody tells this cache of changes, so it stays unused.
        cache = WebhookCache(settings.webhook_cache_seconds)
        yield WebhookManager(database, redis, cache, key_vault(settings))


def key_vault(settings: Settings) -> KeyVault | None:
    """Where access keys are kept that can be read again, if the settings want that."""
    return vault_for(text_of(settings.secret_key), keys_are_shown=settings.webhook_show_keys)


@contextmanager
def opened_stores(settings: Settings, *, for_builds: bool = False) -> Iterator[Stores]:
    """The stores of the settings, which answer for as long as the context lasts.

    Where no address is given, those of the service that holds the data directory are taken, and
    without one the embedded stores are started, the database with more memory ``for_builds``.
    Raises StartError.
    """
    mongodb_uri, redis_url = given_mongodb(settings), text_of(settings.redis_url)
    if mongodb_uri is not None and redis_url is not None:
        # Nothing of the data directory is needed, so a service may hold it.
        yield Stores(mongodb_uri, redis_url)
        return
    running = read_runtime(settings.data_dir)
    if running is None:
        with closing(open_stores(settings, for_builds=for_builds)) as stores:
            yield stores
    else:
        yield Stores(mongodb_uri or running.mongodb_uri, redis_url or running.redis_url)
