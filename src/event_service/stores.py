"""The stores of a service: those that it was given, and embedded ones for what is missing."""

import os
from dataclasses import dataclass, field

from event_service.embedded.directory import DataDirectory, writing
from event_service.embedded.mongodb import EmbeddedMongoDB
from event_service.embedded.redis import EmbeddedRedis
from event_service.embedded.runtime import Runtime
from event_service.mongodb_address import with_database
from event_service.secret_text import text_of
from event_service.settings import Settings
from event_service.start_errors import StoreAddressError


@dataclass(frozen=True, slots=True)
class Stores:
    """Addresses of both stores, and what of them is ours: the data directory and embedded stores.

    Without a directory they belong to another process.
    """

    mongodb_uri: str = field(repr=False)
    """With the database's name."""
    redis_url: str = field(repr=False)
    directory: DataDirectory | None = None
    mongodb: EmbeddedMongoDB | None = None
    redis: EmbeddedRedis | None = None

    def publish(self, grpc: str, http: str | None) -> None:
        """Say in the data directory where this process is reached, if the directory is ours.

        ``grpc`` and ``http`` are ``host:port``; None without HTTP. Raises DataDirectoryError.
        """
        if self.directory is not None:
            self.directory.write_runtime(
                Runtime(grpc, http, self.mongodb_uri, self.redis_url, os.getpid())
            )

    def close(self) -> None:
        """Stop the embedded stores, then let go of the data directory; to be called once."""
        _stop(self.redis, self.mongodb)
        if self.directory is not None:
            self.directory.release()


def given_stores(settings: Settings) -> Stores:
    """The stores that the settings name, for a process that holds no data directory."""
    mongodb_uri, redis_url = given_mongodb(settings), text_of(settings.redis_url)
    if mongodb_uri is None or redis_url is None:
        raise StoreAddressError("EVENT_MONGODB_URI and EVENT_REDIS_URL must be set for a worker.")
    return Stores(mongodb_uri, redis_url)


def given_mongodb(settings: Settings) -> str | None:
    """The connection string that the settings name, with the database's name."""
    uri = text_of(settings.mongodb_uri)
    return None if uri is None else with_database(uri)


def open_stores(settings: Settings, *, for_builds: bool = False) -> Stores:
    """Hold the data directory and start the embedded stores, where no address is given.

    One service per data directory, even if both stores are given. Given stores are not asked
    here. ``for_builds`` is for an embedded database (``EmbeddedMongoDB``). Raises
    DataDirectoryError or ProcessStartError, and leaves nothing running then.
    """
    mongodb_uri, redis_url = given_mongodb(settings), text_of(settings.redis_url)
    directory = DataDirectory(settings.data_dir)
    mongodb: EmbeddedMongoDB | None = None
    redis: EmbeddedRedis | None = None
    try:
        if redis_url is None:
            with writing(directory.path):
                redis = EmbeddedRedis(directory.path, directory.lock)
            redis_url = redis.start()
        if mongodb_uri is None:
            with writing(directory.path):
                mongodb = EmbeddedMongoDB(directory.path, directory.lock, for_builds=for_builds)
            mongodb_uri = mongodb.start()
    except BaseException:  # also Ctrl-C: what has been started must not stay
        _stop(redis, mongodb)
        directory.release()
        raise
    return Stores(mongodb_uri, redis_url, directory, mongodb, redis)


def _stop(*stores: EmbeddedRedis | EmbeddedMongoDB | None) -> None:
    for store in stores:
        if store is not None:
            store.stop()
