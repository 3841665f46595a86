"""Keeps the names of webhooks unique within a project.

Not by a unique index: the embedded store never gives a value free that an update replaced, so
that the old name of a renamed webhook could not be used again, and Cloudforet's documents may
have a name twice. Whoever wants a name holds it for the moment of the write instead, in a
document whose ``_id`` is made from the name, and looks whether a webhook has it. A document's
``_id`` is unique in every store, and free again when the document is deleted.

A hold is left behind by a process that died at that moment, or where the database was too slow; it
is void after a minute, far longer than what it is held for is waited for, and goes with the next.
"""

from __future__ import annotations

import json
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pymongo
import structlog
from pymongo.errors import DuplicateKeyError, PyMongoError

from event_service.errors import InvalidParameter
from event_service.instants import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from pymongo.database import Database

_HELD_AT_MOST = timedelta(seconds=60)
_WAITED_AT_MOST = timedelta(seconds=10)
_TAKEN = "the project has a webhook of that name"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WantedName:
    """A name and the project that it shall be unique in."""

    domain_id: str
    workspace_id: str
    project_id: str
    name: str

    @property
    def hold_id(self) -> str:
        """The ``_id`` of the document that holds the name."""
        parts = [self.domain_id, self.workspace_id, self.project_id, self.name]
        return sha256(json.dumps(parts).encode("ascii")).hexdigest()


class WebhookNames:
    """Holds names. Safe for many threads and processes on one database."""

    def __init__(
        self, database: Database[dict[str, Any]], clock: Callable[[], datetime] = utc_now
    ) -> None:
        """``clock`` tells the time in UTC without an offset."""
        self._webhooks = database["webhook"]
        self._holds = database["webhook_name"]
        self._clock = clock

    @contextmanager
    def held(self, wanted: WantedName, for_webhook: str | None = None) -> Iterator[None]:
        """While it lasts, nobody else takes the name; what it is held for has ten seconds.

        Raises InvalidParameter when a webhook of the project other than ``for_webhook`` has it,
        or somebody is about to give it to one.
        """
        holder = secrets.token_hex(8)
        with pymongo.timeout(_WAITED_AT_MOST.total_seconds()):
            self._hold(wanted, holder)
            try:
                if self._taken(wanted, for_webhook):
                    raise InvalidParameter("name", _TAKEN)
                yield
            finally:
                self._let_go(wanted, holder)

    def _hold(self, wanted: WantedName, holder: str) -> None:
        now = self._clock()
        # All that are void: the names of the others may never be wanted again.
        self._holds.delete_many({"held_at": {"$lte": now - _HELD_AT_MOST}})
        try:
            self._holds.insert_one({"_id": wanted.hold_id, "holder": holder, "held_at": now})
        except DuplicateKeyError:
            raise InvalidParameter("name", _TAKEN) from None

    def _taken(self, wanted: WantedName, for_webhook: str | None) -> bool:
        # By the project and the name alone: both stores have an index for that.
        found = self._webhooks.find(
            {"project_id": wanted.project_id, "name": wanted.name},
            {"webhook_id": True, "domain_id": True, "workspace_id": True},
        )
        return any(
            webhook["webhook_id"] != for_webhook
            and webhook.get("domain_id") == wanted.domain_id
            and webhook.get("workspace_id") == wanted.workspace_id
            for webhook in found
        )

    def _let_go(self, wanted: WantedName, holder: str) -> None:
        try:
            self._holds.delete_one({"_id": wanted.hold_id, "holder": holder})
        except PyMongoError as fault:
            # What it was held for is done, or has failed with a fault of its own.
            _log.warning("a name stays held for a minute", fault=type(fault).__name__)
