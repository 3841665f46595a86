"""The steps of a migration. Each may be repeated, and finds less to do then."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from event_service.manager.takeover import adopt, orphans
from event_service.manager.webhook_document import forget_clear_key, keys_in_clear

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymongo.database import Database

    from event_service.manager.key_vault import KeyVault
    from event_service.model.index_steps import IndexStep

    Done = Callable[[int], None]
    """Told how many documents are done so far."""


class Step(Protocol):
    """Something that is to be done to a database."""

    @property
    def collection(self) -> str:
        """The collection that it reads or changes."""

    @property
    def documents(self) -> int | None:
        """How many documents it goes through, one by one; None if the server does it alone."""

    def __str__(self) -> str:
        """What it does, in a line."""

    def run(self, database: Database[dict[str, Any]], done: Done) -> None:
        """Do it. Raises pymongo.errors.PyMongoError."""


@dataclass(frozen=True, slots=True)
class OnIndex:
    """A step of ``model.index_steps``, which the server does alone."""

    change: IndexStep
    documents: None = None

    @property
    def collection(self) -> str:
        """See Step."""
        return self.change.collection

    def __str__(self) -> str:
        """See Step."""
        return str(self.change)

    def run(self, database: Database[dict[str, Any]], done: Done) -> None:  # noqa: ARG002
        """See Step."""
        self.change.apply(database)


@dataclass(frozen=True, slots=True)
class ForgetClearKeys:
    """Keep digests of access keys that Cloudforet stored in clear."""

    documents: int
    vault: KeyVault | None = field(repr=False)
    collection: str = "webhook"

    def __str__(self) -> str:
        """See Step."""
        what = "digests" if self.vault is None else "digests and encrypted copies"
        return f"keep {what} of the access keys that stand in clear"

    def run(self, database: Database[dict[str, Any]], done: Done) -> None:
        """See Step."""
        webhooks = database[self.collection]
        for number, (webhook_id, key) in enumerate(keys_in_clear(webhooks), 1):
            forget_clear_key(webhooks, webhook_id, key, self.vault)
            done(number)


@dataclass(frozen=True, slots=True)
class TakeOverAlerts:
    """Give open alerts of another service their dedup keys (``manager.takeover``)."""

    documents: int
    collection: str = "alert"

    def __str__(self) -> str:
        """See Step."""
        return "take over open alerts, so that events go on joining them"

    def run(self, database: Database[dict[str, Any]], done: Done) -> None:
        """See Step."""
        adopted = 0
        for orphan in orphans(database):
            adopted += adopt(database, orphan)
            done(adopted)
